package plotting

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
)

// pixels is one image: rows of w×depth bytes.
type pixels struct {
	h, w, depth int
	data        []uint8
}

func newPixels(values []float32, h, w, depth int, lo, hi float32) pixels {
	p := pixels{h: h, w: w, depth: depth, data: make([]uint8, len(values))}
	span := hi - lo
	if span == 0 {
		span = 1
	}
	for i, v := range values {
		p.data[i] = uint8(min(max((v-lo)/span, 0), 1)*255 + 0.5)
	}
	return p
}

// image is the picture at its own size.
func (p pixels) image() image.Image {
	if p.depth == 1 {
		return &image.Gray{Pix: p.data, Stride: p.w, Rect: image.Rect(0, 0, p.w, p.h)}
	}
	img := image.NewNRGBA(image.Rect(0, 0, p.w, p.h))
	for y := range p.h {
		for x := range p.w {
			i := (y*p.w + x) * 3
			img.SetNRGBA(x, y, color.NRGBA{p.data[i], p.data[i+1], p.data[i+2], 255})
		}
	}
	return img
}

// dataURI is the picture as the address of an HTML or SVG image.
func (p pixels) dataURI() string {
	var out bytes.Buffer
	if err := png.Encode(&out, p.image()); err != nil {
		return "" // images without pixels are refused by the constructors
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}
