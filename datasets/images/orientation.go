package images

import (
	"bytes"
	"encoding/binary"
)

// orientation is the EXIF orientation of a picture file, 1 (upright) if it has
// none: cameras store what the sensor saw and note how it was held.
// Meaning of the numbers: Exif 2.32, tag 0x0112.
func orientation(format string, data []byte) int {
	var exif []byte
	switch format {
	case "JPEG":
		exif = jpegExif(data)
	case "PNG":
		exif = pngExif(data)
	case "WebP":
		exif = webpExif(data)
	}
	return exifOrientation(exif)
}

// jpegExif finds the EXIF block among a JPEG's segments before the first scan.
func jpegExif(data []byte) []byte {
	for p := 2; p+4 <= len(data) && data[p] == 0xff; {
		marker := data[p+1]
		if marker == 0xff { // a fill byte
			p++
			continue
		}
		if marker == 0xda || marker == 0xd9 {
			return nil
		}
		length := int(binary.BigEndian.Uint16(data[p+2:]))
		if length < 2 || p+2+length > len(data) {
			return nil
		}
		body := data[p+4 : p+2+length]
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		p += 2 + length
	}
	return nil
}

// pngExif finds the eXIf chunk of a PNG.
func pngExif(data []byte) []byte {
	for p := int64(8); p+12 <= int64(len(data)); {
		length := int64(binary.BigEndian.Uint32(data[p:]))
		if p+12+length > int64(len(data)) {
			return nil
		}
		if string(data[p+4:p+8]) == "eXIf" {
			return data[p+8 : p+8+length]
		}
		p += 12 + length
	}
	return nil
}

// webpExif finds the EXIF chunk of a WebP.
func webpExif(data []byte) []byte {
	for p := int64(12); p+8 <= int64(len(data)); {
		length := int64(binary.LittleEndian.Uint32(data[p+4:]))
		if p+8+length > int64(len(data)) {
			return nil
		}
		if string(data[p:p+4]) == "EXIF" {
			return bytes.TrimPrefix(data[p+8:p+8+length], []byte("Exif\x00\x00"))
		}
		p += 8 + length + length%2
	}
	return nil
}

// exifOrientation reads the orientation in an EXIF block, which is a TIFF file:
// a byte order, the place of a directory, and there 12 bytes an entry.
func exifOrientation(exif []byte) int {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:2]) {
	case "MM":
		order = binary.BigEndian
	case "II":
	default:
		return 1
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := int(order.Uint16(exif[at:]))
	for i := range entries {
		e := at + 2 + int64(i)*12
		if e+12 > int64(len(exif)) {
			return 1
		}
		if order.Uint16(exif[e:]) == 0x0112 {
			if v := int(order.Uint16(exif[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// turn writes the pixels of src, a picture of the given size and channels, to
// dst the way they are to be seen. dst has room for as many.
func turn(dst, src []uint8, s size, channels, orientation int) {
	out := s.turned(orientation)
	for y := range out.height {
		for x := range out.width {
			sy, sx := source(y, x, s, orientation)
			copy(dst[(y*out.width+x)*channels:][:channels], src[(sy*s.width+sx)*channels:])
		}
	}
}

// source is where in the stored picture, of size s, the seen pixel (y, x) lies.
func source(y, x int, s size, orientation int) (sy, sx int) {
	switch orientation {
	case 2:
		return y, s.width - 1 - x
	case 3:
		return s.height - 1 - y, s.width - 1 - x
	case 4:
		return s.height - 1 - y, x
	case 5:
		return x, y
	case 6:
		return s.height - 1 - x, y
	case 7:
		return s.height - 1 - x, s.width - 1 - y
	case 8:
		return x, s.width - 1 - y
	}
	return y, x
}
