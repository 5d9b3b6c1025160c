package picture

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// EncodePNG writes a drawing as a PNG with scale dots to a CSS pixel. A
// drawing has few colours and the shades at the edges of its letters: where
// 256 colours do for them, the file is half as large.
func EncodePNG(img *image.RGBA, scale float64) ([]byte, error) {
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	var err error
	if p := paletted(img); p != nil {
		err = enc.Encode(&out, p)
	} else {
		err = enc.Encode(&out, img)
	}
	if err != nil {
		return nil, err
	}
	return withResolution(out.Bytes(), scale), nil
}

// Bounds of what paletted takes: pictures with more colours than maxColors, or
// with one that is further than maxError from its place in the palette, are
// photographs.
const (
	maxColors = 12000
	maxError  = 16 // of 255, in the worst channel
)

// paletted reduces a picture to 256 of its colours; nil if that would show.
func paletted(img *image.RGBA) *image.Paletted {
	counts := map[color.RGBA]int{}
	forRuns(img, func(c color.RGBA, from, to int) {
		if len(counts) <= maxColors {
			counts[c] += to - from
		}
	})
	if len(counts) > maxColors {
		return nil
	}
	colors := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		if n := cmp.Compare(counts[b], counts[a]); n != 0 {
			return n
		}
		return cmp.Compare(number(a), number(b)) // the same file every time
	})
	palette, near, far := choose(colors)
	if far > maxError {
		return nil
	}
	index := make(map[color.RGBA]uint8, len(colors))
	for i, c := range colors {
		index[c] = near[i]
	}
	out := image.NewPaletted(img.Rect, nil)
	for _, c := range palette {
		out.Palette = append(out.Palette, c)
	}
	at := 0
	forRuns(img, func(c color.RGBA, from, to int) {
		n := index[c]
		for range to - from {
			out.Pix[at] = n
			at++
		}
	})
	return out
}

// forRuns calls f for every stretch of one colour within a row.
func forRuns(img *image.RGBA, f func(c color.RGBA, from, to int)) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		from := 0
		for x := 1; x <= w; x++ {
			if x < w && [4]uint8(row[4*x:]) == [4]uint8(row[4*from:]) {
				continue
			}
			p := row[4*from:]
			f(color.RGBA{p[0], p[1], p[2], p[3]}, from, x)
			from = x
		}
	}
}

func number(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}

// choose picks at most 256 of the colours, which come in order of their
// number: the commonest, and then time and again the one that is furthest from
// those picked. near is each colour's place in the palette, far how far the
// worst served one is from its place.
func choose(colors []color.RGBA) (palette []color.RGBA, near []uint8, far int) {
	const commonest = 128
	near = make([]uint8, len(colors))
	away := make([]int, len(colors))
	for i := range away {
		away[i] = 256
	}
	for len(palette) < min(256, len(colors)) {
		next := len(palette)
		if next >= commonest {
			for i, d := range away {
				if d > away[next] {
					next = i
				}
			}
		}
		if away[next] == 0 {
			break // all are served already
		}
		palette = append(palette, colors[next])
		for i, c := range colors {
			if d := distance(colors[next], c); d < away[i] {
				near[i], away[i] = uint8(len(palette)-1), d
			}
		}
	}
	return palette, near, slices.Max(away)
}

// distance is the difference of two colours in the worst channel.
func distance(a, b color.RGBA) int {
	return max(apart(a.R, b.R), apart(a.G, b.G), apart(a.B, b.B), apart(a.A, b.A))
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
