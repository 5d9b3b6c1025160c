package tensor

import (
	"math"
	"strconv"
	"strings"
)

// floatFormat decides, as NumPy does, how the shown floats are written: with an
// exponent where they are very large, very small or far apart; always with as
// few digits as tell them apart from their neighbours, and at most precision
// after the point; with points, or exponents, below each other.
func floatFormat[T float](d []T, shown []int, bits, precision int) func(i int) string {
	finite, special := []T{}, 0
	for _, i := range shown {
		if v := float64(d[i]); !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, d[i])
		} else {
			special = max(special, len(specialText(v)))
		}
	}
	write := positional(finite, bits, precision)
	if needsExponent(finite, bits) {
		write = scientific(finite, bits, precision)
	}
	width := special
	for _, v := range finite {
		width = max(width, len(write(float64(v))))
	}
	return func(i int) string {
		v := float64(d[i])
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return padLeft(specialText(v), width)
		}
		return padLeft(write(v), width)
	}
}

func specialText(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case v < 0:
		return "-inf"
	}
	return "inf"
}

// needsExponent reports whether numbers written out would be too long.
func needsExponent[T float](finite []T, bits int) bool {
	var lo, hi T
	for _, v := range finite {
		if v = max(v, -v); v != 0 {
			if lo == 0 || v < lo {
				lo = v
			}
			hi = max(hi, v)
		}
	}
	return hi >= T(exponentFrom(bits, 1e8)) || lo != 0 && (lo < 1e-4 || hi/lo > 1000)
}

// exponentFrom is the size from which on numbers have an exponent: a float32,
// which is exact for seven digits or so, has one from a million on.
func exponentFrom(bits int, usual float64) float64 {
	if bits == 32 {
		return 1e6
	}
	return usual
}

// positional writes "1.25" and "3.  ": padded on the right, so that with equal
// widths the points are below each other.
func positional[T float](finite []T, bits, precision int) func(float64) string {
	right := 0
	text := func(v float64) (whole, fraction string) {
		whole, fraction, _ = strings.Cut(shortest(v, 'f', bits, precision), ".")
		return whole, strings.TrimRight(fraction, "0")
	}
	for _, v := range finite {
		_, fraction := text(float64(v))
		right = max(right, len(fraction))
	}
	return func(v float64) string {
		whole, fraction := text(v)
		return whole + "." + fraction + strings.Repeat(" ", right-len(fraction))
	}
}

// scientific writes "1.50e-07", all with as many digits as the longest needs.
func scientific[T float](finite []T, bits, precision int) func(float64) string {
	digits, exponentDigits := 0, 2
	for _, v := range finite {
		mantissa, exponent, _ := strings.Cut(shortest(float64(v), 'e', bits, precision), "e")
		_, fraction, _ := strings.Cut(mantissa, ".")
		digits = max(digits, len(strings.TrimRight(fraction, "0")))
		exponentDigits = max(exponentDigits, len(exponent)-1)
	}
	return func(v float64) string {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
		if digits == 0 {
			mantissa += "."
		}
		missing := exponentDigits - (len(exponent) - 1)
		return mantissa + "e" + exponent[:1] + strings.Repeat("0", missing) + exponent[1:]
	}
}

// shortest writes as few digits as tell v from the next float of its type, but
// at most precision after the point.
func shortest(v float64, format byte, bits, precision int) string {
	s := strconv.FormatFloat(v, format, -1, bits)
	mantissa, _, _ := strings.Cut(s, "e")
	if _, fraction, _ := strings.Cut(mantissa, "."); len(fraction) > precision {
		return strconv.FormatFloat(v, format, precision, 64)
	}
	return s
}

// scalarText writes a tensor without axes as Python writes a number: "21.0".
func scalarText(t *Tensor) string {
	bits := 64
	if t.dtype == Float32 {
		bits = 32
	}
	if !t.dtype.IsFloat() {
		return wholeText(t, 0)
	}
	v := t.elements().float(0)
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return specialText(v)
	case v != 0 && (size < 1e-4 || size >= exponentFrom(bits, 1e16)):
		return strconv.FormatFloat(v, 'e', -1, bits)
	}
	s := strconv.FormatFloat(v, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
