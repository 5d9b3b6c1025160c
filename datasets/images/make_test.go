package images

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
)

// This file makes a picture file of every kind, so that none need be committed.

// quarters is red, green / blue, white, in four equal parts.
func quarters(dst draw.Image) draw.Image {
	b := dst.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			right, low := x >= (b.Min.X+b.Max.X)/2, y >= (b.Min.Y+b.Max.Y)/2
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case right && low:
				c = color.RGBA{255, 255, 255, 255}
			case right:
				c = color.RGBA{0, 255, 0, 255}
			case low:
				c = color.RGBA{0, 0, 255, 255}
			}
			dst.Set(x, y, c)
		}
	}
	return dst
}

func pngOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bmpOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := bmp.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpOf is a lossless WebP of one colour: with one symbol in each of the five
// prefix codes, pixels take no bits at all.
func webpOf(w, h int, c color.RGBA) []byte {
	var bits []byte
	n := 0
	put := func(v, count int) {
		for i := range count {
			if n%8 == 0 {
				bits = append(bits, 0)
			}
			bits[n/8] |= byte(v>>i&1) << (n % 8)
			n++
		}
	}
	put(0x2f, 8)
	put(w-1, 14)
	put(h-1, 14)
	put(0, 1+3) // no alpha, version 0
	put(0, 3)   // no transform, no colour cache, no meta codes
	for _, v := range []uint8{c.G, c.R, c.B, 255, 0} {
		put(1|0<<1|1<<2, 3) // a simple code, one symbol, of 8 bits
		put(int(v), 8)
	}
	return webpFile(chunk("VP8L", bits))
}

func webpFile(chunks []byte) []byte {
	return chunk("RIFF", append([]byte("WEBP"), chunks...))
}

func chunk(name string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// cmykJPEG is an 8×8 JPEG of four components, each 128 all over. Go can't
// encode one, so the frame and the scan of a grey one are replaced.
func cmykJPEG(t testing.TB) []byte {
	grey := jpegOf(t, flat(8, 8, 128))
	out := append([]byte{0xff, 0xd8}, 0xff, 0xee, 0, 14)
	out = append(out, "Adobe\x00\x64\x00\x00\x00\x00\x00"...)
	for p := 2; ; {
		length := 2 + int(binary.BigEndian.Uint16(grey[p+2:]))
		switch grey[p+1] {
		case 0xc0:
			out = append(out, 0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4)
			for id := range byte(4) {
				out = append(out, id+1, 0x11, 0)
			}
		case 0xda:
			out = append(out, 0xff, 0xda, 0, 14, 4)
			for id := range byte(4) {
				out = append(out, id+1, 0)
			}
			// Four blocks of "no difference, end of block": 00 1010.
			return append(out, 0, 63, 0, 0x28, 0xa2, 0x8a, 0xff, 0xd9)
		default:
			out = append(out, grey[p:p+length]...)
		}
		p += length
	}
}

// exif is an EXIF block that says just the orientation.
func exif(order binary.AppendByteOrder, orientation int) []byte {
	out := []byte("II")
	if order.String() == "BigEndian" {
		out = []byte("MM")
	}
	out = order.AppendUint16(out, 42)
	out = order.AppendUint32(out, 8)
	out = order.AppendUint16(out, 1)
	out = order.AppendUint16(out, 0x0112)
	out = order.AppendUint16(out, 3)
	out = order.AppendUint32(out, 1)
	out = order.AppendUint16(out, uint16(orientation))
	return append(out, 0, 0, 0, 0, 0, 0)
}

// jpegWithExif puts an EXIF block behind a JPEG's start.
func jpegWithExif(file, block []byte) []byte {
	body := append([]byte("Exif\x00\x00"), block...)
	out := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(body)+2))
	return append(append(out, body...), file[2:]...)
}

// bombPNG is a correct header of a picture of w × h pixels, and nothing else.
func bombPNG(t testing.TB, w, h uint32) []byte {
	file := pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// flat is a grey picture of one brightness.
func flat(w, h int, v uint8) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = v
	}
	return m
}
