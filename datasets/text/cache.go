package text

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// cache is where something made of a corpus is kept. A nil *cache keeps nothing.
type cache struct {
	key   string // says what it was made of, and how
	paths []string
}

// cacheMeta is the head of a cache file.
type cacheMeta struct {
	Key  string
	Rows rowsMeta
}

// rowsMeta says what rows consist of.
type rowsMeta struct {
	N, Width int
	Bags     bool
	Labels   bool
}

const (
	vocabularyKind = "vocabulary"
	rowsKind       = "vectors"
	// kept is how many files of one kind stay beside a set: whoever tries many
	// configurations does not fill the disk.
	kept = 8
)

// newCache finds a place beside a corpus for something that key describes.
func newCache(ctx context.Context, texts Corpus, c Config, kind, key string) *cache {
	on, ok := texts.(cacher)
	if !ok || c.NoCache {
		return nil
	}
	print, err := on.Fingerprint(ctx)
	if err != nil {
		return nil // Texts says it again
	}
	out := &cache{key: print + "\n" + key}
	sum := sha256.Sum256([]byte(out.key))
	out.paths = on.CacheFiles(kind + "-" + hex.EncodeToString(sum[:6]) + ".bin")
	return out
}

func vocabularyCache(ctx context.Context, texts Corpus, c Config) *cache {
	key, err := json.Marshal(c.forVocabulary())
	if err != nil {
		return nil
	}
	return newCache(ctx, texts, c, vocabularyKind, "1 "+string(key))
}

// forVocabulary is the Config without what a vocabulary does not depend on.
func (c Config) forVocabulary() Config {
	c.Length, c.PadLeft, c.CutLeft = 0, false, false
	return c
}

func rowsCache(ctx context.Context, texts Corpus, v *Vectorizer) *cache {
	if v.config.NoCache {
		return nil
	}
	key, err := v.MarshalJSON()
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(key)
	return newCache(ctx, texts, v.config, rowsKind, "1 "+hex.EncodeToString(sum[:]))
}

// open opens the file, if there is a valid one.
func (c *cache) open(kind string) (*cachefile.File, cacheMeta) {
	if c == nil {
		return nil, cacheMeta{}
	}
	for _, path := range c.paths {
		var meta cacheMeta
		f, err := cachefile.Open(path, kind, &meta)
		if err != nil {
			continue
		}
		if meta.Key == c.key {
			return f, meta
		}
		_ = f.Close()
	}
	return nil, cacheMeta{}
}

// save writes the file where it can. Failing to do so costs only time at the
// next start.
func (c *cache) save(kind string, meta rowsMeta, parts ...[]byte) {
	if c == nil {
		return
	}
	for _, path := range c.paths {
		if cachefile.Write(path, kind, cacheMeta{c.key, meta}, parts...) == nil {
			prune(filepath.Join(filepath.Dir(path), kind+"-*.bin"))
			return
		}
	}
}

// prune removes the oldest files of a pattern.
func prune(pattern string) {
	type file struct {
		path string
		time int64
	}
	var files []file
	paths, _ := filepath.Glob(pattern)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			files = append(files, file{path, info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(b.time, a.time) })
	for _, f := range files[min(kept, len(files)):] {
		_ = os.Remove(f.path)
	}
}

// vectorizer reads a kept vocabulary for a Config, nil if there is none. The file
// may have been made for another Length.
func (c *cache) vectorizer(config Config) *Vectorizer {
	f, _ := c.open(vocabularyKind)
	if f == nil {
		return nil
	}
	defer f.Close()
	data, err := f.Read(0)
	if err != nil {
		return nil
	}
	v := new(Vectorizer)
	if v.UnmarshalJSON(data) != nil {
		return nil
	}
	v.config = config
	return v
}

func (c *cache) write(v *Vectorizer) {
	if c == nil {
		return
	}
	if data, err := v.MarshalJSON(); err == nil {
		c.save(vocabularyKind, rowsMeta{}, data)
	}
}

func (c *cache) writeDataset(d *Dataset) {
	if c == nil {
		return
	}
	meta, parts := d.rows.parts()
	meta.Labels = d.labels != nil
	c.save(rowsKind, meta, append(parts, bytesOf(d.labels))...)
}

// dataset reads kept rows, nil if there are none.
func (c *cache) dataset(v *Vectorizer) *Dataset {
	f, meta := c.open(rowsKind)
	if f == nil {
		return nil
	}
	defer f.Close()
	var parts [][]byte
	for i := range f.Len() {
		part, err := f.Read(i)
		if err != nil || len(part)%4 != 0 {
			return nil
		}
		parts = append(parts, part)
	}
	m := meta.Rows
	if m.N < 0 || m.Width < 0 || len(parts) == 0 {
		return nil
	}
	d := &Dataset{labels: int32s(parts[len(parts)-1])}
	if !m.Labels {
		d.labels = nil
	} else if len(d.labels) != m.N {
		return nil
	}
	if m.Bags {
		d.rows = m.bags(parts[:len(parts)-1], len(v.tokens))
	} else {
		d.rows = m.sequences(parts[:len(parts)-1], len(v.tokens))
	}
	if d.rows == nil {
		return nil
	}
	return d
}

func (s *sequences) parts() (rowsMeta, [][]byte) {
	return rowsMeta{N: s.n, Width: s.length}, [][]byte{bytesOf(s.ids)}
}

func (m rowsMeta) sequences(parts [][]byte, tokens int) rows {
	if len(parts) != 1 {
		return nil
	}
	s := &sequences{int32s(parts[0]), m.Width, m.N}
	if m.Width > 0 && (len(s.ids)%m.Width != 0 || len(s.ids)/m.Width != m.N) || m.Width == 0 && len(s.ids) > 0 || !below(s.ids, tokens) {
		return nil
	}
	return s
}

func (b *bags) parts() (rowsMeta, [][]byte) {
	starts, values := make([]int32, len(b.starts)), make([]int32, len(b.values))
	for i, s := range b.starts {
		starts[i] = int32(s)
	}
	for i, f := range b.values {
		values[i] = int32(math.Float32bits(f))
	}
	return rowsMeta{N: b.len(), Width: b.width, Bags: true}, [][]byte{bytesOf(starts), bytesOf(b.ids), bytesOf(values)}
}

func (m rowsMeta) bags(parts [][]byte, tokens int) rows {
	if len(parts) != 3 || m.Width != tokens {
		return nil
	}
	b := &bags{width: m.Width, ids: int32s(parts[1])}
	for _, s := range int32s(parts[0]) {
		b.starts = append(b.starts, int(s))
	}
	for _, bits := range int32s(parts[2]) {
		b.values = append(b.values, math.Float32frombits(uint32(bits)))
	}
	if len(b.starts) != m.N+1 || len(b.values) != len(b.ids) || !below(b.ids, tokens) || !slices.IsSorted(b.starts) ||
		b.starts[0] != 0 || b.starts[m.N] != len(b.ids) {
		return nil
	}
	return b
}

// below reports whether all numbers are tokens.
func below(ids []int32, tokens int) bool {
	for _, id := range ids {
		if id < 0 || int(id) >= tokens {
			return false
		}
	}
	return true
}

func bytesOf(values []int32) []byte {
	out := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(out[4*i:], uint32(v))
	}
	return out
}

func int32s(data []byte) []int32 {
	out := make([]int32, len(data)/4)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}
