package picture

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// withResolution notes in a PNG that it has scale dots to a CSS pixel (96 to
// the inch), in a pHYs chunk behind the header.
func withResolution(data []byte, scale float64) []byte {
	const header = 8 + 4 + 4 + 13 + 4 // the signature, then the IHDR chunk
	perMetre := uint32(math.Round(scale * 96 / 0.0254))
	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit: metre
	out := append([]byte(nil), data[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, data[header:]...)
}
