package datasets

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"unsafe"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// corpus is one split of a set of labelled texts, as it is kept in memory. It is
// not changed once made.
type corpus struct {
	labels []uint8
	ends   []uint32 // where each text ends in text
	text   string   // all texts, one behind the other
	sum    uint32   // a checksum of everything
}

func (c *corpus) len() int { return len(c.labels) }

func (c *corpus) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.text[start:c.ends[i]]
}

// labelled is a text and its class, on the way into a corpus.
type labelled struct {
	text  []byte
	label uint8
}

// newCorpus copies texts into one piece of memory. It returns an error if they
// are too many for it.
func newCorpus(texts []labelled) (*corpus, error) {
	total := 0
	for _, t := range texts {
		total += len(t.text)
	}
	if total > math.MaxUint32 {
		return nil, fmt.Errorf("texts of %d bytes; at most 4 GiB are supported", total)
	}
	c := &corpus{labels: make([]uint8, len(texts)), ends: make([]uint32, len(texts))}
	all := make([]byte, 0, total)
	for i, t := range texts {
		all = append(all, t.text...)
		c.labels[i], c.ends[i] = t.label, uint32(len(all))
	}
	c.text = frozen(all)
	c.sum = c.checksum()
	return c, nil
}

// frozen is the string that consists of b, which must not be written to again.
func frozen(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// thawed is the memory of s, which must not be written to.
func thawed(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func (c *corpus) endBytes() []byte {
	out := make([]byte, 0, 4*len(c.ends))
	for _, end := range c.ends {
		out = binary.LittleEndian.AppendUint32(out, end)
	}
	return out
}

func (c *corpus) checksum() uint32 {
	return foldSums(cachefile.Sums(c.labels), cachefile.Sums(c.endBytes()), cachefile.Sums(thawed(c.text)))
}

// foldSums makes one checksum of many.
func foldSums(sums ...[]uint32) uint32 {
	h := uint32(2166136261)
	for _, list := range sums {
		for _, v := range list {
			h = (h ^ v) * 16777619
		}
	}
	return h
}

type textsMeta struct {
	Texts int
	Sum   uint32
}

func encodeCorpus(c *corpus) (meta any, parts [][]byte, err error) {
	return textsMeta{c.len(), c.sum}, [][]byte{c.labels, c.endBytes(), thawed(c.text)}, nil
}

func decodeCorpus(classes int, meta json.RawMessage, in cached) (*corpus, error) {
	var m textsMeta
	if err := json.Unmarshal(meta, &m); err != nil {
		return nil, err
	}
	var parts [3][]byte
	for i := range parts {
		var err error
		if parts[i], err = in.read(i); err != nil {
			return nil, err
		}
	}
	c := &corpus{labels: parts[0], text: frozen(parts[2]), sum: m.Sum}
	last := uint32(0)
	for b := parts[1]; len(b) >= 4; b = b[4:] {
		end := binary.LittleEndian.Uint32(b)
		if end < last || int64(end) > int64(len(c.text)) {
			return nil, cachefile.ErrDamaged
		}
		c.ends, last = append(c.ends, end), end
	}
	if c.len() != m.Texts || len(c.ends) != m.Texts || len(parts[1]) != 4*m.Texts || int(last) != len(c.text) || firstNotBelow(c.labels, classes) >= 0 {
		return nil, cachefile.ErrDamaged
	}
	return c, nil
}
