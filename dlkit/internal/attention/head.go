package attention

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// head is one of the attentions side by side: the weights that make its queries,
// keys and values, and its share of those that make the result.
type head struct{ query, key, value, output dense }

// kept is what a head makes of an example and its gradient needs.
type kept struct {
	q, k, v, y []float32 // (steps, padded size); y is what the head hands on
	// Of every step that looks, its weights are e^(scale·scores − level)·share.
	levels, shares []float32
}

// blockNumbers is about how many scores are worked on at a time: few enough for
// the second cache, with as many gradients, keys and values.
const blockNumbers = 1 << 14

// scratch is what a worker needs for one head of one example, and forgets.
type scratch struct {
	*MultiHead
	alone            kept      // if nothing is kept of examples
	kTurned, vTurned []float32 // (size, to)
	barred           []float32 // (to): what scores begin with
	scores, slopes   []float32 // (block, to)
	dq, dk, dv, dy   []float32
	result           []float32 // (from, padded out)
	dx               [3][]float32
}

func (m *MultiHead) newScratch() *scratch {
	w := &scratch{MultiHead: m}
	w.kTurned, w.barred = make([]float32, m.KeySize*m.to), make([]float32, m.to)
	w.scores = make([]float32, m.block*m.to)
	if m.kept == nil {
		w.alone = m.newKept()
	}
	if !m.Train {
		return w
	}
	w.vTurned, w.slopes = make([]float32, m.ValueSize*m.to), make([]float32, m.block*m.to)
	w.dq, w.dk = make([]float32, m.From*m.keySize), make([]float32, m.To*m.keySize)
	w.dy, w.dv = make([]float32, m.From*m.valueSize), make([]float32, m.To*m.valueSize)
	return w
}

// bar fills in what the scores of an example begin with.
func (w *scratch) bar(keys []float32) {
	for j := range w.barred {
		w.barred[j] = 0
		if j >= w.To || keys != nil && keys[j] == 0 {
			w.barred[j] = excluded
		}
	}
}

// reach is how many steps a block of steps that ends before end can look at, and
// that number padded.
func (w *scratch) reach(end int) (steps, columns int) {
	steps = w.To
	if w.Causal {
		steps = min(w.To, end)
	}
	return steps, product.Padded(steps)
}

// compare makes the scores of a block of steps.
func (w *scratch) compare(k *kept, pairs []float32, first, rows, columns int) {
	scores, start := product.Rows(w.scores, w.to), product.EveryRow(w.barred)
	if w.Causal || pairs != nil {
		w.barPairs(pairs, first, rows, columns)
		start = scores
	}
	q := product.Rows(k.q, w.keySize).From(first, 0)
	product.Put(scores, start, q, product.Rows(w.kTurned, w.to), rows, columns, w.KeySize)
}

// barPairs fills in what the scores of a block begin with, where steps do not all
// see the same.
func (w *scratch) barPairs(pairs []float32, first, rows, columns int) {
	for r := range rows {
		s, i := w.scores[r*w.to:][:columns], first+r
		copy(s, w.barred)
		if w.Causal {
			for j := i + 1; j < columns; j++ {
				s[j] = excluded
			}
		}
		if pairs == nil {
			continue
		}
		for j, seen := range pairs[i*w.To:][:min(columns, w.To)] {
			if seen == 0 {
				s[j] = excluded
			}
		}
	}
}

// look makes what a head hands on for an example, of queries, keys and values.
func (w *scratch) look(k *kept, example, number int, masks Masks) {
	product.Turn(product.Rows(w.kTurned, w.to), product.Rows(k.k, w.keySize), w.To, w.KeySize)
	for first := 0; first < w.From; first += w.block {
		rows := min(w.block, w.From-first)
		steps, columns := w.reach(first + rows)
		w.compare(k, masks.Pairs, first, rows, columns)
		for r := range rows {
			w.weigh(k, example, number, first+r, masks.Queries, w.scores[r*w.to:][:columns])
		}
		y := product.Rows(k.y, w.valueSize).From(first, 0)
		product.Put(y, w.nothing, product.Rows(w.scores, w.to), product.Rows(k.v, w.valueSize), rows, w.valueSize, steps)
		for r := range rows {
			multiply(y.Data[r*y.Row:][:y.Row], k.shares[first+r])
		}
	}
}

// weigh makes weights of the scores of step i, but for its share.
func (w *scratch) weigh(k *kept, example, number, i int, queries, scores []float32) {
	top, sum := softmax(scores, w.scale)
	k.levels[i], k.shares[i] = w.scale*top, 1/sum
	if top <= excluded/2 || queries != nil && queries[i] == 0 {
		k.shares[i] = 0
		return
	}
	w.drop.apply(scores, w.keyOf(example, number, i))
}

// keyOf tells the weights of a step from all others that may be dropped.
func (m *MultiHead) keyOf(example, number, step int) uint64 {
	if m.drop == nil {
		return 0
	}
	return keyOf(m.Seed, example, number, step)
}

// lookBack makes the gradients by queries, keys and values, dq, dk and dv, of
// that by what the head handed on, dy.
func (w *scratch) lookBack(k *kept, example, number int, masks Masks) {
	product.Turn(product.Rows(w.kTurned, w.to), product.Rows(k.k, w.keySize), w.To, w.KeySize)
	product.Turn(product.Rows(w.vTurned, w.to), product.Rows(k.v, w.valueSize), w.To, w.ValueSize)
	dk, dv := product.Rows(w.dk, w.keySize), product.Rows(w.dv, w.valueSize)
	startK, startV := w.nothing, w.nothing
	if w.Causal { // blocks do not all reach as far
		clear(w.dk)
		clear(w.dv)
		startK, startV = dk, dv
	}
	for first := 0; first < w.From; first += w.block {
		rows := min(w.block, w.From-first)
		steps, columns := w.reach(first + rows)
		w.compare(k, masks.Pairs, first, rows, columns)
		w.slopesOf(k, example, number, first, rows, columns)
		scores, slopes := product.Rows(w.scores, w.to), product.Rows(w.slopes, w.to)
		q, dq := product.Rows(k.q, w.keySize).From(first, 0), product.Rows(w.dq, w.keySize).From(first, 0)
		dy := product.Rows(w.dy, w.valueSize).From(first, 0)
		product.Put(dq, w.nothing, slopes, product.Rows(k.k, w.keySize), rows, w.keySize, steps)
		product.Put(dk, startK, slopes.Turned(), q, steps, w.keySize, rows)
		product.Put(dv, startV, scores.Turned(), dy, steps, w.valueSize, rows)
		startK, startV = dk, dv
	}
}

// slopesOf makes of the scores of a block the weights that were used, and in
// slopes the gradients by the scores. What softmax subtracts from its gradient,
// the mean of it under its weights, is the same as the mean of y·dy, which is
// much less to sum up.
func (w *scratch) slopesOf(k *kept, example, number, first, rows, columns int) {
	dy := product.Rows(w.dy, w.valueSize).From(first, 0)
	product.Put(product.Rows(w.slopes, w.to), w.nothing, dy, product.Rows(w.vTurned, w.to), rows, columns, w.ValueSize)
	for r := range rows {
		i := first + r
		scores, slopes := w.scores[r*w.to:][:columns], w.slopes[r*w.to:][:columns]
		key := w.keyOf(example, number, i)
		w.drop.apply(slopes, key)
		mean := dot(w.dy[i*w.valueSize:][:w.valueSize], k.y[i*w.valueSize:][:w.valueSize])
		weightsAgain(scores, slopes, w.scale, k.levels[i], k.shares[i], mean)
		w.drop.apply(scores, key)
	}
}
