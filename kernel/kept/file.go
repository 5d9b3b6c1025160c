package kept

import (
	"bufio"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"time"
)

// A file is a line that says what it is, a line of JSON (Header), the gob of
// the value, and the CRC-32C of all that, big-endian.
const (
	firstLine  = "fromzero kept 1\n"
	trailerLen = 4
	maxHeader  = 1 << 20
)

// ErrDamaged is returned, wrapped, for a file that is not what was written:
// cut short, changed, or of another kind.
var ErrDamaged = errors.New("damaged")

// Header is what a kept file says about its value.
type Header struct {
	Name   string          `json:"name"`
	Type   string          `json:"type"`   // Go type, as %T prints it
	Schema string          `json:"schema"` // see Schema
	Inputs json.RawMessage `json:"inputs"` // see Canonical
	Built  time.Time       `json:"built"`
	Took   time.Duration   `json:"took"` // what building it took
}

// write puts h and the value at v (a pointer) into path, all or nothing: a
// reader sees the old file or the new one. It returns the file's size.
func write(path string, h Header, v any) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name()) // gone already where all went well
	size, err = writeTo(f, h, v)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return 0, err
	}
	return size, os.Rename(f.Name(), path)
}

func writeTo(f *os.File, h Header, v any) (int64, error) {
	crc := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	buf := bufio.NewWriterSize(f, 1<<18)
	w := io.MultiWriter(buf, crc)
	line, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", firstLine, line); err != nil {
		return 0, err
	}
	if err := encode(w, v); err != nil {
		return 0, err
	}
	if err := binary.Write(buf, binary.BigEndian, crc.Sum32()); err != nil {
		return 0, err
	}
	if err := buf.Flush(); err != nil {
		return 0, err
	}
	return f.Seek(0, io.SeekCurrent)
}

// EncodeError is the error of a value that gob, or one of the value's own
// methods, refused to write: the value's fault, not the disk's.
type EncodeError struct{ Err error }

func (e *EncodeError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *EncodeError) Unwrap() error { return e.Err }

func encode(w io.Writer, v any) (err error) {
	out := &noting{w: w}
	defer func() {
		if r := recover(); r != nil {
			err = &EncodeError{fmt.Errorf("panic while writing it: %v", r)}
		}
	}()
	err = gob.NewEncoder(out).EncodeValue(onePointer(reflect.ValueOf(v)))
	if err != nil && out.err == nil {
		return &EncodeError{err}
	}
	return err
}

// onePointer turns a pointer to a pointer into the pointer: gob loses its way
// in the former where the type marshals itself.
func onePointer(v reflect.Value) reflect.Value {
	if v.Elem().Kind() == reflect.Pointer {
		return v.Elem()
	}
	return v
}

// noting remembers a failed write, to tell a full disk from a value that
// cannot be encoded.
type noting struct {
	w   io.Writer
	err error
}

func (n *noting) Write(p []byte) (int, error) {
	k, err := n.w.Write(p)
	if err != nil {
		n.err = err
	}
	return k, err
}

// readHeader reads what a file says about itself, without checking the value.
func readHeader(path string) (Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	h, _, err := header(bufio.NewReader(io.LimitReader(f, maxHeader)))
	return h, err
}

// header returns the header and the offset at which the value starts.
func header(r *bufio.Reader) (h Header, at int64, err error) {
	first, err := r.ReadString('\n')
	if err != nil || first != firstLine {
		return h, 0, fmt.Errorf("%w: it does not start like a kept value", ErrDamaged)
	}
	line, err := r.ReadBytes('\n')
	if err != nil {
		return h, 0, fmt.Errorf("%w: it ends inside its header", ErrDamaged)
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, 0, fmt.Errorf("%w: header: %w", ErrDamaged, err)
	}
	return h, int64(len(first) + len(line)), nil
}

// readValue checks the file as a whole, then decodes it into a new value of
// type t.
func readValue(path string, t reflect.Type) (v reflect.Value, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	_, from, err := header(bufio.NewReader(io.LimitReader(f, maxHeader)))
	if err != nil {
		return v, err
	}
	to, err := checksum(f)
	if err != nil {
		return v, err
	}
	v = reflect.New(t)
	if t.Kind() == reflect.Pointer {
		v.Elem().Set(reflect.New(t.Elem()))
	}
	err = decodeGob(bufio.NewReaderSize(io.NewSectionReader(f, from, to-from), 1<<18), onePointer(v))
	return v, err
}

// checksum compares all but the trailer with the trailer and returns where the
// trailer starts.
func checksum(f *os.File) (end int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	end = info.Size() - trailerLen
	crc := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	if _, err := io.Copy(crc, bufio.NewReaderSize(io.NewSectionReader(f, 0, end), 1<<18)); err != nil {
		return 0, err
	}
	var want [trailerLen]byte
	if _, err := f.ReadAt(want[:], end); err != nil {
		return 0, err
	}
	if binary.BigEndian.Uint32(want[:]) != crc.Sum32() {
		return 0, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	return end, nil
}

func decodeGob(r io.Reader, v reflect.Value) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while reading it: %v", p)
		}
	}()
	return gob.NewDecoder(r).DecodeValue(v)
}
