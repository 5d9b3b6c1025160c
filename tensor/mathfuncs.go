package tensor

import "math"

// Map calls f on every element and returns the results. A float tensor keeps
// its type; others become Float64.
func (t *Tensor) Map(f func(float64) float64) *Tensor {
	t = t.orEmpty()
	out := t.Convert(floating(t.dtype))
	switch d := out.data.(type) {
	case []float32:
		for i, v := range d {
			d[i] = float32(f(float64(v)))
		}
	case []float64:
		for i, v := range d {
			d[i] = f(v)
		}
	}
	return out
}

// Neg is -t, element by element. Uint8 and Bool, which have no negative values,
// become Int64.
func (t *Tensor) Neg() *Tensor { return t.MulScalar(-1) }

// Abs is the distance from zero, element by element. The type stays.
func (t *Tensor) Abs() *Tensor {
	t = t.orEmpty()
	if t.dtype == Uint8 || t.dtype == Bool {
		return t.Clone()
	}
	return combine(t, t.Neg(), t.shape.Clone(), maximumKernels())
}

// Square is t·t, element by element, by the rules of Add for the type.
func (t *Tensor) Square() *Tensor {
	t = t.orEmpty()
	return combine(t, t, t.shape.Clone(), mulKernels())
}

// Clip draws elements below lo up to lo and those above hi down to hi, by
// AddScalar's rule for the type.
func (t *Tensor) Clip[S Real](lo, hi S) *Tensor { return t.MaximumScalar(lo).MinimumScalar(hi) }

// Exp is e to the power of every element; the type by the rule of Map.
func (t *Tensor) Exp() *Tensor { return t.Map(math.Exp) }

// Log is the natural logarithm of every element: -Inf for 0, NaN below; the
// type by the rule of Map.
func (t *Tensor) Log() *Tensor { return t.Map(math.Log) }

// Sqrt is the square root of every element, NaN below 0; the type by the rule
// of Map.
func (t *Tensor) Sqrt() *Tensor { return t.Map(math.Sqrt) }

// Sin is the sine of every element, in radians; the type by the rule of Map.
func (t *Tensor) Sin() *Tensor { return t.Map(math.Sin) }

// Cos is the cosine of every element, in radians; the type by the rule of Map.
func (t *Tensor) Cos() *Tensor { return t.Map(math.Cos) }

// Tanh is the hyperbolic tangent of every element, between -1 and 1; the type
// by the rule of Map.
func (t *Tensor) Tanh() *Tensor { return t.Map(math.Tanh) }

// Floor rounds every element down. Integers stay as they are.
func (t *Tensor) Floor() *Tensor { return t.rounded(math.Floor) }

// Ceil rounds every element up. Integers stay as they are.
func (t *Tensor) Ceil() *Tensor { return t.rounded(math.Ceil) }

// Round rounds every element to the nearest whole number, halves to the even
// one as in NumPy: 0.5 to 0, 1.5 to 2. Integers stay as they are.
func (t *Tensor) Round() *Tensor { return t.rounded(math.RoundToEven) }

func (t *Tensor) rounded(f func(float64) float64) *Tensor {
	t = t.orEmpty()
	if !t.dtype.IsFloat() {
		return t.Clone()
	}
	return t.Map(f)
}
