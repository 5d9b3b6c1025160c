package pictures

// Function is what an activation applies to every number.
type Function int

const (
	// Tanh is the hyperbolic tangent.
	Tanh Function = iota
	// Sigmoid is 1/(1 + e^−x).
	Sigmoid
	// HardSigmoid is x/6 + 1/2 within 0 and 1.
	HardSigmoid
	// LeakyReLU is x for x > 0 and Alpha·x below.
	LeakyReLU
	// ELU is x for x > 0 and Alpha·(e^x − 1) below.
	ELU
	// SELU is s·x for x > 0 and s·a·(e^x − 1) below, with fixed s and a.
	SELU
	// GELU is x·Φ(x), Φ being the normal distribution function.
	GELU
	// GELUApproximate is GELU by its formula with tanh.
	GELUApproximate
	// Softplus is log(1 + e^x).
	Softplus
	// Softsign is x/(1 + |x|).
	Softsign
	// SiLU is x·sigmoid(x).
	SiLU
	// Mish is x·tanh(softplus(x)).
	Mish
)

// Numbers of the SELU formula.
const (
	seluScale = 1.0507009873554804934193349852946
	seluAlpha = 1.6732632423543772848170429916717
)

// wantsInput reports whether the slope needs x, beside what came of it.
func (f Function) wantsInput() bool {
	switch f {
	case GELU, GELUApproximate, Softplus, SiLU, Mish:
		return true
	}
	return false
}
