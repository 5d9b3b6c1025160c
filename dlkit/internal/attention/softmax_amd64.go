//go:build goexperiment.simd

package attention

import "simd"

// large reports whether the rows in assembly can be used.
func large() bool { return simd.VectorBitSize() == 512 }

// softmax512 is softmax for rows that fill so many vectors.
//
//go:noescape
func softmax512(s *float32, vectors int, scale float32) (top, sum float32)

// weightsAgain512 is weightsAgain for rows that fill so many vectors.
//
//go:noescape
func weightsAgain512(s, dp *float32, vectors int, scale, level, share, mean float32)
