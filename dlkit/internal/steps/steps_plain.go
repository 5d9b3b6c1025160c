//go:build !goexperiment.simd

package steps

// Step changes w, m and v.
func (s Adam) Step(w, g, m, v []float32) { s.step(w, g, m, v) }

// Step changes w and v.
func (s Momentum) Step(w, g, v []float32) { s.step(w, g, v) }

// add adds src to dst, which are equally long.
func add(dst, src []float32) { addTo(dst, src) }
