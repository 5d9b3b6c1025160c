package tensor

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The binary form: the four magic bytes, one byte for the type, one for the
// number of axes, each axis as 8 bytes, then the elements; all little-endian.
// Encoding/gob uses it too.
const binaryMagic = "fzt1"

// maxAxes bounds the number of axes in a file.
const maxAxes = 32

// MarshalBinary implements encoding.BinaryMarshaler. It returns an error for a
// tensor with more than 32 axes.
func (t *Tensor) MarshalBinary() ([]byte, error) {
	t = t.orEmpty()
	if len(t.shape) > maxAxes {
		return nil, fmt.Errorf("tensor: cannot encode a tensor of %d axes; at most %d are allowed", len(t.shape), maxAxes)
	}
	out := make([]byte, 0, len(binaryMagic)+2+8*len(t.shape)+t.Size()*t.dtype.Bytes())
	out = append(out, binaryMagic...)
	out = append(out, byte(t.dtype), byte(len(t.shape)))
	for _, d := range t.shape {
		out = binary.LittleEndian.AppendUint64(out, uint64(d))
	}
	return binary.Append(out, binary.LittleEndian, t.data)
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. It returns an error,
// and leaves t as it is, if the data is not what MarshalBinary writes; memory is
// taken only for elements that are really there.
func (t *Tensor) UnmarshalBinary(data []byte) error {
	rest, ok := bytes.CutPrefix(data, []byte(binaryMagic))
	if !ok || len(rest) < 2 {
		return fmt.Errorf("tensor: these %d bytes are no tensor: they do not begin with %q, a type and the number of axes", len(data), binaryMagic)
	}
	dtype, axes := DType(rest[0]), int(rest[1])
	rest = rest[2:]
	if int(dtype) >= len(dtypeNames) || axes > maxAxes || len(rest) < 8*axes {
		return fmt.Errorf("tensor: damaged header: type %d, %d axes, %d bytes left", dtype, axes, len(rest))
	}
	shape := make(Shape, axes)
	for i := range shape {
		d := binary.LittleEndian.Uint64(rest[8*i:])
		if d > uint64(maxElements) {
			return fmt.Errorf("tensor: damaged header: axis %d has size %d", i, d)
		}
		shape[i] = int(d)
	}
	if err := checkStored(shape); err != nil {
		return err
	}
	rest = rest[8*axes:]
	if want := shape.Size() * dtype.Bytes(); len(rest) != want {
		return fmt.Errorf("tensor: shape %v of %v needs %d bytes, but %d are there; the data was cut off or damaged", shape, dtype, want, len(rest))
	}
	if dtype == Bool && bytes.ContainsFunc(rest, func(r rune) bool { return r > 1 }) {
		return fmt.Errorf("tensor: damaged data: a Bool is neither 0 nor 1")
	}
	out := blank(dtype, shape)
	if _, err := binary.Decode(rest, binary.LittleEndian, out.data); err != nil {
		return fmt.Errorf("tensor: %w", err)
	}
	*t = *out
	return nil
}

// checkStored checks a shape that comes from outside. One without elements, such
// as (0, 784), needs no data to vouch for its other axes, yet a sum over the
// first would make a tensor of them: so they may not be huge.
func checkStored(shape Shape) error {
	const most = 1 << 24
	if err := shape.Check(); err != nil {
		return err
	}
	rest := 1
	for _, d := range shape {
		rest *= max(d, 1)
	}
	if shape.Size() == 0 && rest > most {
		return fmt.Errorf("tensor: shape %v has no elements but very large axes; the data is damaged", shape)
	}
	return nil
}
