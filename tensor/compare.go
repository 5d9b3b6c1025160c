package tensor

// The comparisons return Bool tensors. Shapes are broadcast and types brought
// together by the rules of Add; a comparison with NaN is false, but for Ne.

// Eq tells element by element where t == other; Equal compares as a whole. It
// returns an error if the shapes do not fit together.
func (t *Tensor) Eq(other *Tensor) (*Tensor, error) { return comparison(t, other, eqKernels()) }

// Ne tells where t != other, as Eq does.
func (t *Tensor) Ne(other *Tensor) (*Tensor, error) { return comparison(t, other, neKernels()) }

// Lt tells where t < other, as Eq does.
func (t *Tensor) Lt(other *Tensor) (*Tensor, error) { return comparison(t, other, ltKernels()) }

// Le tells where t <= other, as Eq does.
func (t *Tensor) Le(other *Tensor) (*Tensor, error) { return comparison(t, other, leKernels()) }

// Gt tells where t > other, as Eq does.
func (t *Tensor) Gt(other *Tensor) (*Tensor, error) { return comparison(t, other, gtKernels()) }

// Ge tells where t >= other, as Eq does.
func (t *Tensor) Ge(other *Tensor) (*Tensor, error) { return comparison(t, other, geKernels()) }

// EqScalar tells where an element is v. As in AddScalar, v takes the tensor's
// type: a Float32 element 0.1 is equal to 0.1.
func (t *Tensor) EqScalar[S Real](v S) *Tensor { return compareScalar(t, v, eqKernels()) }

// NeScalar tells where an element is not v, as EqScalar does.
func (t *Tensor) NeScalar[S Real](v S) *Tensor { return compareScalar(t, v, neKernels()) }

// LtScalar tells where an element is below v, as EqScalar does.
func (t *Tensor) LtScalar[S Real](v S) *Tensor { return compareScalar(t, v, ltKernels()) }

// LeScalar tells where an element is at most v, as EqScalar does.
func (t *Tensor) LeScalar[S Real](v S) *Tensor { return compareScalar(t, v, leKernels()) }

// GtScalar tells where an element is above v, as EqScalar does.
func (t *Tensor) GtScalar[S Real](v S) *Tensor { return compareScalar(t, v, gtKernels()) }

// GeScalar tells where an element is at least v, as EqScalar does.
func (t *Tensor) GeScalar[S Real](v S) *Tensor { return compareScalar(t, v, geKernels()) }

// And tells where both are true (not 0). It returns an error if the shapes do
// not fit together.
func (t *Tensor) And(other *Tensor) (*Tensor, error) {
	return logic(t, other, arithmeticKernels{uint8: minimum[uint8], int64: minimum[int64]})
}

// Or tells where at least one is true (not 0). It returns an error if the
// shapes do not fit together.
func (t *Tensor) Or(other *Tensor) (*Tensor, error) {
	return logic(t, other, arithmeticKernels{uint8: maximum[uint8], int64: maximum[int64]})
}

// Not tells where an element is false (0).
func (t *Tensor) Not() *Tensor { return t.EqScalar(0) }

// logic works on truth values as the numbers 0 and 1.
func logic(a, b *Tensor, k arithmeticKernels) (*Tensor, error) {
	const verb = "combine the truth values of"
	if err := usable(verb, a, b); err != nil {
		return nil, err
	}
	out, err := arithmetic(verb, a.as(Bool).as(Uint8), b.as(Bool).as(Uint8), k)
	if err != nil {
		return nil, err
	}
	return out.as(Bool), nil
}

// comparisonKernels is one comparison for every type.
type comparisonKernels struct {
	float32 kernel[float32, bool]
	float64 kernel[float64, bool]
	int32   kernel[int32, bool]
	int64   kernel[int64, bool]
	uint8   kernel[uint8, bool]
}

func comparison(a, b *Tensor, k comparisonKernels) (*Tensor, error) {
	const verb = "compare"
	if err := usable(verb, a, b); err != nil {
		return nil, err
	}
	shape, err := broadcastShape(verb, a.shape, b.shape)
	if err != nil {
		return nil, err
	}
	return compare(a, b, shape, k), nil
}

func compareScalar[S Real](t *Tensor, v S, k comparisonKernels) *Tensor {
	t = t.orEmpty()
	return compare(t, scalarFor(t.dtype, v), t.shape.Clone(), k)
}

// compare is comparison on tensors whose common shape is known.
func compare(a, b *Tensor, shape Shape, k comparisonKernels) *Tensor {
	dtype := promote(a.dtype, b.dtype)
	a, b = a.as(dtype), b.as(dtype)
	dst := make([]bool, shape.Size())
	switch dtype {
	case Float32:
		pairs(dst, a, b, shape, k.float32)
	case Float64:
		pairs(dst, a, b, shape, k.float64)
	case Int32:
		pairs(dst, a, b, shape, k.int32)
	case Int64:
		pairs(dst, a, b, shape, k.int64)
	case Uint8:
		pairs(dst, a, b, shape, k.uint8)
	}
	return &Tensor{shape: shape, dtype: Bool, data: dst}
}

func eqKernels() comparisonKernels {
	return comparisonKernels{eq[float32], eq[float64], eq[int32], eq[int64], eq[uint8]}
}

func neKernels() comparisonKernels {
	return comparisonKernels{ne[float32], ne[float64], ne[int32], ne[int64], ne[uint8]}
}

func ltKernels() comparisonKernels {
	return comparisonKernels{lt[float32], lt[float64], lt[int32], lt[int64], lt[uint8]}
}

func leKernels() comparisonKernels {
	return comparisonKernels{le[float32], le[float64], le[int32], le[int64], le[uint8]}
}

func gtKernels() comparisonKernels {
	return comparisonKernels{gt[float32], gt[float64], gt[int32], gt[int64], gt[uint8]}
}

func geKernels() comparisonKernels {
	return comparisonKernels{ge[float32], ge[float64], ge[int32], ge[int64], ge[uint8]}
}

func eq[T Number](dst []bool, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] == b[i*stepB]
	}
}

func ne[T Number](dst []bool, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] != b[i*stepB]
	}
}

func lt[T Number](dst []bool, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] < b[i*stepB]
	}
}

func le[T Number](dst []bool, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] <= b[i*stepB]
	}
}

// gt and ge are lt and le with the sides changed.
func gt[T Number](dst []bool, a, b []T, stepA, stepB int) { lt(dst, b, a, stepB, stepA) }
func ge[T Number](dst []bool, a, b []T, stepA, stepB int) { le(dst, b, a, stepB, stepA) }
