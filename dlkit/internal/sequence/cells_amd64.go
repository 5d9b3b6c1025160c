//go:build goexperiment.simd

package sequence

import "simd"

// large reports whether the cells in assembly can be used.
func large() bool { return simd.VectorBitSize() == 512 }

// lstmForward512 is lstmForward for units that fill vectors.
//
//go:noescape
func lstmForward512(z, before, cell, bent, h *float32, ld, units, rows, further int)

// lstmBackward512 is lstmBackward for units that fill vectors.
//
//go:noescape
func lstmBackward512(z, before, bent, dh, dcell, dbias *float32, units, rows, further int)

// gruForward512 is gruForward for units that fill vectors.
//
//go:noescape
func gruForward512(z, before, h *float32, ld, units, rows, further int)

// gruBackward512 is gruBackward for units that fill vectors.
//
//go:noescape
func gruBackward512(z, before *float32, ld int, dh, dbefore, dbias *float32, units, rows, further int)
