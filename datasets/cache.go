package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The decoded cache is one file with both splits: a header of 4096 bytes, then
// for each split its labels and its pixels, one byte each. It is rebuilt when
// the files it was made of have changed or its checksums do not fit.
//
//	0  magic
//	8  length of the JSON, uint32 little-endian
//	12 CRC-32C of the JSON
//	16 JSON: cacheHeader
const (
	cacheMagic      = "FZIMAGE1"
	cacheHeaderSize = 4096
)

type cacheHeader struct {
	Set       string
	Published bool
	Folder    string // relative to the data directory where possible
	Sources   []cacheSource
	Splits    [2]cacheSplit
}

type cacheSource struct {
	Path string // relative to the data directory
	Size int64
	Time int64 // modification, nanoseconds since 1970
}

type cacheSplit struct {
	Images, Height, Width, Channels int
	Offset                          int64
	CRC                             uint32
}

func (c cacheSplit) bytes() int64 { return int64(c.Images) * int64(1+c.Height*c.Width*c.Channels) }

// plausible guards against a header that was made up: its sizes are about to
// be multiplied and allocated.
func (c cacheSplit) plausible(shape [3]int) bool {
	most := int64(1<<40) / int64(1+shape[0]*shape[1]*shape[2])
	return c.Images >= 0 && int64(c.Images) < most && [3]int{c.Height, c.Width, c.Channels} == shape
}

var errCache = errors.New("the decoded cache is damaged or not for this data")

// cachePaths lists where the cache may be: in the data directory, or, if that
// can't be written to, in the user's cache directory.
func cachePaths(root string, s Spec) []string {
	paths := []string{filepath.Join(root, s.Name, "decoded-v1.bin")}
	abs, err := filepath.Abs(root)
	user, userErr := os.UserCacheDir()
	if err == nil && userErr == nil {
		sum := sha256.Sum256([]byte(abs))
		paths = append(paths, filepath.Join(user, "fromzero", "decoded", s.Name+"-"+hex.EncodeToString(sum[:6])+"-v1.bin"))
	}
	return paths
}

// fromCache returns a split from the decoded cache, nil if there is no valid
// one.
func (s *imageSet) fromCache(root string, split int) *loaded {
	for _, path := range cachePaths(root, s.spec) {
		if l, err := s.readCache(path, root, split); err == nil {
			return l
		}
	}
	return nil
}

func (s *imageSet) readCache(path, root string, split int) (*loaded, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readCacheHeader(f)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	for _, c := range h.Splits {
		if !c.plausible(s.shape) || c.Offset < cacheHeaderSize || c.Offset > info.Size()-c.bytes() {
			return nil, errCache
		}
	}
	last := h.Splits[1]
	if h.Set != s.spec.Name || info.Size() != last.Offset+last.bytes() || !unchanged(root, h.Sources) {
		return nil, errCache
	}
	c := h.Splits[split]
	buf := make([]byte, c.bytes())
	if _, err := f.ReadAt(buf, c.Offset); err != nil {
		return nil, err
	}
	p := &pixels{height: c.Height, width: c.Width, channels: c.Channels,
		labels: buf[:c.Images:c.Images], values: buf[c.Images:]}
	if p.sum() != c.CRC || !labelsBelow(p.labels, len(s.classes)) {
		return nil, errCache
	}
	return &loaded{p, origin{folder: absolute(root, h.Folder), published: h.Published}}, nil
}

func readCacheHeader(r io.Reader) (h cacheHeader, err error) {
	buf := make([]byte, cacheHeaderSize)
	if _, err := io.ReadFull(r, buf); err != nil {
		return h, err
	}
	n := binary.LittleEndian.Uint32(buf[8:])
	if string(buf[:8]) != cacheMagic || n > cacheHeaderSize-16 {
		return h, errCache
	}
	text := buf[16 : 16+n]
	if crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(buf[12:]) {
		return h, errCache
	}
	return h, json.Unmarshal(text, &h)
}

// unchanged reports whether the files that a cache was made of are as they
// were. Files that are gone do not count: who deletes the compressed files to
// save space keeps the data.
func unchanged(root string, sources []cacheSource) bool {
	for _, s := range sources {
		info, err := os.Stat(absolute(root, s.Path))
		if err == nil && (info.Size() != s.Size || info.ModTime().UnixNano() != s.Time) {
			return false
		}
	}
	return true
}

func absolute(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}

func relative(root, path string) string {
	if rel, err := filepath.Rel(root, path); err == nil {
		return rel
	}
	return path
}

// writeCache writes the decoded cache where it can. Failing to do so costs
// only time at the next start, so it is no error.
func (s *imageSet) writeCache(root string, files []found, splits [2]*pixels, from origin) {
	h := cacheHeader{Set: s.spec.Name, Published: from.published, Folder: relative(root, from.folder)}
	for _, f := range files {
		if time.Since(f.info.ModTime()) < 0 {
			return // a file from the future may change without its time telling
		}
		h.Sources = append(h.Sources, cacheSource{relative(root, f.path), f.info.Size(), f.info.ModTime().UnixNano()})
	}
	offset := int64(cacheHeaderSize)
	for i, p := range splits {
		h.Splits[i] = cacheSplit{p.len(), p.height, p.width, p.channels, offset, p.sum()}
		offset += h.Splits[i].bytes()
	}
	for _, path := range cachePaths(root, s.spec) {
		if writeCacheFile(path, h, splits) == nil {
			return
		}
	}
}

func writeCacheFile(path string, h cacheHeader, splits [2]*pixels) (err error) {
	text, err := json.Marshal(h)
	if err != nil || len(text) > cacheHeaderSize-16 {
		return errors.Join(err, errCache)
	}
	head := make([]byte, cacheHeaderSize)
	copy(head, cacheMagic)
	binary.LittleEndian.PutUint32(head[8:], uint32(len(text)))
	binary.LittleEndian.PutUint32(head[12:], crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
	copy(head[16:], text)

	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	for _, part := range [][]byte{head, splits[0].labels, splits[0].values, splits[1].labels, splits[1].values} {
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
