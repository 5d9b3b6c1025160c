//go:build goexperiment.simd

package setup

// builtSIMD reports whether this program uses the processor's vectors.
const builtSIMD = true
