//go:build goexperiment.simd && !amd64

package product

// AVX512 reports whether there are tiles in assembly for it.
func AVX512() bool { return false }

func putLarge([]float32, int, []float32, int, []float32, int, int, []float32, int, int, int, int) {}

// AVX2 is the same for that.
func AVX2() bool { return false }

func putMiddle([]float32, int, []float32, int, []float32, int, int, []float32, int, int, int, int) {}

func turnBlocks([]float32, int, []float32, int, int, int) (rows, columns int) { return 0, 0 }
