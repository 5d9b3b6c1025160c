//go:build goexperiment.simd && !amd64

package pictures

// assembly reports whether there are tiles in assembly.
func assembly() bool { return false }

func addAssembly([]float32, int, int, factor, factor, int, int, int) {}
