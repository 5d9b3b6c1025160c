//go:build !goexperiment.simd || !amd64

package sequence

// large reports whether there are cells in assembly.
func large() bool { return false }

func lstmForward512(_, _, _, _, _ *float32, _, _, _, _ int) {}

func lstmBackward512(_, _, _, _, _, _ *float32, _, _, _ int) {}

func gruForward512(_, _, _ *float32, _, _, _, _ int) {}

func gruBackward512(_, _ *float32, _ int, _, _, _ *float32, _, _, _ int) {}
