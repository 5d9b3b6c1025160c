package tensor

import "fmt"

// Softmax turns scores along an axis into probabilities that add up to 1:
// exp(x) / sum(exp(x)), with the largest score subtracted first so that no exp
// overflows. Floats keep their type, others become Float64. It returns an error
// if the axis does not exist or is empty.
func (t *Tensor) Softmax(axis int) (*Tensor, error) {
	if err := usable("take the softmax", t); err != nil {
		return nil, err
	}
	x := t.as(floating(t.dtype))
	top, err := x.KeepDims().Max(axis)
	if err != nil {
		return nil, err
	}
	e := combine(x, top, x.shape, subKernels()).Exp()
	sum, err := e.KeepDims().Sum(axis)
	if err != nil {
		return nil, err
	}
	return e.Div(sum)
}

// OneHot turns class numbers of any shape into Float32 rows with a 1 at the
// class and 0 elsewhere: labels of shape (n,) become (n, classes). It returns an
// error if labels are not integers or one is not in [0, classes).
func OneHot(labels *Tensor, classes int) (*Tensor, error) {
	if err := usable("make one-hot rows of", labels); err != nil {
		return nil, err
	}
	if !labels.dtype.IsInt() {
		return nil, fmt.Errorf("tensor: one-hot of %v labels; they must be integers, use Convert(tensor.Int32)", labels.dtype)
	}
	shape := append(labels.shape.Clone(), classes)
	out, err := Zeros(Float32, shape...)
	if err != nil {
		return nil, err
	}
	data := out.data.([]float32)
	for i, label := range Values[int64](labels) {
		if label < 0 || label >= int64(classes) {
			return nil, fmt.Errorf("tensor: one-hot with %d classes: label %d at position %d; labels go from 0 to %d", classes, label, i, classes-1)
		}
		data[i*classes+int(label)] = 1
	}
	return out, nil
}
