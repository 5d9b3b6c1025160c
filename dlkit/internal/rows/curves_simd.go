//go:build goexperiment.simd

package rows

import "simd"

// Within is x within ±limit. Package simd's own Max and Min would lose what is no
// number.
func Within(x, limit simd.Float32s) simd.Float32s {
	x = limit.IfElse(x.Greater(limit), x)
	least := limit.Neg()
	return least.IfElse(x.Less(least), x)
}

// Sigmoid is 1/(1 + e^−x).
func Sigmoid(x simd.Float32s) simd.Float32s {
	limit, one := simd.BroadcastFloat32s(87), simd.BroadcastFloat32s(1)
	return one.Div(one.Add(Exp(Within(x, limit).Neg())))
}

// Tanh is 2/(1 + e^−2x) − 1.
func Tanh(x simd.Float32s) simd.Float32s {
	limit, one, two := simd.BroadcastFloat32s(43), simd.BroadcastFloat32s(1), simd.BroadcastFloat32s(2)
	return two.Div(one.Add(Exp(Within(x, limit).Mul(two).Neg()))).Sub(one)
}

// Bell gives for x the normal distribution function Φ(x), and e^(−x²/2). erf is
// the approximation 7.1.26 of Abramowitz & Stegun, within 1.5e-7.
func Bell(x simd.Float32s) (share, height simd.Float32s) {
	one, half := simd.BroadcastFloat32s(1), simd.BroadcastFloat32s(0.5)
	height = Exp(Within(x.Mul(x).Mul(half), simd.BroadcastFloat32s(87)).Neg())
	t := one.Div(x.Abs().MulAdd(simd.BroadcastFloat32s(0.3275911*0.7071067811865476), one))
	p := t.MulAdd(simd.BroadcastFloat32s(1.061405429), simd.BroadcastFloat32s(-1.453152027))
	p = p.MulAdd(t, simd.BroadcastFloat32s(1.421413741))
	p = p.MulAdd(t, simd.BroadcastFloat32s(-0.284496736))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.254829592))
	tail := p.Mul(t).Mul(height).Mul(half) // Φ(−|x|)
	return one.Sub(tail).IfElse(x.Greater(simd.BroadcastFloat32s(0)), tail), height
}

// Expm1 is e^x − 1 for x not above 0. Near 0 it is the sum of the first powers of
// x: the difference would have lost its digits.
func Expm1(x simd.Float32s) simd.Float32s {
	one := simd.BroadcastFloat32s(1)
	p := x.MulAdd(simd.BroadcastFloat32s(1.0/5040), simd.BroadcastFloat32s(1.0/720))
	p = p.MulAdd(x, simd.BroadcastFloat32s(1.0/120))
	p = p.MulAdd(x, simd.BroadcastFloat32s(1.0/24))
	p = p.MulAdd(x, simd.BroadcastFloat32s(1.0/6))
	p = p.MulAdd(x, simd.BroadcastFloat32s(0.5))
	p = p.MulAdd(x, one).Mul(x)
	far := Exp(Within(x, simd.BroadcastFloat32s(87))).Sub(one)
	return p.IfElse(x.Greater(simd.BroadcastFloat32s(-0.35)), far)
}

// Softplus is log(1 + e^x): the larger of x and 0, and log(1 + u) for what u =
// e^−|x| is. That is 2·artanh(s) with s = u/(2 + u), at most 1/3, by its series.
func Softplus(x simd.Float32s) simd.Float32s {
	zero, two := simd.Float32s{}, simd.BroadcastFloat32s(2)
	u := Exp(Within(x.Abs(), simd.BroadcastFloat32s(87)).Neg())
	s := u.Div(u.Add(two))
	q := s.Mul(s)
	p := q.MulAdd(simd.BroadcastFloat32s(1.0/15), simd.BroadcastFloat32s(1.0/13))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1.0/11))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1.0/9))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1.0/7))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1.0/5))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1.0/3))
	p = p.MulAdd(q, simd.BroadcastFloat32s(1))
	return p.MulAdd(s.Mul(two), x.IfElse(x.Greater(zero), zero))
}
