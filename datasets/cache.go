package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// The decoded cache is one file with both splits, in the form in which they lie
// in memory. It is rebuilt when the files it was made of have changed or its
// checksums do not fit.
const cacheKind = "set"

type cacheMeta struct {
	Set       string
	Published bool
	Folder    string // relative to the data directory where possible
	Sources   []cacheSource
	Splits    [2]cacheSplit
}

type cacheSource struct {
	Path string // relative to the data directory
	Size int64  // 0 for a folder
	Time int64  // modification, nanoseconds since 1970
}

type cacheSplit struct {
	Meta         json.RawMessage
	First, Count int // its sections
}

// codec is how a kind of split is kept.
type codec[T any] struct {
	encode func(T) (meta any, parts [][]byte, err error)
	decode func(meta json.RawMessage, in cached) (T, error)
}

// cached is one split in an open cache file.
type cached struct {
	file  *cachefile.File
	root  string
	split cacheSplit
}

// parts maps all parts of the split.
func (c cached) parts() (maps []*cachefile.Mapping, sums []uint32, err error) {
	for i := range c.split.Count {
		m, err := c.file.Map(c.split.First + i)
		if err != nil {
			return nil, nil, err
		}
		s, err := m.Sums()
		if err != nil {
			return nil, nil, err
		}
		maps, sums = append(maps, m), append(sums, s...)
	}
	return maps, sums, nil
}

// read returns a part of the split in memory of its own.
func (c cached) read(i int) ([]byte, error) {
	if i >= c.split.Count {
		return nil, cachefile.ErrDamaged
	}
	return c.file.Read(c.split.First + i)
}

// outside maps a file that the split lies in.
func (c cached) outside(o outsideFile) (*cachefile.Mapping, error) {
	f, err := os.Open(absolute(c.root, o.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := cachefile.MapFile(f)
	if err != nil {
		return nil, err
	}
	if int64(len(m.Bytes())) != o.Bytes {
		return nil, cachefile.ErrDamaged
	}
	return m, m.Check(o.Sums)
}

// cachePaths lists where a cache file of a set may be: in the data directory,
// or, if that can't be written to, in the user's cache directory.
func cachePaths(root string, s Spec, name string) []string {
	paths := []string{filepath.Join(root, s.Name, name)}
	abs, err := filepath.Abs(root)
	user, userErr := os.UserCacheDir()
	if err == nil && userErr == nil {
		sum := sha256.Sum256([]byte(abs))
		paths = append(paths, filepath.Join(user, "fromzero", "decoded", s.Name+"-"+hex.EncodeToString(sum[:6])+"-"+name))
	}
	return paths
}

const decodedName = "decoded-v2.bin"

// fromCache returns a split from the decoded cache, nil if there is no valid
// one.
func (s *set[T]) fromCache(root string, split int) *loaded[T] {
	for _, path := range cachePaths(root, s.spec, decodedName) {
		if l, err := s.readCache(path, root, split); err == nil {
			return l
		}
	}
	return nil
}

func (s *set[T]) readCache(path, root string, split int) (*loaded[T], error) {
	var meta cacheMeta
	f, err := cachefile.Open(path, cacheKind, &meta)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, c := range meta.Splits {
		if c.First < 0 || c.Count < 0 || c.First > f.Len()-c.Count {
			return nil, cachefile.ErrDamaged
		}
	}
	if meta.Set != s.spec.Name || !unchanged(root, meta.Sources) {
		return nil, fmt.Errorf("%w: %s", cachefile.ErrDamaged, meta.Set)
	}
	data, err := s.codec.decode(meta.Splits[split].Meta, cached{f, root, meta.Splits[split]})
	if err != nil {
		return nil, err
	}
	return &loaded[T]{data, origin{folder: absolute(root, meta.Folder), published: meta.Published}}, nil
}

// unchanged reports whether the files that a cache was made of are as they
// were. Files that are gone do not count: who deletes the compressed files to
// save space keeps the data.
func unchanged(root string, sources []cacheSource) bool {
	for _, s := range sources {
		info, err := os.Stat(absolute(root, s.Path))
		if err == nil && (sizeOf(info) != s.Size || info.ModTime().UnixNano() != s.Time) {
			return false
		}
	}
	return true
}

// sizeOf is a file's size, 0 for a folder: that depends on the file system.
func sizeOf(info os.FileInfo) int64 {
	if info.IsDir() {
		return 0
	}
	return info.Size()
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
func (s *set[T]) writeCache(root string, sources []source, splits [2]T, from origin) {
	meta := cacheMeta{Set: s.spec.Name, Published: from.published, Folder: relative(root, from.folder)}
	for _, f := range sources {
		if time.Since(f.info.ModTime()) < 0 {
			return // a file from the future may change without its time telling
		}
		meta.Sources = append(meta.Sources, cacheSource{relative(root, f.path), sizeOf(f.info), f.info.ModTime().UnixNano()})
	}
	var sections [][]byte
	for i, data := range splits {
		detail, parts, err := s.codec.encode(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(detail)
		if err != nil {
			return
		}
		meta.Splits[i] = cacheSplit{text, len(sections), len(parts)}
		sections = append(sections, parts...)
	}
	for _, path := range cachePaths(root, s.spec, decodedName) {
		if cachefile.Write(path, cacheKind, meta, sections...) == nil {
			return
		}
	}
}
