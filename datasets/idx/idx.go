// Package idx reads and writes IDX files, the format that MNIST and its
// relatives are published in: a short header (type of number, size of every
// axis) and then the numbers, big-endian, in row-major order.
//
// Compressed files are recognised by their first bytes, whatever they are
// called. A damaged file gives an error, never a partly filled array, and a
// header alone cannot make the package allocate: memory grows with the data
// that really arrives.
package idx

import (
	"errors"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// The types of number that an IDX file can hold: the third byte of the file.
const (
	typeUint8   = 0x08
	typeInt8    = 0x09
	typeInt16   = 0x0B
	typeInt32   = 0x0C
	typeFloat32 = 0x0D
	typeFloat64 = 0x0E
)

var typeSizes = map[byte]int{typeUint8: 1, typeInt8: 1, typeInt16: 2, typeInt32: 4, typeFloat32: 4, typeFloat64: 8}

// ErrFormat is wrapped by every error about contents that are not a whole,
// undamaged IDX file. Errors of the disk or the network do not wrap it.
var ErrFormat = errors.New("not a valid IDX file")

// header is the decoded start of a file.
type header struct {
	kind  byte
	shape tensor.Shape
	size  int // bytes of the header itself
}

// parseHeader decodes the header at the start of data, which must hold at
// least the first 4 bytes and should hold the whole header.
func parseHeader(data []byte) (header, error) {
	if len(data) < 4 {
		return header{}, formatError("%d bytes are too few for a header; the file is empty or cut off", len(data))
	}
	if data[0] != 0 || data[1] != 0 {
		return header{}, formatError("it starts with %s; an IDX file starts with 00 00, a type and a number of axes", describe(data))
	}
	kind, rank := data[2], int(data[3])
	if typeSizes[kind] == 0 {
		return header{}, formatError("type %#02x is unknown; 08 uint8, 09 int8, 0b int16, 0c int32, 0d float32 and 0e float64 exist", kind)
	}
	if rank == 0 {
		return header{}, formatError("it has no axes; the first axis counts the items")
	}
	h := header{kind: kind, shape: make(tensor.Shape, rank), size: 4 + 4*rank}
	if len(data) < h.size {
		return header{}, formatError("the header of %d axes needs %d bytes, only %d are there; the file is cut off", rank, h.size, len(data))
	}
	for i := range h.shape {
		h.shape[i] = int(be32(data[4+4*i:]))
	}
	if err := h.shape.Check(); err != nil {
		return header{}, formatError("its header promises %v: more than this machine can address; the header is damaged", h.shape)
	}
	return h, nil
}

// payload is the number of bytes after the header. Shape.Check has made sure
// that it fits an int.
func (h header) payload() int { return h.shape.Size() * typeSizes[h.kind] }

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

func formatError(format string, args ...any) error {
	return fmt.Errorf("idx: %w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// describe names what the first bytes look like, for people who saved an error
// page under the name of a data file.
func describe(data []byte) string {
	if looksLikeText(data) {
		n := min(len(data), 24)
		return fmt.Sprintf("%q, which looks like a web page or text", data[:n])
	}
	return fmt.Sprintf("% x", data[:min(len(data), 4)])
}

func looksLikeText(data []byte) bool {
	for _, c := range data[:min(len(data), 24)] {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return len(data) > 0
}
