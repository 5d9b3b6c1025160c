package attention

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// dense is the product of rows with a matrix of weights, and a bias. Columns are
// padded to what tiles are wide; the padding holds zeros.
type dense struct {
	in, out    int
	tall, wide int       // padded
	w          []float32 // (in, wide)
	turned     []float32 // (out, tall), for gradients
	b          []float32 // (wide)
}

func newDense(in, out int, train bool) dense {
	d := dense{in: in, out: out, tall: product.Padded(in), wide: product.Padded(out)}
	d.w, d.b = make([]float32, in*d.wide), make([]float32, d.wide)
	if train {
		d.turned = make([]float32, out*d.tall)
	}
	return d
}

// load takes the weights from a kernel whose rows lie stride apart. A nil bias
// is zeros.
func (d *dense) load(kernel []float32, stride int, bias []float32) {
	for i := range d.in {
		copy(d.w[i*d.wide:], kernel[i*stride:][:d.out])
	}
	if d.turned != nil {
		product.Turn(product.Rows(d.turned, d.tall), product.Rows(d.w, d.wide), d.in, d.out)
	}
	if bias != nil {
		copy(d.b, bias[:d.out])
	}
}

// forward makes y = x·w + b of some rows.
func (d *dense) forward(y, x product.Matrix, rows int) {
	d.put(y, product.EveryRow(d.b), x, rows)
}

// put makes y of start and x·w.
func (d *dense) put(y, start, x product.Matrix, rows int) {
	product.Put(y, start, x, product.Rows(d.w, d.wide), rows, d.wide, d.in)
}

// backward makes dx of start and the gradient by x, dy·wᵀ.
func (d *dense) backward(dx, start, dy product.Matrix, rows int) {
	product.Put(dx, start, dy, product.Rows(d.turned, d.tall), rows, d.tall, d.out)
}

// slopes are the gradients by a dense's weights, laid out as they are.
type slopes struct {
	*dense
	w, b []float32
}

func (d *dense) newSlopes() slopes {
	return slopes{d, make([]float32, len(d.w)), make([]float32, len(d.b))}
}

func (s slopes) clear() {
	clear(s.w)
	clear(s.b)
}

// addWeights adds what some rows give for the weights.
func (s slopes) addWeights(x, dy product.Matrix, rows int) {
	product.Add(product.Rows(s.w, s.wide), x.Turned(), dy, s.in, s.wide, rows)
}

// addBias adds what some rows give for the bias.
func (s slopes) addBias(dy product.Matrix, rows int) {
	for r := range rows {
		add(s.b, dy.Data[r*dy.Row:])
	}
}

// sum adds others, of the same weights.
func (s slopes) sum(other slopes) {
	add(s.w, other.w)
	add(s.b, other.b)
}

// unload is load the other way round.
func (s slopes) unload(kernel []float32, stride int, bias []float32) {
	for i := range s.in {
		copy(kernel[i*stride:][:s.out], s.w[i*s.wide:])
	}
	if bias != nil {
		copy(bias[:s.out], s.b)
	}
}
