//go:build goexperiment.simd

package pictures

import (
	"simd"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// The functions with vectors, number by number. What is no number (NaN) stays so.

// apply sets y to the function of x, which may be the same line.
func (l Layer) apply(y, x []float32) { applyLine(l.Function, l.Alpha, y, x) }

// applySlope sets dx to d, which may be the same line, times the slope, where v is
// the function's value, or x if the function wants that.
func (l Layer) applySlope(dx, d, v []float32) { slopeLine(l.Function, l.Alpha, dx, d, v) }

func applyLine(f Function, alpha float32, y, x []float32) {
	v, a := simd.VectorBitSize()/32, simd.BroadcastFloat32s(alpha)
	for i := 0; i < len(x); i += v {
		valueOf(f, a, simd.LoadFloat32s(x[i:])).Store(y[i:])
	}
}

func slopeLine(f Function, alpha float32, dx, d, v []float32) {
	n, a := simd.VectorBitSize()/32, simd.BroadcastFloat32s(alpha)
	for i := 0; i < len(v); i += n {
		slopeOf(f, a, simd.LoadFloat32s(v[i:])).Mul(simd.LoadFloat32s(d[i:])).Store(dx[i:])
	}
}

func valueOf(f Function, alpha, x simd.Float32s) simd.Float32s {
	zero, one := simd.Float32s{}, simd.BroadcastFloat32s(1)
	switch f {
	case Tanh:
		return rows.Tanh(x)
	case Sigmoid:
		return rows.Sigmoid(x)
	case HardSigmoid:
		half := simd.BroadcastFloat32s(0.5)
		return rows.Within(x.Mul(simd.BroadcastFloat32s(1.0/6)), half).Add(half)
	case LeakyReLU:
		return x.IfElse(x.Greater(zero), x.Mul(alpha))
	case ELU:
		return x.IfElse(x.Greater(zero), rows.Expm1(x).Mul(alpha))
	case SELU:
		below := rows.Expm1(x).Mul(simd.BroadcastFloat32s(seluAlpha))
		return x.IfElse(x.Greater(zero), below).Mul(simd.BroadcastFloat32s(seluScale))
	case GELU:
		share, _ := rows.Bell(x)
		return x.Mul(share)
	case GELUApproximate:
		return x.Mul(rows.Sigmoid(steep(x)))
	case Softplus:
		return rows.Softplus(x)
	case Softsign:
		return x.Div(x.Abs().Add(one))
	case SiLU:
		return x.Mul(rows.Sigmoid(x))
	case Mish:
		return x.Mul(bentMish(x))
	}
	return x
}

func slopeOf(f Function, alpha, v simd.Float32s) simd.Float32s {
	zero, one := simd.Float32s{}, simd.BroadcastFloat32s(1)
	switch f {
	case Tanh:
		return one.Sub(v.Mul(v))
	case Sigmoid:
		return v.Sub(v.Mul(v))
	case HardSigmoid:
		return simd.BroadcastFloat32s(1.0 / 6).Masked(v.Greater(zero)).Masked(v.Less(one))
	case LeakyReLU:
		return one.IfElse(v.Greater(zero), alpha)
	case ELU:
		return one.IfElse(v.Greater(zero), v.Add(alpha))
	case SELU:
		return simd.BroadcastFloat32s(seluScale).IfElse(v.Greater(zero), v.Add(simd.BroadcastFloat32s(seluScale*seluAlpha)))
	case GELU:
		share, height := rows.Bell(v)
		return v.Mul(height).MulAdd(simd.BroadcastFloat32s(0.3989422804014327), share) // 1/√2π
	case GELUApproximate:
		s := rows.Sigmoid(steep(v))
		slope := v.Mul(v).MulAdd(simd.BroadcastFloat32s(3*steepness*cubic), simd.BroadcastFloat32s(steepness))
		return v.Mul(slope).MulAdd(s.Sub(s.Mul(s)), s)
	case Softplus:
		return rows.Sigmoid(v)
	case Softsign:
		rest := one.Sub(v.Abs())
		return rest.Mul(rest)
	case SiLU:
		s := rows.Sigmoid(v)
		return v.MulAdd(s.Sub(s.Mul(s)), s)
	case Mish:
		t := bentMish(v)
		return v.Mul(one.Sub(t.Mul(t))).MulAdd(rows.Sigmoid(v), t)
	}
	return one
}

// Numbers of GELU's approximation, x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2, which
// is x·sigmoid(2·√(2/π)·(x + 0.044715·x³)).
const (
	steepness = 1.5957691216057308
	cubic     = 0.044715
)

// steep is what the approximation takes the sigmoid of.
func steep(x simd.Float32s) simd.Float32s {
	slope := x.Mul(x).MulAdd(simd.BroadcastFloat32s(steepness*cubic), simd.BroadcastFloat32s(steepness))
	return x.Mul(slope)
}

// bentMish is tanh(softplus(x)): e·(e + 2)/(e·(e + 2) + 2) with e = e^x.
func bentMish(x simd.Float32s) simd.Float32s {
	two := simd.BroadcastFloat32s(2)
	e := rows.Exp(rows.Within(x, simd.BroadcastFloat32s(40)))
	q := e.MulAdd(e, e.Mul(two))
	return q.Div(q.Add(two))
}
