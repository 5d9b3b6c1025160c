package dlkit

import (
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// A loss has a value at every place of the output, or at every row of its last
// axis. The functions here make one number per example of them, for training,
// and a mean over all examples, for measuring. A row is what lies along the
// output's last axis: one per example, or one per step of a sequence. Steps
// that a mask leaves out, such as the padding of short texts, do not count.

// perRow is the mean over all axes but the first: (n, …) becomes (n,).
func perRow(x *graph.Node) *graph.Node {
	d := dims(x)
	if len(d) == 1 {
		return x
	}
	rest := tensor.Shape(d[1:]).Size()
	if rest == 1 {
		return graph.Reshape(x, d[0])
	}
	return graph.MulScalar(graph.ReduceSum(graph.Reshape(x, d[0], rest), 1), 1/float64(rest))
}

// rowsAndClasses are the number of rows of an output and their length.
func rowsAndClasses(yPred *graph.Node) (rows, classes int) {
	d := dims(yPred)
	if len(d) == 1 {
		return d[0], 1
	}
	return tensor.Shape(d[:len(d)-1]).Size(), d[len(d)-1]
}

// rowMeans are the means of an output's rows, shape (rows,), of values at every
// place or at every row.
func rowMeans(values, yPred *graph.Node) *graph.Node {
	rows, _ := rowsAndClasses(yPred)
	return perRow(graph.Reshape(values, rows, values.Shape().Size()/rows))
}

// stepWeights are 1 for the output's rows that count and 0 for those that a
// mask leaves out, shape (rows,); nil where all count.
func (b *Builder) stepWeights(yPred *graph.Node) *graph.Node {
	mask := b.masks[yPred]
	if mask == nil {
		return nil
	}
	return forEveryRow(graph.StopGradient(graph.ConvertDType(mask, yPred.DType())), yPred)
}

// forEveryRow repeats values of examples or steps so that every row has its own.
func forEveryRow(values, yPred *graph.Node) *graph.Node {
	rows, _ := rowsAndClasses(yPred)
	size := values.Shape().Size()
	if size == rows {
		return graph.Reshape(values, rows)
	}
	return graph.Reshape(graph.BroadcastToDims(graph.Reshape(values, size, 1), size, rows/size), rows)
}

// times is the product, where nil is 1.
func times(x, y *graph.Node) *graph.Node {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return graph.Mul(x, y)
}

// lossRows makes the loss of every example, shape (n,), from a loss' values.
func (b *Builder) lossRows(values, yPred *graph.Node) *graph.Node {
	return lossRowsOf(values, yPred, b.stepWeights(yPred))
}

// lossRowsOf is lossRows with its own choice of what counts, nil for all. As in
// Keras, every row that counts weighs the same, whichever example it belongs
// to: their sum is divided by their number in the batch.
func lossRowsOf(values, yPred, counts *graph.Node) *graph.Node {
	if counts == nil {
		return perRow(values)
	}
	n := batchOf(yPred)
	sums := graph.ReduceSum(graph.Reshape(graph.Mul(rowMeans(values, yPred), counts), n, -1), 1)
	return graph.Mul(sums, graph.Div(graph.ConstAs(sums, float64(n)), graph.MaxScalar(graph.ReduceAllSum(counts), 1.0)))
}

// rowWeights are how much every row of the output counts when it is measured:
// its example's weight, or 0 where a mask leaves it out. Nil is 1 for all.
func (b *Builder) rowWeights(yPred *graph.Node) *graph.Node {
	counts := b.stepWeights(yPred)
	if b.weights == nil {
		return counts
	}
	return times(counts, forEveryRow(graph.ConvertDType(b.weights, yPred.DType()), yPred))
}

// meanStats are the statistics of a mean over rows: the weighted sum of values
// and the sum of the weights. values are one per row or one per place.
func (b *Builder) meanStats(values, yPred *graph.Node) *graph.Node {
	return meanStatsOf(rowMeans(values, yPred), b.rowWeights(yPred))
}

// meanStatsOf are the statistics of the mean of a vector; nil weights are 1.
func meanStatsOf(values, weights *graph.Node) *graph.Node {
	total := graph.ConstAs(values, []float64{float64(values.Shape().Size())})
	if weights != nil {
		total = graph.Reshape(graph.ReduceAllSum(weights), 1)
	}
	sum := graph.ReduceAllSum(times(values, weights))
	return graph.Concatenate([]*graph.Node{graph.Reshape(sum, 1), total}, 0)
}

// mean is the result of meanStats.
func mean(sums []float64) float64 { return sums[0] / sums[1] }
