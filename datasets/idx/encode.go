package idx

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/gofromzero/fromzero/tensor"
)

// Encode writes t to w as an uncompressed IDX file; wrap w in a gzip.Writer
// for a compressed one. It returns an error for int64 and bool tensors, which
// the format does not have, for scalars, and for axes of 2^32 and more.
func Encode(w io.Writer, t *tensor.Tensor) error {
	kinds := map[tensor.DType]byte{tensor.Uint8: typeUint8, tensor.Int32: typeInt32,
		tensor.Float32: typeFloat32, tensor.Float64: typeFloat64}
	kind, ok := kinds[t.DType()]
	if !ok {
		return fmt.Errorf("idx: the format has no %v; convert to uint8, int32, float32 or float64", t.DType())
	}
	if t.Rank() == 0 || t.Rank() > 255 {
		return fmt.Errorf("idx: a tensor of shape %v; the format wants 1 to 255 axes", t.Shape())
	}
	head := []byte{0, 0, kind, byte(t.Rank())}
	for _, d := range t.Shape() {
		if uint64(d) >= 1<<32 {
			return fmt.Errorf("idx: an axis of %d in shape %v; the format allows up to 2^32-1", d, t.Shape())
		}
		head = binary.BigEndian.AppendUint32(head, uint32(d))
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	return binary.Write(w, binary.BigEndian, flat(t))
}

func flat(t *tensor.Tensor) any {
	switch t.DType() {
	case tensor.Uint8:
		return tensor.Values[uint8](t)
	case tensor.Int32:
		return tensor.Values[int32](t)
	case tensor.Float32:
		return tensor.Values[float32](t)
	default:
		return tensor.Values[float64](t)
	}
}
