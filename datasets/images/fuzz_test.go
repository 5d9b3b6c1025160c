package images

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// FuzzDecode wants of any bytes an error or a picture of the right size, without
// a panic and without much memory.
func FuzzDecode(f *testing.F) {
	small := quarters(image.NewRGBA(image.Rect(0, 0, 4, 4)))
	for _, file := range [][]byte{
		pngOf(f, small), jpegOf(f, small), gifOf(f, small), bmpOf(f, small), cmykJPEG(f),
		webpOf(3, 2, color.RGBA{1, 2, 3, 255}), bombPNG(f, 1<<30, 1<<30),
		jpegWithExif(jpegOf(f, small), exif(binary.BigEndian, 6)),
	} {
		f.Add(file, uint8(0))
		f.Add(file, uint8(5))
	}
	f.Fuzz(func(t *testing.T, file []byte, how uint8) {
		c := Config{Height: 5, Width: 3, Fit: Fit(how % 3), Color: Color(how / 3 % 2), MaxPixels: 1 << 16}
		x, err := c.Decode(bytes.NewReader(file))
		if err == nil && !x.Shape().Equal(tensor.Shape{1, 5, 3, c.channels()}) {
			t.Errorf("shape %v", x.Shape())
		}
	})
}
