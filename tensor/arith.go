package tensor

import (
	"fmt"
	"slices"
)

// Add is the sum of two tensors, element by element.
//
// All arithmetic follows the same two rules. Broadcasting: shapes are compared
// from the last axis backwards; sizes must be equal, or one of them 1, which is
// then repeated; axes missing in front count as 1. So (2, 3) with (3,) adds the
// vector to each row, and (2, 1) with (1, 3) gives (2, 3). Types: the result
// has the later type of the two in the order Bool, Uint8, Int32, Int64, Float32,
// Float64 (two Bools count as Int64). Integers that overflow wrap around, as in
// Go. It returns an error if the shapes do not fit together.
func (t *Tensor) Add(other *Tensor) (*Tensor, error) {
	return arithmetic("add", t, other, addKernels())
}

// Sub is the difference t - other, by the rules of Add.
func (t *Tensor) Sub(other *Tensor) (*Tensor, error) {
	return arithmetic("subtract", t, other, subKernels())
}

// Mul is the product, element by element, by the rules of Add. The matrix
// product is MatMul.
func (t *Tensor) Mul(other *Tensor) (*Tensor, error) {
	return arithmetic("multiply", t, other, mulKernels())
}

// Div is the quotient t / other, by the rules of Add, but always a float:
// integers are divided as Float64, so 1/2 is 0.5 and 1/0 is +Inf. For whole
// numbers see FloorDiv.
func (t *Tensor) Div(other *Tensor) (*Tensor, error) {
	return arithmetic("divide", t, other, divKernels())
}

// FloorDiv is the quotient t / other rounded down, by the rules of Add; -7
// divided by 2 is -4, as in NumPy's //. It returns an error if an integer is
// divided by zero.
func (t *Tensor) FloorDiv(other *Tensor) (*Tensor, error) {
	if err := noZeroDivisor("divide", t, other); err != nil {
		return nil, err
	}
	return arithmetic("divide", t, other, floorDivKernels())
}

// Mod is what is left after FloorDiv, by the rules of Add; it has the sign of
// other, as in NumPy's %. So t mod 2 is 0 for even and 1 for odd numbers. It
// returns an error if an integer is divided by zero.
func (t *Tensor) Mod(other *Tensor) (*Tensor, error) {
	if err := noZeroDivisor("take the remainder of", t, other); err != nil {
		return nil, err
	}
	return arithmetic("take the remainder of", t, other, modKernels())
}

// Pow is t to the power of other, by the rules of Add. It returns an error if
// both are integers and a power is negative: convert one to a float first.
func (t *Tensor) Pow(other *Tensor) (*Tensor, error) {
	if err := usable("raise to a power", t, other); err != nil {
		return nil, err
	}
	if !promote(t.dtype, other.dtype).IsFloat() && slices.Min(append(Values[int64](other), 0)) < 0 {
		return nil, fmt.Errorf("tensor: integers to a negative power are not whole numbers; convert one side with Convert(tensor.Float64)")
	}
	return arithmetic("raise to a power", t, other, powKernels())
}

// Maximum is the larger of two elements, by the rules of Add; NaN wins.
func (t *Tensor) Maximum(other *Tensor) (*Tensor, error) {
	return arithmetic("compare", t, other, maximumKernels())
}

// Minimum is the smaller of two elements, by the rules of Add; NaN wins.
func (t *Tensor) Minimum(other *Tensor) (*Tensor, error) {
	return arithmetic("compare", t, other, minimumKernels())
}

// noZeroDivisor returns an error if whole numbers would be divided by zero.
func noZeroDivisor(verb string, a, b *Tensor) error {
	if err := usable(verb, a, b); err != nil {
		return err
	}
	if !promote(a.dtype, b.dtype).IsFloat() && slices.Contains(truths(b), false) {
		return fmt.Errorf("tensor: cannot %s integers: the divisor %v %v has a zero; use Div, which gives Inf, or convert to a float", verb, b.dtype, b.shape)
	}
	return nil
}

// kernel works out one run of elements: dst[i] from a[i·stepA] and b[i·stepB],
// where a step is 1, or 0 to use the same element again.
type kernel[T, D Elem] = func(dst []D, a, b []T, stepA, stepB int)

// arithmeticKernels is one operation for every type. The integer ones are nil
// where the operation is done in floats only.
type arithmeticKernels struct {
	float32 kernel[float32, float32]
	float64 kernel[float64, float64]
	int32   kernel[int32, int32]
	int64   kernel[int64, int64]
	uint8   kernel[uint8, uint8]
}

// arithmetic checks two tensors and combines them element by element.
func arithmetic(verb string, a, b *Tensor, k arithmeticKernels) (*Tensor, error) {
	if err := usable(verb, a, b); err != nil {
		return nil, err
	}
	shape, err := broadcastShape(verb, a.shape, b.shape)
	if err != nil {
		return nil, err
	}
	return combine(a, b, shape, k), nil
}

// combine is arithmetic on tensors whose common shape is known.
func combine(a, b *Tensor, shape Shape, k arithmeticKernels) *Tensor {
	dtype := promote(a.dtype, b.dtype)
	if k.int64 == nil {
		dtype = floating(dtype)
	}
	a, b = a.as(dtype), b.as(dtype)
	out := blank(dtype, shape)
	switch dst := out.data.(type) {
	case []float32:
		pairs(dst, a, b, shape, k.float32)
	case []float64:
		pairs(dst, a, b, shape, k.float64)
	case []int32:
		pairs(dst, a, b, shape, k.int32)
	case []int64:
		pairs(dst, a, b, shape, k.int64)
	case []uint8:
		pairs(dst, a, b, shape, k.uint8)
	}
	return out
}

// pairs runs a kernel over two broadcast tensors of type T.
func pairs[T, D Elem](dst []D, a, b *Tensor, shape Shape, k kernel[T, D]) {
	x, y := a.data.([]T), b.data.([]T)
	l := newLayout(shape, broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape))
	stepA, stepB := l.step(0), l.step(1)
	l.eachRun(func(at, n int, from []int) {
		k(dst[at:at+n], x[from[0]:], y[from[1]:], stepA, stepB)
	})
}
