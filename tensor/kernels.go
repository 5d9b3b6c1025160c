package tensor

import "math"

// The loops of arithmetic, one run of elements at a time: see kernel.

type float interface{ float32 | float64 }
type integer interface{ int32 | int64 | uint8 }

func addKernels() arithmeticKernels {
	return arithmeticKernels{add[float32], add[float64], add[int32], add[int64], add[uint8]}
}

func subKernels() arithmeticKernels {
	return arithmeticKernels{sub[float32], sub[float64], sub[int32], sub[int64], sub[uint8]}
}

func mulKernels() arithmeticKernels {
	return arithmeticKernels{mul[float32], mul[float64], mul[int32], mul[int64], mul[uint8]}
}

func divKernels() arithmeticKernels {
	return arithmeticKernels{float32: div[float32], float64: div[float64]}
}

func floorDivKernels() arithmeticKernels {
	return arithmeticKernels{floorDivFloat[float32], floorDivFloat[float64], floorDivInt[int32], floorDivInt[int64], floorDivInt[uint8]}
}

func modKernels() arithmeticKernels {
	return arithmeticKernels{modFloat[float32], modFloat[float64], modInt[int32], modInt[int64], modInt[uint8]}
}

func powKernels() arithmeticKernels {
	return arithmeticKernels{powFloat[float32], powFloat[float64], powInt[int32], powInt[int64], powInt[uint8]}
}

func maximumKernels() arithmeticKernels {
	return arithmeticKernels{maximum[float32], maximum[float64], maximum[int32], maximum[int64], maximum[uint8]}
}

func minimumKernels() arithmeticKernels {
	return arithmeticKernels{minimum[float32], minimum[float64], minimum[int32], minimum[int64], minimum[uint8]}
}

func add[T Number](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] + b[i*stepB]
	}
}

func sub[T Number](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] - b[i*stepB]
	}
}

func mul[T Number](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] * b[i*stepB]
	}
}

func div[T float](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = a[i*stepA] / b[i*stepB]
	}
}

func maximum[T Number](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = max(a[i*stepA], b[i*stepB])
	}
}

func minimum[T Number](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = min(a[i*stepA], b[i*stepB])
	}
}

// modFloat and floorDivFloat round down where math.Mod cuts toward zero.
func modFloat[T float](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		dst[i] = T(floorMod(float64(a[i*stepA]), float64(b[i*stepB])))
	}
}

func floorMod(x, y float64) float64 {
	m := math.Mod(x, y)
	if m == 0 {
		return math.Copysign(m, y)
	}
	if (m < 0) != (y < 0) {
		m += y
	}
	return m
}

func floorDivFloat[T float](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		x, y := float64(a[i*stepA]), float64(b[i*stepB])
		if y == 0 || math.IsInf(y, 0) {
			dst[i] = T(math.Floor(x / y))
			continue
		}
		// Exact but for rounding: without its remainder x is a multiple of y.
		dst[i] = T(math.RoundToEven((x - floorMod(x, y)) / y))
	}
}

func modInt[T integer](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		y := b[i*stepB]
		m := a[i*stepA] % y
		if m != 0 && (m < 0) != (y < 0) {
			m += y
		}
		dst[i] = m
	}
}

func floorDivInt[T integer](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		x, y := a[i*stepA], b[i*stepB]
		q := x / y
		if x%y != 0 && (x < 0) != (y < 0) {
			q--
		}
		dst[i] = q
	}
}

func powFloat[T float](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		x, y := a[i*stepA], b[i*stepB]
		if y == 2 { // by far the most usual power
			dst[i] = x * x
			continue
		}
		dst[i] = T(math.Pow(float64(x), float64(y)))
	}
}

func powInt[T integer](dst, a, b []T, stepA, stepB int) {
	for i := range dst {
		x, y, r := a[i*stepA], b[i*stepB], T(1)
		for ; y > 0; y >>= 1 {
			if y&1 == 1 {
				r *= x
			}
			x *= x
		}
		dst[i] = r
	}
}
