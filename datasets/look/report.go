package look

import (
	"github.com/gofromzero/fromzero/tensor"
)

// Report is what a data set looks like.
type Report struct {
	// Rows is how many examples there are.
	Rows int
	// Inputs and Targets describe the tensors of a batch.
	Inputs, Targets []Array
	// Classes counts the examples of each class, in the order of labels. It is
	// nil if the first target is not a label.
	Classes []Class
	// DuplicateRows is how many examples have inputs equal to an earlier one's.
	DuplicateRows int
	// Texts describes the lengths of texts, nil for other data.
	Texts *TextLengths
	// Images describes the sizes of picture files, nil for other data.
	Images *PictureSizes
	// Findings are what is conspicuous, the worst first.
	Findings Findings

	seen    map[uint64]seenRow // the first row with each hash of inputs
	hashes  []uint64           // of the rows in order, as far as they are remembered
	labels  *labels
	names   []string // of classes
	options options
}

// Array describes one tensor of all batches.
type Array struct {
	// Name is "input" or "target", with a number if there are several.
	Name string
	// Shape is that of one example, and DType the kind of its numbers.
	Shape tensor.Shape
	DType tensor.DType
	// Min, Max, Mean and Std (the population's standard deviation) are over all
	// values that are finite; NaN if there is none.
	Min, Max, Mean, Std float64
	// Values counts all values; Missing those that are NaN, and Infinite those
	// that are infinite.
	Values, Missing, Infinite int64
	// Columns describes the columns of a table: one axis of at most 512 floats,
	// or of anything whose columns have names. It is nil for other data.
	Columns []Column
	// Histogram counts how often values occur. See Sampled.
	Histogram Histogram
	// Sampled is how many examples the histogram, the quartiles and the number
	// of outliers were computed from: all, if there are not too many.
	Sampled int

	rows   rowScales
	hashes []uint64 // one for each column
}

// Column describes a column of a table.
type Column struct {
	// Name is the column's, "column 3" if it has none.
	Name string
	// Min, Max, Mean and Std are over the values that are finite; NaN if there
	// is none.
	Min, Max, Mean, Std float64
	// Quartiles are the values that a quarter, half (the median) and three
	// quarters of the others lie below.
	Quartiles [3]float64
	// Missing counts the values that are NaN, and Infinite those that are
	// infinite.
	Missing, Infinite int64
	// Outliers is about how many values lie more than three times the distance
	// of the outer quartiles away from these (Tukey's "far out"). It is 0 where
	// these are equal.
	Outliers int
	// Coded says that the numbers stand for names or texts, so that their size
	// means nothing.
	Coded bool
	// SameAs is the first column with the same values, -1 if there is none.
	SameAs int
	// Histogram counts how often values occur.
	Histogram Histogram
}

// Class is how often a label occurs.
type Class struct {
	Label int
	// Name is the class's, "" if it has none.
	Name  string
	Count int
	// Share is the part of all examples, from 0 to 1.
	Share float64
}

// Histogram counts values in ranges of the same width, from Low to High.
type Histogram struct {
	Low, High float64
	Counts    []int
}

// Edges are the borders of the ranges, one more than Counts has entries.
func (h Histogram) Edges() []float64 {
	if len(h.Counts) == 0 {
		return nil
	}
	out := make([]float64, len(h.Counts)+1)
	for i := range out {
		out[i] = h.Low + (h.High-h.Low)*float64(i)/float64(len(h.Counts))
	}
	return out
}

const histogramBins = 30

// newHistogram counts finite values.
func newHistogram(values []float64, low, high float64) Histogram {
	if len(values) == 0 || !(low <= high) {
		return Histogram{}
	}
	if low == high {
		return Histogram{low, high, []int{len(values)}}
	}
	h := Histogram{low, high, make([]int, histogramBins)}
	for _, v := range values {
		h.Counts[min(histogramBins-1, int((v-low)/(high-low)*histogramBins))]++
	}
	return h
}
