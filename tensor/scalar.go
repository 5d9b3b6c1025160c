package tensor

// Real are the Go numbers that the scalar forms of arithmetic take; a plain 2
// is an int and 0.5 a float64.
type Real interface {
	int | Number
}

// AddScalar adds v to every element. The tensor keeps its type, so Float32 plus
// 0.1 stays Float32, with two exceptions: integers with a Go float become
// Float64, and integers with a whole number outside their range become Int64.
// (Bool counts as Int64.) The other scalar forms follow the same rule.
func (t *Tensor) AddScalar[S Real](v S) *Tensor { return withScalar(t, v, addKernels()) }

// SubScalar subtracts v from every element, by AddScalar's rule for the type.
func (t *Tensor) SubScalar[S Real](v S) *Tensor { return withScalar(t, v, subKernels()) }

// MulScalar multiplies every element by v, by AddScalar's rule for the type.
func (t *Tensor) MulScalar[S Real](v S) *Tensor { return withScalar(t, v, mulKernels()) }

// DivScalar divides every element by v. Integers become Float64, and division
// by 0 gives Inf or NaN, as in Div.
func (t *Tensor) DivScalar[S Real](v S) *Tensor { return withScalar(t, v, divKernels()) }

// PowScalar raises every element to the power v, by AddScalar's rule for the
// type; integers to a negative power become Float64.
func (t *Tensor) PowScalar[S Real](v S) *Tensor {
	if v < 0 {
		return withScalar(t, float64(v), powKernels())
	}
	return withScalar(t, v, powKernels())
}

// MaximumScalar raises elements below v to v, by AddScalar's rule for the type:
// MaximumScalar(0) is the ReLU function.
func (t *Tensor) MaximumScalar[S Real](v S) *Tensor { return withScalar(t, v, maximumKernels()) }

// MinimumScalar lowers elements above v to v, by AddScalar's rule for the type.
func (t *Tensor) MinimumScalar[S Real](v S) *Tensor { return withScalar(t, v, minimumKernels()) }

// FloorDivScalar divides every element by v and rounds down, as FloorDiv does.
// It returns an error if an integer tensor is divided by a whole 0.
func (t *Tensor) FloorDivScalar[S Real](v S) (*Tensor, error) {
	return t.FloorDiv(scalarFor(t.orEmpty().dtype, v))
}

// ModScalar is what is left after FloorDivScalar: ModScalar(2) is 0 for even
// numbers and 1 for odd ones. It returns an error if an integer tensor is
// divided by a whole 0.
func (t *Tensor) ModScalar[S Real](v S) (*Tensor, error) {
	return t.Mod(scalarFor(t.orEmpty().dtype, v))
}

func withScalar[S Real](t *Tensor, v S, k arithmeticKernels) *Tensor {
	t = t.orEmpty()
	return combine(t, scalarFor(t.dtype, v), t.shape.Clone(), k)
}

// scalarFor is v as a tensor of the type that AddScalar's rule gives.
func scalarFor[S Real](dtype DType, v S) *Tensor {
	if dtype.IsFloat() {
		return Scalar(float64(v)).as(dtype)
	}
	if half := 0.5; S(half) != 0 { // S is a Go float
		return Scalar(float64(v))
	}
	whole := Scalar(int64(v))
	if lo, hi := intLimits(dtype); dtype.IsInt() && whole.data.([]int64)[0] >= lo && whole.data.([]int64)[0] <= hi {
		return whole.as(dtype)
	}
	return whole
}
