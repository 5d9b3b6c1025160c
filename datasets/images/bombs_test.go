package images

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestBombsOfEveryFormat has small files whose headers promise more pixels than
// are decoded.
func TestBombsOfEveryFormat(t *testing.T) {
	small := quarters(image.NewRGBA(image.Rect(0, 0, 4, 4)))
	patched := func(file []byte, at int, order binary.AppendByteOrder, size int, v uint64) []byte {
		file = slices.Clone(file)
		field := order.AppendUint64(nil, v)
		if order == binary.AppendByteOrder(binary.BigEndian) {
			field = field[8-size:]
		}
		copy(file[at:], field[:size])
		return file
	}
	jpeg := jpegOf(t, small)
	frame := bytes.Index(jpeg, []byte{0xff, 0xc0}) + 5 // height, then width
	bmp := bmpOf(t, small)
	for name, file := range map[string][]byte{
		"PNG":  bombPNG(t, 1<<30, 1<<30),
		"JPEG": patched(jpeg, frame, binary.BigEndian, 4, 0xffffffff),
		"GIF":  patched(gifOf(t, small), 6, binary.LittleEndian, 4, 0xffffffff),
		"BMP":  patched(bmp, 18, binary.LittleEndian, 8, 0x0000ffff_0000ffff),
		"WebP": patched(webpOf(3, 2, color.RGBA{1, 2, 3, 255}), 21, binary.LittleEndian, 4, 0x0fffffff),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Config{}.Decode(bytes.NewReader(file))
		runtime.ReadMemStats(&after)
		if err == nil || after.TotalAlloc-before.TotalAlloc > 1<<20 {
			t.Errorf("%s: %v, %d bytes allocated", name, err, after.TotalAlloc-before.TotalAlloc)
		}
	}
	if _, err := (Config{MaxPixels: 8}).Decode(bytes.NewReader(jpeg)); err == nil || !strings.Contains(err.Error(), "raise MaxPixels") {
		t.Errorf("MaxPixels: %v", err)
	}
}
