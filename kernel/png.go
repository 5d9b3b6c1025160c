package kernel

import "encoding/binary"

// metresPerInch turns PNG's pixels per metre into dots per inch.
const metresPerInch = 0.0254

// pngSize is the size in CSS pixels at which a picture is meant to be shown:
// its pixels, fewer where a pHYs chunk says that they are finer than the 96 to
// an inch of a page. ok is false for data that is no PNG.
func pngSize(data []byte) (width, height int, ok bool) {
	const signature, chunkHead, crc = 8, 8, 4
	scale := 1.0
	for at := signature; at+chunkHead <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		kind, body := string(data[at+4:at+chunkHead]), data[at+chunkHead:]
		if size < 0 || size > len(body) {
			return 0, 0, false
		}
		switch {
		case kind == "IHDR" && size >= 8:
			width, height = int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
		case kind == "pHYs" && size >= 9 && body[8] == 1:
			if dpi := float64(binary.BigEndian.Uint32(body)) * metresPerInch; dpi > 96 {
				scale = 96 / dpi
			}
		case kind == "IDAT":
			return int(float64(width)*scale + 0.5), int(float64(height)*scale + 0.5), width > 0 && height > 0
		}
		at += chunkHead + size + crc
	}
	return 0, 0, false
}
