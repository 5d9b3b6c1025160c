//go:build goexperiment.simd && !amd64

package product

// large reports whether there are tiles in assembly.
func large() bool { return false }

func putLarge([]float32, int, []float32, int, []float32, int, int, []float32, int, int, int, int) {}

func turnBlocks([]float32, int, []float32, int, int, int) (rows, columns int) { return 0, 0 }
