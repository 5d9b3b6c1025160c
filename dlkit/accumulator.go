package dlkit

import "fmt"

// accumulator sums the statistics of a loss and metrics over batches.
type accumulator struct {
	metrics []measured
	widths  []int // statistics of each metric
	sums    []float64
	loss    float64 // sum over examples
	last    float64 // of the last batch
	n       int     // examples
}

func newAccumulator(metrics []measured, widths []int) *accumulator {
	total := 0
	for _, w := range widths {
		total += w
	}
	return &accumulator{metrics: metrics, widths: widths, sums: make([]float64, total)}
}

func (a *accumulator) reset() { clear(a.sums); a.loss, a.n = 0, 0 }

// add takes a batch's statistics: its mean loss, then those of the metrics.
func (a *accumulator) add(stats []float64, n int) error {
	if len(stats) != len(a.sums)+1 {
		return fmt.Errorf("dlkit: internal: %d statistics, want %d", len(stats), len(a.sums)+1)
	}
	a.last = stats[0]
	a.loss += stats[0] * float64(n)
	a.n += n
	for i, s := range stats[1:] {
		a.sums[i] += s
	}
	return nil
}

// values are the loss and metrics so far, in order, into dst.
func (a *accumulator) values(dst []float64) []float64 {
	dst = append(dst[:0], a.loss/float64(max(a.n, 1)))
	at := 0
	for i, m := range a.metrics {
		dst = append(dst, m.metric.Result(a.sums[at:at+a.widths[i]]))
		at += a.widths[i]
	}
	return dst
}

// sumsOf are the statistics of a metric so far.
func (a *accumulator) sumsOf(metric int) []float64 {
	at := 0
	for _, w := range a.widths[:metric] {
		at += w
	}
	return a.sums[at : at+a.widths[metric]]
}

// accumulatorState is an accumulator in a backup.
type accumulatorState struct {
	Widths     []int
	Sums       []float64
	Loss, Last float64
	N          int
}

func (a *accumulator) state() accumulatorState {
	return accumulatorState{a.widths, a.sums, a.loss, a.last, a.n}
}

func (s accumulatorState) accumulator(metrics []measured) *accumulator {
	return &accumulator{metrics: metrics, widths: s.Widths, sums: s.Sums, loss: s.Loss, last: s.Last, n: s.N}
}
