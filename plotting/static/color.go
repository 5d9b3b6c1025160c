package static

import (
	"image/color"
	"strconv"
	"strings"
)

var namedColors = map[string]color.NRGBA{
	"black": {A: 255}, "white": {255, 255, 255, 255}, "red": {255, 0, 0, 255},
	"green": {0, 128, 0, 255}, "blue": {0, 0, 255, 255}, "gray": {128, 128, 128, 255}, "grey": {128, 128, 128, 255},
}

// parseColor reads a CSS colour: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba() or
// one of a few names. ok is false for "none", "transparent" and what it does
// not know: such paint is left off.
func parseColor(s string) (c color.NRGBA, ok bool) {
	s = strings.TrimSpace(strings.ToLower(s))
	if c, ok = namedColors[s]; ok {
		return c, true
	}
	if hex, found := strings.CutPrefix(s, "#"); found {
		return parseHex(hex)
	}
	if open := strings.IndexByte(s, '('); strings.HasPrefix(s, "rgb") && open > 0 && strings.HasSuffix(s, ")") {
		return parseRGB(s[open+1 : len(s)-1])
	}
	return c, false
}

func parseHex(hex string) (c color.NRGBA, ok bool) {
	if len(hex) == 3 || len(hex) == 4 {
		double := make([]byte, 0, 8)
		for i := range len(hex) {
			double = append(double, hex[i], hex[i])
		}
		hex = string(double)
	}
	if len(hex) == 6 {
		hex += "ff"
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if len(hex) != 8 || err != nil {
		return c, false
	}
	return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, true
}

func parseRGB(list string) (c color.NRGBA, ok bool) {
	parts := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) != 3 && len(parts) != 4 {
		return c, false
	}
	v := [4]float64{3: 1}
	for i, p := range parts {
		f, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return c, false
		}
		v[i] = f
	}
	return color.NRGBA{byteOf(v[0] / 255), byteOf(v[1] / 255), byteOf(v[2] / 255), byteOf(v[3])}, true
}

// byteOf turns 0..1 into 0..255.
func byteOf(v float64) uint8 { return uint8(min(max(v, 0), 1)*255 + 0.5) }

// faded is the colour with its opacity multiplied.
func faded(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = byteOf(float64(c.A) / 255 * opacity)
	return c
}
