package datasets

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// Texts is one split, training or test, of a set of labelled texts. It is a lazy
// handle: the data is read at first use, and then kept for the life of the
// handle. It implements tensor.Loader and tensor.Classes, and is safe for use
// from several goroutines.
//
// Models learn from numbers: a vectorizer of package datasets/text makes a
// tensor.Dataset of it.
type Texts struct {
	set   *textSet
	split int // 0 training, 1 test
	data  atomic.Pointer[loaded[*corpus]]
}

// textSet is what the two splits of a set of texts share.
type textSet struct {
	*set[*corpus]
	classes []string
}

func newTextSet(s *set[*corpus], classes ...string) (train, test *Texts) {
	s.codec = codec[*corpus]{encodeCorpus, func(meta json.RawMessage, in cached) (*corpus, error) {
		return decodeCorpus(len(classes), meta, in)
	}}
	s.size, s.turn = (*corpus).len, make(chan struct{}, 1)
	texts := &textSet{s, classes}
	return &Texts{set: texts, split: 0}, &Texts{set: texts, split: 1}
}

// Name is the set and the split: "IMDB train".
func (d *Texts) Name() string { return d.set.spec.Title + " " + splitNames[d.split] }

// Load finds, checks and reads the data, downloading it if need be. Calling it
// again does nothing, unless it failed. If ctx ends, Load returns its error and
// what was downloaded so far is kept for the next time.
//
// The error says what is wrong with which file, and lists every address that
// was tried with its answer.
func (d *Texts) Load(ctx context.Context) error {
	_, err := d.get(ctx)
	return err
}

func (d *Texts) get(ctx context.Context) (*corpus, error) {
	if l := d.data.Load(); l != nil {
		return l.data, nil
	}
	l, err := d.set.load(ctx, d.split)
	if err != nil {
		return nil, err
	}
	d.data.Store(l)
	return l.data, nil
}

// Len is the number of texts. It loads the data if Load was not called before,
// and returns -1 if that fails; Load then returns the reason.
func (d *Texts) Len() int {
	c, err := d.get(context.Background())
	if err != nil {
		return -1
	}
	return c.len()
}

// Text is text i, as it is in its file. It returns an error if the data can't be
// loaded or there is no text i.
func (d *Texts) Text(ctx context.Context, i int) (string, error) {
	c, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	if i < 0 || i >= c.len() {
		return "", fmt.Errorf("datasets: text %d of %s, which has %d; positions go from 0 to %d", i, d.Name(), c.len(), c.len()-1)
	}
	return c.at(i), nil
}

// Texts returns all texts, in the set's own order. The slice is the caller's;
// its strings share the handle's memory.
func (d *Texts) Texts(ctx context.Context) ([]string, error) {
	c, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]string, c.len())
	for i := range out {
		out[i] = c.at(i)
	}
	return out, nil
}

// Labels returns a new slice with the label of every text.
func (d *Texts) Labels(ctx context.Context) ([]int32, error) {
	c, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	return widen(c.labels), nil
}

// Counts returns how many texts each class has, in the order of ClassNames.
func (d *Texts) Counts(ctx context.Context) ([]int, error) {
	c, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	return countLabels(c.labels, len(d.set.classes)), nil
}

// ClassNames gives the name of each label, in order.
func (d *Texts) ClassNames() []string { return append([]string(nil), d.set.classes...) }

// Source says in one sentence what the data is, and whether its files are the
// published ones. Before the data is loaded it says that. It names no folder,
// see Folder.
func (d *Texts) Source() string { return d.set.source(d.data.Load()) }

// Folder is where the data was read from; "" before it is loaded.
func (d *Texts) Folder() string {
	if l := d.data.Load(); l != nil {
		return l.origin.folder
	}
	return ""
}

// Fingerprint is a short text that changes when the data does: an input for
// kernel.Keep. With the decoded cache at hand, the texts are not read for it.
func (d *Texts) Fingerprint(ctx context.Context) (string, error) {
	if d.data.Load() == nil {
		if m, ok := d.peek(); ok {
			return d.fingerprint(m), nil
		}
	}
	c, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	return d.fingerprint(textsMeta{c.len(), c.sum}), nil
}

func (d *Texts) fingerprint(m textsMeta) string {
	return fmt.Sprintf("%s %d %08x", d.Name(), m.Texts, m.Sum)
}

// peek looks into the decoded cache without reading the texts.
func (d *Texts) peek() (m textsMeta, ok bool) {
	root, err := d.set.config.root()
	if err != nil {
		return m, false
	}
	for _, path := range cachePaths(root, d.set.spec, decodedName) {
		var meta cacheMeta
		f, err := cachefile.Open(path, cacheKind, &meta)
		if err != nil {
			continue
		}
		_ = f.Close()
		if meta.Set == d.set.spec.Name && unchanged(root, meta.Sources) && json.Unmarshal(meta.Splits[d.split].Meta, &m) == nil {
			return m, true
		}
	}
	return m, false
}

// CacheFiles lists the paths at which something made of the texts may be kept
// under the given file name, best first: in the set's folder of the data
// directory, or, where that can't be written to, in the user's cache directory.
// Whoever keeps something there must remember the Fingerprint with it.
func (d *Texts) CacheFiles(name string) []string {
	root, err := d.set.config.root()
	if err != nil {
		return nil
	}
	return cachePaths(root, d.set.spec, name)
}

// String describes the handle in a line. It does not load the data.
func (d *Texts) String() string {
	l := d.data.Load()
	if l == nil {
		return fmt.Sprintf("%s: texts, not read yet", d.Name())
	}
	return fmt.Sprintf("%s: %s texts, %d classes", d.Name(), thousands(l.data.len()), len(d.set.classes))
}
