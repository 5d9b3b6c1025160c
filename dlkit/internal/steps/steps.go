// Package steps does the steps of the commonest optimizers on float32 slices,
// in one pass over the memory. The same step as operations of a graph reads and
// writes every weight some ten times.
package steps

// Adam does w −= m·a/(√v + e), with the averages m = β₁·m + g and
// v = β₂·v + g², and the weights shrunk by the factor keep first. All slices
// are as long as w.
type Adam struct {
	Beta1, Beta2 float32
	A, E         float32 // rate and ε with all corrections in them
	Keep         float32 // 1 for no weight decay
}

// Momentum does v = µ·v − rate·g and w += v, or with Nesterov
// w += µ·v − rate·g, with the weights shrunk by the factor keep first. A nil v
// is plain gradient descent.
type Momentum struct {
	Mu, Rate float32
	Keep     float32 // 1 for no weight decay
	Nesterov bool
}
