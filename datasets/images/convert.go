package images

import (
	"image"

	"golang.org/x/image/draw"
)

// pixels decodes the picture whose header was read and brings it to the given
// size. The result lies row by row, channels last.
func (c Config) pixels(data []byte, h header, want size, with *scalers) ([]uint8, error) {
	m, err := h.decode(data)
	if err != nil {
		return nil, err
	}
	stored := want.turned(h.orientation) // the picture is turned when it is small
	out := c.channelsOf(c.place(m, h.stored, stored, with))
	if h.orientation == 1 {
		return out, nil
	}
	upright := make([]uint8, len(out))
	turn(upright, out, stored, c.channels(), h.orientation)
	return upright, nil
}

// place draws m, whose frame has the size from, over the background into a
// frame of size to.
func (c Config) place(m image.Image, from, to size, with *scalers) image.Image {
	frame := image.Rect(0, 0, from.width, from.height)
	b := m.Bounds()
	if b.Dx() == from.width && b.Dy() == from.height {
		frame = b // formats may put the corner elsewhere
	}
	if from == to && frame == b && opaque(m) {
		if _, simple := m.(*image.Gray); simple {
			return m
		}
		out := image.NewRGBA(image.Rect(0, 0, to.width, to.height))
		draw.Draw(out, out.Bounds(), m, b.Min, draw.Src)
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, to.width, to.height))
	draw.Draw(out, out.Bounds(), image.NewUniform(c.background()), image.Point{}, draw.Src)
	src, dst := c.frames(frame, out.Bounds())
	op := draw.Over
	if opaque(m) && m.Bounds() == frame {
		op = draw.Src
	}
	with.between(dst, src).Scale(out, dst, quick(m, frame), src, op, nil)
	return out
}

// frames is the part of the source that is drawn, and where to.
func (c Config) frames(src, dst image.Rectangle) (from, to image.Rectangle) {
	sw, sh, dw, dh := src.Dx(), src.Dy(), dst.Dx(), dst.Dy()
	switch c.Fit {
	case Crop:
		return centred(src, dw, dh), dst
	case Pad:
		return src, centred(dst, sw, sh)
	}
	return src, dst
}

// centred is the largest rectangle in the middle of r with the proportions
// w : h, at least a pixel wide and high.
func centred(r image.Rectangle, w, h int) image.Rectangle {
	width, height := r.Dx(), r.Dy()
	if width*h > height*w {
		width = max(1, (height*w+h/2)/h)
	} else {
		height = max(1, (width*h+w/2)/w)
	}
	x, y := r.Min.X+(r.Dx()-width)/2, r.Min.Y+(r.Dy()-height)/2
	return image.Rect(x, y, x+width, y+height)
}

// quick gives m in a form that scaling is quick with, which others are not by
// far, and with the given frame: a GIF's picture may be smaller than its screen.
func quick(m image.Image, frame image.Rectangle) image.Image {
	if m.Bounds() == frame {
		switch m.(type) {
		case *image.Gray, *image.NRGBA, *image.RGBA, *image.YCbCr:
			return m
		}
	}
	out := image.NewRGBA(frame)
	draw.Draw(out, m.Bounds(), m, m.Bounds().Min, draw.Src)
	return out
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// channelsOf takes the wanted channels out of an opaque picture.
func (c Config) channelsOf(m image.Image) []uint8 {
	b := m.Bounds()
	out := make([]uint8, 0, b.Dx()*b.Dy()*c.channels())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		switch m := m.(type) {
		case *image.Gray:
			row := m.Pix[m.PixOffset(b.Min.X, y):][:b.Dx()]
			for _, v := range row {
				if c.Color == Gray {
					out = append(out, v)
					continue
				}
				out = append(out, v, v, v)
			}
		case *image.RGBA:
			row := m.Pix[m.PixOffset(b.Min.X, y):][:4*b.Dx()]
			for x := 0; x < len(row); x += 4 {
				if c.Color == Gray {
					out = append(out, brightness(row[x], row[x+1], row[x+2]))
					continue
				}
				out = append(out, row[x], row[x+1], row[x+2])
			}
		}
	}
	return out
}

// brightness is that of ITU-R BT.601, computed as Go's image/color does.
func brightness(r, g, b uint8) uint8 {
	sum := 19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b)
	return uint8((sum*0x101 + 1<<15) >> 24)
}
