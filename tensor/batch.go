package tensor

// Batch is a handful of examples that a model sees at once. Every tensor in it
// has the examples along its first axis.
type Batch struct {
	// Inputs has one tensor per model input; almost always just one.
	Inputs []*Tensor
	// Targets has one tensor per model output: labels, or the numbers to
	// predict. It is empty for data without answers.
	Targets []*Tensor
	// Weights says how much each example counts, shape (n,). Nil means 1 each.
	Weights *Tensor
}

// X is the first input, nil if there is none.
func (b Batch) X() *Tensor { return first(b.Inputs) }

// Y is the first target, nil if there is none.
func (b Batch) Y() *Tensor { return first(b.Targets) }

// Len is the number of examples.
func (b Batch) Len() int {
	if len(b.Inputs) == 0 {
		return 0
	}
	return b.Inputs[0].Len()
}

func first(ts []*Tensor) *Tensor {
	if len(ts) == 0 {
		return nil
	}
	return ts[0]
}
