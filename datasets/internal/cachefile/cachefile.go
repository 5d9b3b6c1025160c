// Package cachefile reads and writes the files in which decoded data is kept:
// a header in JSON and sections of plain bytes, each with checksums. A file is
// whole or it is not there: it gets its name only when all of it is written,
// and nothing of it is handed out before its checksum was compared.
//
//	0  magic
//	8  length of the JSON, uint32 little-endian
//	12 CRC-32C of the JSON
//	16 JSON: header
//	   the sections, each from a multiple of 4096 on
package cachefile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	magic = "FZDATA02"
	page  = 4096
	// maxHeader bounds what a made-up length can make Open allocate.
	maxHeader = 4 << 20
)

// ErrDamaged is wrapped by every error about a file's contents.
var ErrDamaged = errors.New("the decoded cache is damaged or not for this data")

type header struct {
	Kind     string
	Meta     json.RawMessage
	Sections []section
}

type section struct {
	Offset, Bytes int64
	Sums          []uint32 // of every chunk, see Sums
}

// Write writes a file of the given kind, which is any short text that Open will
// ask for, with what json makes of meta and the sections. It makes the folder
// if need be. If it returns an error, nothing new is at path.
func Write(path, kind string, meta any, sections ...[]byte) (err error) {
	head, offsets, err := encodeHeader(kind, meta, sections)
	if err != nil {
		return err
	}
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
	if _, err := f.Write(head); err != nil {
		return err
	}
	for i, data := range sections {
		if _, err := f.WriteAt(data, offsets[i]); err != nil {
			return err
		}
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// encodeHeader makes the bytes before the first section. The offsets are part
// of the header, and its length decides them: offsets count from its end.
func encodeHeader(kind string, meta any, sections [][]byte) (head []byte, offsets []int64, err error) {
	h := header{Kind: kind}
	if h.Meta, err = json.Marshal(meta); err != nil {
		return nil, nil, err
	}
	offset := int64(0)
	for _, data := range sections {
		h.Sections = append(h.Sections, section{offset, int64(len(data)), Sums(data)})
		offset += aligned(int64(len(data)))
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, nil, err
	}
	if len(text) > maxHeader {
		return nil, nil, fmt.Errorf("cachefile: a header of %d bytes; at most %d are allowed", len(text), maxHeader)
	}
	head = make([]byte, 16, 16+len(text))
	copy(head, magic)
	binary.LittleEndian.PutUint32(head[8:], uint32(len(text)))
	binary.LittleEndian.PutUint32(head[12:], sum(text))
	head = append(head, text...)
	for _, s := range h.Sections {
		offsets = append(offsets, aligned(int64(len(head)))+s.Offset)
	}
	return head, offsets, nil
}

func aligned(n int64) int64 { return (n + page - 1) / page * page }

// File is an open cache file.
type File struct {
	file     *os.File
	sections []section // with offsets from the file's start
}

// Open opens the file at path and decodes its meta. It returns an error that
// wraps ErrDamaged if it is not whole or not of that kind.
func Open(path, kind string, meta any) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	sections, err := readHeader(f, kind, meta)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &File{f, sections}, nil
}

func readHeader(f *os.File, kind string, meta any) ([]section, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := make([]byte, 16)
	if _, err := io.ReadFull(f, start); err != nil {
		return nil, damaged("it has %d bytes", info.Size())
	}
	n := int64(binary.LittleEndian.Uint32(start[8:]))
	if string(start[:8]) != magic || n > maxHeader || n > info.Size() {
		return nil, damaged("it does not begin as one")
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(f, text); err != nil || sum(text) != binary.LittleEndian.Uint32(start[12:]) {
		return nil, damaged("its header's checksum is wrong")
	}
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, damaged("its header: %v", err)
	}
	if h.Kind != kind {
		return nil, damaged("it is of kind %q, %q is wanted", h.Kind, kind)
	}
	if err := json.Unmarshal(h.Meta, meta); err != nil {
		return nil, damaged("its meta: %v", err)
	}
	return h.Sections, h.place(aligned(16+n), info.Size())
}

// place turns the sections' offsets into positions in a file of the given
// size, and makes sure that they lie in it. Where an empty section would begin
// does not matter: it may be behind the file's end.
func (h *header) place(start, size int64) error {
	end := int64(-1) // of the last section with something in it
	for i := range h.Sections {
		s := &h.Sections[i]
		if s.Offset < 0 || s.Bytes < 0 || s.Bytes > 0 && (s.Offset > size-start || s.Bytes > size-start-s.Offset) || len(s.Sums) != chunks(s.Bytes) {
			return damaged("section %d of %d bytes at %d does not lie in its %d bytes", i, s.Bytes, s.Offset, size)
		}
		if s.Bytes == 0 {
			s.Offset = 0
			continue
		}
		s.Offset += start
		end = s.Offset + s.Bytes
	}
	if end >= 0 && end != size {
		return damaged("it has %d bytes, %d are wanted", size, end)
	}
	return nil
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// Len is the number of sections.
func (f *File) Len() int { return len(f.sections) }

// Bytes is the size of section i.
func (f *File) Bytes(i int) int64 { return f.sections[i].Bytes }

// Close closes the file. What Read and Map returned stays valid.
func (f *File) Close() error { return f.file.Close() }

// Read returns section i, checked, in memory of its own.
func (f *File) Read(i int) ([]byte, error) {
	if i < 0 || i >= len(f.sections) {
		return nil, damaged("it has %d sections, number %d is wanted", len(f.sections), i)
	}
	s := f.sections[i]
	data := make([]byte, s.Bytes)
	if _, err := f.file.ReadAt(data, s.Offset); err != nil {
		return nil, err
	}
	return data, compare(data, s.Sums, i)
}

// Map returns section i, checked, as a part of the file in memory where the
// system can do that.
func (f *File) Map(i int) (*Mapping, error) {
	if i < 0 || i >= len(f.sections) {
		return nil, damaged("it has %d sections, number %d is wanted", len(f.sections), i)
	}
	s := f.sections[i]
	m, err := mapFile(f.file, s.Offset, s.Bytes)
	if err != nil {
		return nil, err
	}
	if err := m.Check(s.Sums); err != nil {
		return nil, err
	}
	return m, nil
}

func compare(data []byte, want []uint32, i int) error {
	if !equalSums(Sums(data), want) {
		return damaged("the checksum of section %d is wrong", i)
	}
	return nil
}
