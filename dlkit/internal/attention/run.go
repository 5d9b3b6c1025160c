package attention

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// examples lie one behind another: steps rows of so many features each.
type examples struct {
	data            []float32
	steps, features int
}

func (x examples) of(example int) product.Matrix {
	return product.Rows(x.data[example*x.steps*x.features:][:x.steps*x.features], x.features)
}

// Forward computes the result (Rows, From, Out) from the sequences that queries,
// keys and values are made from, (Rows, steps, features) each.
func (m *MultiHead) Forward(out []float32, in [3][]float32, masks Masks) {
	m.hire()
	if m.split {
		parallel.EachBy(len(m.workers), m.Rows*m.Heads, func(worker, i int) {
			e := m.example(i/m.Heads, in, masks)
			m.workers[worker].handOn(&e, i%m.Heads)
		})
	}
	wide := len(m.bias)
	parallel.EachBy(len(m.workers), m.Rows, func(worker, i int) {
		w := m.workers[worker]
		e := m.example(i, in, masks)
		to := examples{out, m.From, m.Out}.of(i)
		y := to
		if wide != m.Out {
			w.result = grown(w.result, m.From*wide)
			y = product.Rows(w.result, wide)
		}
		w.finish(y, &e)
		if wide != m.Out {
			copyColumns(to, y, m.From, m.Out)
		}
	})
}

// finish is forward, where heads have already been worked on if they are split.
func (w *scratch) finish(y product.Matrix, e *example) {
	if !w.split {
		w.forward(y, e)
		return
	}
	for i := range w.heads {
		w.join(y, e, i)
	}
}

// hire makes what workers need.
func (m *MultiHead) hire() {
	for len(m.workers) < m.workerCount() {
		m.workers = append(m.workers, m.newScratch())
	}
}

// workerCount is how many workers there is work for.
func (m *MultiHead) workerCount() int {
	if m.split {
		return parallel.Workers(m.Rows * m.Heads)
	}
	return parallel.Workers(m.Rows)
}

func (m *MultiHead) example(i int, in [3][]float32, masks Masks) example {
	e := example{number: i, masks: masks.of(i, &m.Config)}
	for k, x := range in {
		steps := m.To
		if k == 0 {
			steps = m.From
		}
		e.in[k] = examples{x, steps, m.Features[k]}.of(i)
	}
	return e
}

// Backward computes the gradients by the sequences and by the weights, given dout
// by the result of the last Forward, whose sequences and masks it is given again.
// Gradients by sequences that are the same memory are added up.
func (m *MultiHead) Backward(din [3][]float32, dw Weights, in [3][]float32, dout []float32, masks Masks) {
	for len(m.sums) < len(m.parts) {
		m.sums = append(m.sums, m.newSlopes())
	}
	wide := len(m.bias)
	parallel.EachBy(len(m.workers), len(m.parts), func(worker, i int) {
		w, s := m.workers[worker], m.sums[i]
		s.clear()
		for n := m.parts[i].first; n < m.parts[i].end; n++ {
			e := m.example(n, in, masks)
			dy := examples{dout, m.From, m.Out}.of(n)
			if wide != m.Out {
				w.result = grown(w.result, m.From*wide)
				copyColumns(product.Rows(w.result, wide), dy, m.From, m.Out)
				dy = product.Rows(w.result, wide)
			}
			dx := w.gradients(din)
			w.backward(dx, s, &e, dy)
			m.write(din, dx, n)
		}
	})
	for _, s := range m.sums[1:] {
		m.sums[0].sum(s)
	}
	m.sums[0].unload(dw)
}

// gradients are zeros for the gradients by an example's sequences, where the
// same ones share them.
func (w *scratch) gradients(din [3][]float32) (dx [3]product.Matrix) {
	for k := range dx {
		if same := sameAs(din, k); same < k {
			dx[k] = dx[same]
			continue
		}
		steps, wide := w.To, product.Padded(w.Features[k])
		if k == 0 {
			steps = w.From
		}
		w.dx[k] = grown(w.dx[k], steps*wide)
		clear(w.dx[k])
		dx[k] = product.Rows(w.dx[k], wide)
	}
	return dx
}

// write copies an example's gradients to where they belong.
func (m *MultiHead) write(din [3][]float32, dx [3]product.Matrix, n int) {
	for k := range dx {
		if sameAs(din, k) < k {
			continue
		}
		steps := len(din[k]) / m.Rows / m.Features[k]
		copyColumns(examples{din[k], steps, m.Features[k]}.of(n), dx[k], steps, m.Features[k])
	}
}

// sameAs is the first of the lists that is the same memory as the k-th.
func sameAs(lists [3][]float32, k int) int {
	for i := range k {
		if &lists[i][0] == &lists[k][0] {
			return i
		}
	}
	return k
}

// copyColumns copies the first columns of some rows.
func copyColumns(to, from product.Matrix, rows, columns int) {
	for r := range rows {
		copy(to.Data[r*to.Row:][:columns], from.Data[r*from.Row:])
	}
}

// grown is memory for n numbers, the given one if that is large enough.
func grown(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
