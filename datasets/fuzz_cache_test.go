package datasets

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// FuzzCachedTexts takes sections of a cache file whose checksums are right, and
// whose contents are not: they give texts that can be read, or an error.
func FuzzCachedTexts(f *testing.F) {
	c, err := newCorpus([]labelled{{[]byte("good"), 1}, {[]byte("bad!"), 0}})
	if err != nil {
		f.Fatal(err)
	}
	meta, parts, err := encodeCorpus(c)
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(meta)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, parts[0], parts[1], parts[2])
	path := filepath.Join(f.TempDir(), "x.bin")
	f.Fuzz(func(t *testing.T, meta, labels, ends, texts []byte) {
		if cachefile.Write(path, cacheKind, nil, labels, ends, texts) != nil {
			return
		}
		var none any
		file, err := cachefile.Open(path, cacheKind, &none)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		c, err := decodeCorpus(2, meta, cached{file: file, split: cacheSplit{Count: 3}})
		if err != nil {
			return
		}
		total := 0
		for i := range c.len() {
			total += len(c.at(i))
		}
		if total != len(texts) || firstNotBelow(c.labels, 2) >= 0 {
			t.Errorf("%d bytes of %d in %d texts", total, len(texts), c.len())
		}
	})
}
