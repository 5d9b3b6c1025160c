package dlkit

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// weightedByClass gives every example the weight of its class, times the
// weight that it has already.
func weightedByClass(data tensor.Dataset, weights map[int]float64, heads []head) (tensor.Dataset, error) {
	if len(heads) != 1 {
		return nil, fmt.Errorf("dlkit: ClassWeights for a model with %d outputs; give the examples weights instead", len(heads))
	}
	shape := heads[0].output.Shape
	classes := max(shape.Size(), 2)
	table := slices.Repeat([]float32{1}, classes)
	for class, w := range weights {
		if class < 0 || class >= classes {
			return nil, fmt.Errorf("dlkit: ClassWeights has a weight for class %d; the model has classes 0 to %d", class, classes-1)
		}
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("dlkit: ClassWeights has weight %v for class %d; it must be 0 or more", w, class)
		}
		table[class] = float32(w)
	}
	w := classWeighted{data, table}
	if rows, ok := data.(tensor.Indexed); ok {
		return indexedClassWeighted{w, rows}, nil
	}
	return w, nil
}

// classWeighted is a dataset whose examples weigh as their classes do.
type classWeighted struct {
	tensor.Dataset
	table []float32
}

func (w classWeighted) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		for batch, err := range w.Dataset.Batches(ctx, size) {
			if err == nil {
				batch, err = w.weigh(batch, nil)
			}
			if !yield(batch, err) {
				return
			}
		}
	}
}

// weigh adds weights to a batch, in reuse where it fits.
func (w classWeighted) weigh(batch tensor.Batch, reuse *tensor.Tensor) (tensor.Batch, error) {
	y := batch.Y()
	if y == nil {
		return batch, fmt.Errorf("dlkit: ClassWeights for data without targets")
	}
	out := tensor.Reuse(reuse, tensor.Float32, tensor.Shape{batch.Len()})
	weights, _ := tensor.Flat[float32](out)
	labels := tensor.Values[float32](y)
	width := len(labels) / max(len(weights), 1)
	for i := range weights {
		class := 0
		switch row := labels[i*width : (i+1)*width]; width {
		case 1:
			class = int(row[0])
		default: // one-hot
			for k := range row {
				if row[k] > row[class] {
					class = k
				}
			}
		}
		if class < 0 || class >= len(w.table) {
			return batch, fmt.Errorf("dlkit: ClassWeights: example %d of the batch is of class %d; the model has classes 0 to %d", i, class, len(w.table)-1)
		}
		weights[i] = w.table[class]
	}
	if batch.Weights != nil {
		for i, own := range tensor.Values[float32](batch.Weights) {
			weights[i] *= own
		}
	}
	batch.Weights = out
	return batch, nil
}

// indexedClassWeighted is classWeighted for data that can be read in any order.
type indexedClassWeighted struct {
	classWeighted
	rows tensor.Indexed
}

func (w indexedClassWeighted) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	weights := reuse.Weights
	reuse.Weights = nil
	batch, err := w.rows.Rows(ctx, at, reuse)
	if err != nil {
		return batch, err
	}
	return w.weigh(batch, weights)
}
