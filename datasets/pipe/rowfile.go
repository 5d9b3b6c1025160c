package pipe

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/tensor"
)

// A row file is a header of 4096 bytes and then the examples, all of one size:
// the values of every tensor, little-endian, and a CRC-32C of those.
//
//	0  magic
//	8  length of the JSON, uint32 little-endian
//	12 CRC-32C of the JSON
//	16 JSON: rowHead
const (
	rowMagic    = "FZROWS01"
	rowHeadSize = 4096
)

// errRows is wrapped by errors about a file's contents.
var errRows = errors.New("the file is damaged or was made of something else")

type rowHead struct {
	Key     string
	N       int
	Inputs  []column
	Targets []column
	Weights bool
}

// column is what an example has of one tensor.
type column struct {
	DType tensor.DType
	Shape tensor.Shape
}

func (c column) bytes() int { return c.Shape.Size() * c.DType.Bytes() }

// columns lists those of all tensors, in the order of tensorsOf.
func (h rowHead) columns() []column {
	out := append(append([]column{}, h.Inputs...), h.Targets...)
	if h.Weights {
		out = append(out, column{DType: tensor.Float32, Shape: tensor.Shape{}})
	}
	return out
}

// row is the size of an example, with its checksum.
func (h rowHead) row() int {
	n := 4
	for _, c := range h.columns() {
		n += c.bytes()
	}
	return n
}

// headOf describes the examples of a batch.
func headOf(b tensor.Batch) (h rowHead, err error) {
	if err := check(b); err != nil {
		return h, err
	}
	of := func(t *tensor.Tensor) column { return column{t.DType(), t.Shape()[1:].Clone()} }
	for _, t := range b.Inputs {
		h.Inputs = append(h.Inputs, of(t))
	}
	for _, t := range b.Targets {
		h.Targets = append(h.Targets, of(t))
	}
	if h.Weights = b.Weights != nil; h.Weights && (b.Weights.DType() != tensor.Float32 || b.Weights.Rank() != 1) {
		return h, fmt.Errorf("weights of %v %v; want float32, one for each example", b.Weights.DType(), b.Weights.Shape())
	}
	return h, nil
}

// writeRows writes a file with all examples. If it returns an error, nothing new
// is at path.
func writeRows(path, key string, in batches) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	head, err := appendRows(f, in)
	if err != nil {
		return err
	}
	head.Key = key
	if err := writeHead(f, head); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// appendRows writes the examples, and a header of zeros in front.
func appendRows(f *os.File, in batches) (head rowHead, err error) {
	out := bufio.NewWriterSize(f, 1<<20)
	if _, err := out.Write(make([]byte, rowHeadSize)); err != nil {
		return head, err
	}
	n := 0
	var first tensor.Batch
	var row []byte
	for b, err := range in {
		if err != nil {
			return head, err
		}
		if first.Inputs == nil {
			if head, err = headOf(b); err != nil {
				return head, err
			}
			first = b
		}
		if err := errors.Join(check(b), alike(first, b)); err != nil {
			return head, err
		}
		for i := range b.Len() {
			row = row[:0]
			for _, t := range tensorsOf(b) {
				if row, err = appendRow(row, t, i); err != nil {
					return head, err
				}
			}
			row = binary.LittleEndian.AppendUint32(row, crc(row))
			if _, err := out.Write(row); err != nil {
				return head, err
			}
		}
		n += b.Len()
	}
	if n == 0 {
		return head, errors.New("the dataset has no examples")
	}
	head.N = n
	return head, out.Flush()
}

func writeHead(f *os.File, head rowHead) error {
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	if len(text) > rowHeadSize-16 {
		return fmt.Errorf("a header of %d bytes; use a shorter key", len(text))
	}
	start := append([]byte(rowMagic), make([]byte, 8)...)
	binary.LittleEndian.PutUint32(start[8:], uint32(len(text)))
	binary.LittleEndian.PutUint32(start[12:], crc(text))
	_, err = f.WriteAt(append(start, text...), 0)
	return err
}

func crc(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// rowFile is an open file of rows.
type rowFile struct {
	file *os.File
	head rowHead
}

// openRows opens a file. Its error wraps fs.ErrNotExist if there is none, errRows
// if it is not whole or of another key.
func openRows(path, key string) (*rowFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head, err := readHead(f)
	if err == nil && head.Key != key {
		err = fmt.Errorf("%w: it is of the key %.80q", errRows, head.Key)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &rowFile{f, head}, nil
}

// readHead decodes the header, and makes sure that the file has what it says.
func readHead(f *os.File) (h rowHead, err error) {
	info, err := f.Stat()
	if err != nil {
		return h, err
	}
	start := make([]byte, rowHeadSize)
	if _, err := io.ReadFull(f, start); err != nil {
		return h, fmt.Errorf("%w: it has %d bytes", errRows, info.Size())
	}
	n := binary.LittleEndian.Uint32(start[8:])
	if string(start[:8]) != rowMagic || n > rowHeadSize-16 || crc(start[16:16+n]) != binary.LittleEndian.Uint32(start[12:]) {
		return h, fmt.Errorf("%w: it does not begin as one", errRows)
	}
	if err := json.Unmarshal(start[16:16+n], &h); err != nil {
		return h, fmt.Errorf("%w: %w", errRows, err)
	}
	size := int64(rowHeadSize)
	for _, c := range h.columns() {
		if c.DType.Bytes() == 0 || c.Shape.Check() != nil || c.bytes() > int(info.Size()) {
			return h, fmt.Errorf("%w: a tensor of %v %v", errRows, c.DType, c.Shape)
		}
	}
	if row := int64(h.row()); h.N < 0 || len(h.Inputs) == 0 || int64(h.N) > info.Size()/row || size+int64(h.N)*row != info.Size() {
		return h, fmt.Errorf("%w: it has %d bytes for %d rows of %d", errRows, info.Size(), h.N, row)
	}
	return h, nil
}

// rows reads the rows at the given positions, which exist.
func (r *rowFile) rows(at []int, reuse tensor.Batch) (tensor.Batch, error) {
	b := r.batch(len(at), reuse)
	ts, columns := tensorsOf(b), r.head.columns()
	buf := make([]byte, r.head.row())
	for k, i := range at {
		if _, err := r.file.ReadAt(buf, rowHeadSize+int64(i)*int64(len(buf))); err != nil {
			return tensor.Batch{}, err
		}
		data := buf[:len(buf)-4]
		if crc(data) != binary.LittleEndian.Uint32(buf[len(buf)-4:]) {
			return tensor.Batch{}, fmt.Errorf("%w: example %d; delete the file to have it made again", errRows, i)
		}
		for j, t := range ts {
			n := columns[j].bytes()
			if err := decodeRow(t, k, data[:n]); err != nil {
				return tensor.Batch{}, err
			}
			data = data[n:]
		}
	}
	return b, nil
}

// batch is a batch of n rows to write to, in reuse where that fits.
func (r *rowFile) batch(n int, reuse tensor.Batch) tensor.Batch {
	list := func(old []*tensor.Tensor, columns []column) []*tensor.Tensor {
		if len(old) != len(columns) {
			old = make([]*tensor.Tensor, len(columns))
		}
		for i, c := range columns {
			old[i] = tensor.Reuse(old[i], c.DType, append(tensor.Shape{n}, c.Shape...))
		}
		return old
	}
	b := tensor.Batch{Inputs: list(reuse.Inputs, r.head.Inputs), Targets: list(reuse.Targets, r.head.Targets)}
	if r.head.Weights {
		b.Weights = tensor.Reuse(reuse.Weights, tensor.Float32, tensor.Shape{n})
	}
	return b
}

// appendRow appends the values of row i.
func appendRow(out []byte, t *tensor.Tensor, i int) ([]byte, error) {
	switch t.DType() {
	case tensor.Float64:
		return binary.Append(out, binary.LittleEndian, rowOf[float64](t, i))
	case tensor.Int32:
		return binary.Append(out, binary.LittleEndian, rowOf[int32](t, i))
	case tensor.Int64:
		return binary.Append(out, binary.LittleEndian, rowOf[int64](t, i))
	case tensor.Uint8:
		return append(out, rowOf[uint8](t, i)...), nil
	case tensor.Bool:
		return binary.Append(out, binary.LittleEndian, rowOf[bool](t, i))
	default:
		return binary.Append(out, binary.LittleEndian, rowOf[float32](t, i))
	}
}

// decodeRow writes values to row i.
func decodeRow(t *tensor.Tensor, i int, data []byte) (err error) {
	switch t.DType() {
	case tensor.Float64:
		_, err = binary.Decode(data, binary.LittleEndian, rowOf[float64](t, i))
	case tensor.Int32:
		_, err = binary.Decode(data, binary.LittleEndian, rowOf[int32](t, i))
	case tensor.Int64:
		_, err = binary.Decode(data, binary.LittleEndian, rowOf[int64](t, i))
	case tensor.Uint8:
		copy(rowOf[uint8](t, i), data)
	case tensor.Bool:
		_, err = binary.Decode(data, binary.LittleEndian, rowOf[bool](t, i))
	default:
		_, err = binary.Decode(data, binary.LittleEndian, rowOf[float32](t, i))
	}
	return err
}

func rowOf[T tensor.Elem](t *tensor.Tensor, i int) []T {
	data, _ := tensor.Flat[T](t)
	n := t.Shape()[1:].Size()
	return data[i*n : (i+1)*n]
}
