package kernel

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"testing"
)

func TestPNGSize(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	if w, h, ok := pngSize(plain); !ok || w != 40 || h != 20 {
		t.Errorf("plain picture: %d×%d %v, want 40×20", w, h, ok)
	}
	// pHYs of 7559 pixels per metre (192 dots per inch), right after IHDR.
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("pHYs"), 7559), 7559)
	body = append(body, 1)
	chunk := append(binary.BigEndian.AppendUint32(nil, 9), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	const afterIHDR = 8 + 8 + 13 + 4
	fine := append(append(append([]byte{}, plain[:afterIHDR]...), chunk...), plain[afterIHDR:]...)
	if w, h, ok := pngSize(fine); !ok || w != 20 || h != 10 {
		t.Errorf("picture of 192 dpi: %d×%d %v, want 20×10", w, h, ok)
	}
	for cut := range fine {
		pngSize(fine[:cut]) // must not panic
	}
	if _, _, ok := pngSize([]byte("<html>")); ok {
		t.Error("HTML was taken for a PNG")
	}
}
