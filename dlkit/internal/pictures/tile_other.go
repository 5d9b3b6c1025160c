//go:build goexperiment.simd && !amd64

package pictures

// large reports whether there are tiles in assembly.
func large() bool { return false }

func addLarge([]float32, int, int, factor, factor, int, int, int) {}
