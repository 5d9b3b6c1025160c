package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// orLogits is what a loss with a field FromLogits advises when the output does
// not hold probabilities.
const orLogits = ", or set FromLogits"

// checkProbabilities refuses an output that a loss on probabilities, made by
// the activation want, cannot be meant for, since training on it would be
// training on nonsense. or is another way out than ending the model with want.
func checkProbabilities(out Output, want Activation, fromLogits bool, or string) error {
	if len(out.Shape) == 0 {
		return fmt.Errorf("output %s is a scalar per example; it needs an axis of probabilities", out.Name)
	}
	switch {
	case fromLogits && (out.Activation == Softmax || out.Activation == Sigmoid):
		return fmt.Errorf("with FromLogits, but output %s already goes through %v; leave FromLogits out, or the activation", out.Name, out.Activation)
	case want == Softmax && out.classes() == 1 && (fromLogits || out.Activation == Softmax):
		return fmt.Errorf("output %s has one unit, and softmax of one unit is always 1; use two or more units, or one with Sigmoid and BinaryCrossEntropy", out.Name)
	case fromLogits, out.Activation == want:
		return nil
	case want == Sigmoid && out.Activation == Softmax:
		return fmt.Errorf("output %s goes through softmax; yes-or-no answers need Sigmoid, classes need SparseCategoricalCrossEntropy", out.Name)
	case want == Softmax && out.Activation == Sigmoid && out.classes() == 1:
		return fmt.Errorf("output %s is one yes-or-no answer; it needs BinaryCrossEntropy", out.Name)
	}
	return fmt.Errorf("output %s goes through %v, which does not give probabilities of this kind; end the model with dlkit.%s%s",
		out.Name, out.Activation, map[Activation]string{Softmax: "Softmax", Sigmoid: "Sigmoid"}[want], or)
}

// checkClassNumbers wants one class number per row of the output; ignore, if
// not nil, is another number that may be there. oneHot is what one-hot targets
// are for, said in the error.
func checkClassNumbers(y *tensor.Tensor, out Output, ignore *int, oneHot string) error {
	classes := out.classes()
	want := tensor.Shape{y.Len()}
	if len(out.Shape) > 0 {
		want = append(want, out.Shape[:len(out.Shape)-1]...)
	}
	got := y.Shape()
	if !got.Equal(want) && !got.Equal(append(want.Clone(), 1)) {
		hint := ""
		if len(got) == len(want)+1 && got[len(got)-1] == classes {
			hint = "; these look like one-hot targets, for which " + oneHot + " is made"
		}
		return fmt.Errorf("targets of shape %v do not fit output %s with %d classes; want class numbers of shape %v%s",
			perExample(got), out.Name, classes, perExample(want), hint)
	}
	return checkLabels(y, classes, ignore)
}

// checkLabels wants whole numbers from 0 to classes−1, or ignore.
func checkLabels(y *tensor.Tensor, classes int, ignore *int) error {
	ignored := func(v int) bool { return ignore != nil && v == *ignore }
	bad := func(i int, v any, why, try string) error {
		return fmt.Errorf("target %d of the batch is %v; %s: class numbers go from 0 to %d, since the last layer has %d outputs; %s",
			i, v, why, classes-1, classes, try)
	}
	const outside, number = "number the classes from 0, or give the last layer more units",
		"to learn quantities rather than classes end the model with Dense(1), which MeanSquaredError suits"
	if labels, ok := tensor.Flat[int32](y); ok { // the usual type, checked without copying
		for i, v := range labels {
			if (v < 0 || int(v) >= classes) && !ignored(int(v)) {
				return bad(i, v, "out of range", outside)
			}
		}
		return nil
	}
	for i, v := range tensor.Values[float64](y) {
		switch {
		case v != float64(int64(v)):
			return bad(i, v, "not a whole number", number)
		case (v < 0 || int(v) >= classes) && !ignored(int(v)):
			return bad(i, v, "out of range", outside)
		}
	}
	return nil
}

// checkClassShares wants targets of the output's shape between 0 and 1; numbers
// is what class numbers are for, said in the error.
func checkClassShares(y *tensor.Tensor, out Output, numbers string) error {
	if err := sameShape(y, out); err != nil {
		if shape := y.Shape(); len(shape) > 0 && shape.Size() == shape[0]*(out.Shape.Size()/out.classes()) {
			return fmt.Errorf("%w; for class numbers there is %s", err, numbers)
		}
		return err
	}
	return checkUnitRange(y)
}

// checkShares wants targets of the output's shape between 0 and 1.
func checkShares(y *tensor.Tensor, out Output) error {
	if err := sameShape(y, out); err != nil {
		return err
	}
	return checkUnitRange(y)
}

// checkUnitRange wants targets between 0 and 1.
func checkUnitRange(y *tensor.Tensor) error {
	for i, v := range tensor.Values[float32](y) {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("target value %d of the batch is %v; targets must lie between 0 and 1", i, v)
		}
	}
	return nil
}
