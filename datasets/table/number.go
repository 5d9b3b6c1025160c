package table

import (
	"math"
	"strconv"
	"unsafe"
)

// Powers of ten that float64 holds exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseNumber reads a decimal number. The usual short ones are read here, as
// an integer below 2^53 divided by a power of ten, which rounds once and so is
// exact; the others by strconv. Hexadecimal and underscores are no numbers here.
func parseNumber(text []byte) (float64, bool) {
	i, negative := 0, false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		i++
	}
	var digits uint64
	start, point := i, -1
	for ; i < len(text); i++ {
		c := text[i]
		if c >= '0' && c <= '9' {
			digits = digits*10 + uint64(c-'0')
		} else if c == '.' && point < 0 {
			point = i
		} else {
			break
		}
	}
	count, after := i-start, 0
	if point >= 0 {
		count--
		after = i - point - 1
	}
	if i < len(text) || count > 18 || digits >= 1<<53 {
		return parseLong(text)
	}
	v := float64(digits)
	if after > 0 {
		v /= powers[after]
	}
	if negative {
		v = -v
	}
	return v, count > 0
}

// parseLong reads numbers with an exponent or many digits, and infinities.
func parseLong(text []byte) (float64, bool) {
	for _, c := range text {
		if c == '_' || c == 'x' || c == 'X' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil && !math.IsInf(v, 0) { // too large gives an infinity and an error
		return 0, false
	}
	return v, !math.IsNaN(v)
}
