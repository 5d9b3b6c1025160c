package idx

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/gofromzero/fromzero/tensor"
)

// ReadFile decodes the IDX file at path, compressed with gzip or not. See
// Decode.
func ReadFile(path string) (*tensor.Tensor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	t, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w (%s, %d bytes)", err, path, len(data))
	}
	return t, nil
}

// Decode decodes a whole IDX file, compressed with gzip (of one member or
// several) or not. Files of uint8, int32, float32 and float64 keep their type;
// int8 and int16, which tensors do not have, become int32. The tensor's shape
// is the file's; an axis may be 0.
//
// Decode may use data's memory for the tensor. It returns an error that wraps
// ErrFormat if the data is damaged, too short or too long for its header.
func Decode(data []byte) (*tensor.Tensor, error) {
	h, body, err := split(data)
	if err != nil {
		return nil, err
	}
	return h.tensor(body)
}

// Shape decodes the header alone: the shape of what Decode would return. It
// unpacks no more than that of a compressed file, so that a shape that is not
// wanted can be refused before memory is used for it.
func Shape(data []byte) (tensor.Shape, error) {
	h, _, err := readHeader(data)
	return h.shape, err
}

// readHeader decodes the header of a file that is compressed or not; z goes on
// behind it, nil if the file is not compressed.
func readHeader(data []byte) (h header, z *gzip.Reader, err error) {
	if len(data) < 2 || data[0] != 0x1f || data[1] != 0x8b {
		h, err = parseHeader(data)
		return h, nil, err
	}
	return gzipHeader(data)
}

// split returns the header and the bytes behind it, uncompressed, exactly as
// many as the header promises.
func split(data []byte) (header, []byte, error) {
	h, z, err := readHeader(data)
	if err != nil {
		return h, nil, err
	}
	if z != nil {
		body, err := readBody(z, h, firstBuffer(data, h))
		return h, body, err
	}
	body := data[h.size:]
	if len(body) < h.payload() {
		return h, nil, cutOff(h, len(body))
	}
	if extra := len(body) - h.payload(); extra > 0 {
		return h, nil, formatError("%d bytes follow the %d that its header %v promises; header and data do not belong together",
			extra, h.payload(), h.shape)
	}
	return h, body, nil
}

// gzipHeader unpacks the header of a compressed file, and makes sure that the
// file can hold what it promises.
func gzipHeader(data []byte) (header, *gzip.Reader, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return header{}, nil, damaged(err, 0)
	}
	// The longest header has 255 axes; a real one has up to 4.
	start := make([]byte, 4, 4+4*255)
	if n, err := io.ReadFull(z, start); err != nil {
		return header{}, nil, damaged(err, n)
	}
	start = start[:4+4*int(start[3])]
	if n, err := io.ReadFull(z, start[4:]); err != nil {
		if _, headerErr := parseHeader(start[:4]); start[0]|start[1] != 0 {
			return header{}, nil, headerErr
		}
		return header{}, nil, damaged(err, 4+n)
	}
	h, err := parseHeader(start)
	return h, z, err
}

// firstBuffer says how much memory to get before the data proves that it is
// needed: all of it where the compressed file is large enough to expand to
// that size (deflate's best is 1 : 1032) and its last bytes, which hold the
// uncompressed size, agree; a little otherwise.
func firstBuffer(data []byte, h header) int {
	const little = 64 << 10
	want := h.payload()
	if want <= little {
		return want
	}
	t := data[max(0, len(data)-4):]
	size := uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24
	if want/1032 > len(data) || uint32(want+h.size) != size {
		return little
	}
	return want
}

// readBody reads the payload and makes sure that nothing follows it.
func readBody(r io.Reader, h header, capacity int) ([]byte, error) {
	body, want := make([]byte, 0, capacity), h.payload()
	for len(body) < want {
		if len(body) == cap(body) {
			grown := make([]byte, len(body), min(want, 4*cap(body)))
			copy(grown, body)
			body = grown
		}
		n, err := io.ReadFull(r, body[len(body):min(want, cap(body))])
		body = body[:len(body)+n]
		if err == io.ErrUnexpectedEOF && len(body) < want || err == io.EOF {
			return nil, cutOff(h, len(body))
		}
		if err != nil {
			return nil, damaged(err, len(body)+h.size)
		}
	}
	// Reading to the end also has gzip compare its checksum.
	var extra [1]byte
	switch n, err := io.ReadFull(r, extra[:]); {
	case n > 0:
		return nil, formatError("data follows the %d bytes that its header %v promises; header and data do not belong together", want, h.shape)
	case err != io.EOF:
		return nil, damaged(err, want+h.size)
	}
	return body, nil
}

func cutOff(h header, have int) error {
	return formatError("its header %v promises %d bytes, only %d are there; the file is cut off", h.shape, h.payload(), have)
}

// damaged reports an error of the gzip reader after n good bytes.
func damaged(err error, n int) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return formatError("the compressed data ends early, after %d good bytes; the file is cut off", n)
	case errors.Is(err, gzip.ErrChecksum):
		return formatError("the compressed data is damaged: its checksum is wrong")
	default:
		return formatError("the compressed data is damaged after %d good bytes: %v", n, err)
	}
}

// tensor converts the payload.
func (h header) tensor(body []byte) (*tensor.Tensor, error) {
	n, dims := h.shape.Size(), h.shape
	switch h.kind {
	case typeUint8:
		return tensor.New(body, dims...)
	case typeInt8:
		return tensor.New(each(n, func(i int) int32 { return int32(int8(body[i])) }), dims...)
	case typeInt16:
		return tensor.New(each(n, func(i int) int32 { return int32(int16(body[2*i])<<8 | int16(body[2*i+1])) }), dims...)
	case typeInt32:
		return tensor.New(each(n, func(i int) int32 { return int32(be32(body[4*i:])) }), dims...)
	case typeFloat32:
		return tensor.New(each(n, func(i int) float32 { return math.Float32frombits(be32(body[4*i:])) }), dims...)
	default:
		return tensor.New(each(n, func(i int) float64 {
			return math.Float64frombits(uint64(be32(body[8*i:]))<<32 | uint64(be32(body[8*i+4:])))
		}), dims...)
	}
}

func each[T any](n int, value func(int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = value(i)
	}
	return out
}
