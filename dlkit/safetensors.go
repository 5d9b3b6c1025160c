package dlkit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// The safetensors format (github.com/huggingface/safetensors): 8 bytes with
// the header's length, a JSON header that names every tensor with its type,
// shape and place, then the tensors' bytes, little endian. The header may carry
// text under "__metadata__", where dlkit keeps the architecture.

// namedTensor is one entry of a file.
type namedTensor struct {
	name  string
	value *tensor.Tensor
}

type tensorEntry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

const metadataKey = "__metadata__"

// maxHeader is the safetensors library's own limit.
const maxHeader = 100 << 20

// writeSafetensors writes float32 and float64 tensors.
func writeSafetensors(w io.Writer, metadata map[string]string, tensors []namedTensor) error {
	header := map[string]any{metadataKey: metadata}
	var at int64
	for _, t := range tensors {
		size := int64(t.value.Size() * t.value.DType().Bytes())
		header[t.name] = tensorEntry{dtypeCode(t.value.DType()), append([]int{}, t.value.Shape()...), [2]int64{at, at + size}}
		at += size
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	if len(text) > maxHeader-8 {
		return fmt.Errorf("dlkit: the file's header would have %d bytes, and %d at most can be read again; attach less to the model", len(text), maxHeader)
	}
	for len(text)%8 != 0 { // tensors begin at a multiple of 8
		text = append(text, ' ')
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := binary.Write(w, binary.LittleEndian, flatOf(t.value)); err != nil {
			return err
		}
	}
	return nil
}

func dtypeCode(d tensor.DType) string {
	if d == tensor.Float64 {
		return "F64"
	}
	return "F32"
}

// readSafetensors reads what writeSafetensors wrote, or another program's file
// of F32 and F64 tensors. Nothing is allocated for sizes that the file does
// not have.
func readSafetensors(r io.Reader) (map[string]string, map[string]*tensor.Tensor, error) {
	text, err := readHeader(r)
	if err != nil {
		return nil, nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, nil, fmt.Errorf("the header is not JSON: %w", err)
	}
	metadata := map[string]string{}
	if m, ok := raw[metadataKey]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("the header's metadata: %w", err)
		}
		delete(raw, metadataKey)
	}
	entries, err := sortedEntries(raw)
	if err != nil {
		return nil, nil, err
	}
	tensors, err := readEntries(r, entries)
	return metadata, tensors, err
}

func readHeader(r io.Reader) ([]byte, error) {
	var size uint64
	if err := binary.Read(r, binary.LittleEndian, &size); err != nil {
		return nil, fmt.Errorf("it is too short: %w", unexpected(err))
	}
	if size > maxHeader {
		return nil, fmt.Errorf("its first bytes promise a header of %d bytes; this is not a model file", size)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err != nil {
		return nil, err
	}
	if uint64(len(text)) < size {
		return nil, fmt.Errorf("it ends within its header, after %d of %d bytes", len(text), size)
	}
	return text, nil
}

type placedEntry struct {
	tensorEntry
	name string
}

// sortedEntries lists the tensors in order of their place, checking that they
// lie side by side and have the size that their shape asks for.
func sortedEntries(raw map[string]json.RawMessage) ([]placedEntry, error) {
	var list []placedEntry
	for name, text := range raw {
		e := placedEntry{name: name}
		if err := json.Unmarshal(text, &e.tensorEntry); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b placedEntry) int { return int(min(max(a.Offsets[0]-b.Offsets[0], -1), 1)) })
	var at int64
	for _, e := range list {
		shape := tensor.Shape(e.Shape)
		if err := shape.Check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
		bytes := map[string]int64{"F32": 4, "F64": 8}[e.DType]
		if bytes == 0 {
			return nil, fmt.Errorf("tensor %q is of type %s; dlkit reads F32 and F64", e.name, e.DType)
		}
		if e.Offsets[0] != at || e.Offsets[1]-at != int64(shape.Size())*bytes {
			return nil, fmt.Errorf("tensor %q of shape %v lies at bytes %d to %d, which does not fit", e.name, shape, e.Offsets[0], e.Offsets[1])
		}
		at = e.Offsets[1]
	}
	return list, nil
}

func readEntries(r io.Reader, entries []placedEntry) (map[string]*tensor.Tensor, error) {
	out := map[string]*tensor.Tensor{}
	for _, e := range entries {
		size := e.Offsets[1] - e.Offsets[0]
		data, err := io.ReadAll(io.LimitReader(r, size)) // grows as bytes come
		if err != nil {
			return nil, err
		}
		if int64(len(data)) < size {
			return nil, fmt.Errorf("it ends within tensor %q, after %d of %d bytes", e.name, len(data), size)
		}
		t := tensor.Reuse(nil, map[string]tensor.DType{"F32": tensor.Float32, "F64": tensor.Float64}[e.DType], e.Shape)
		switch dst := flatOf(t).(type) {
		case []float32:
			for i := range dst {
				dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
			}
		case []float64:
			for i := range dst {
				dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
			}
		}
		out[e.name] = t
	}
	return out, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
