package datasets

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
)

// pixels is one split of a set of labelled images, as it is kept in memory.
// It is not changed once made, and nothing hands out its slices: they may be
// mapped files, which only use may read.
type pixels struct {
	height, width, channels int
	// planar says that an image is stored channel by channel, as CIFAR-10 is,
	// not pixel by pixel. It is rearranged when it is read.
	planar bool

	labels []uint8   // n
	images [][]uint8 // n, each of height × width × channels

	stored stored
	sums   []uint32 // checksums of what is stored
}

// stored is the memory that pixels lie in: either labels and values, or
// records, each a label and then an image.
type stored struct {
	parts   [][]uint8
	records bool
	maps    []*cachefile.Mapping // keeps mapped parts valid
	outside []outsideFile        // the parts are files of their own; nil if not
}

// outsideFile is a file that the decoded cache does not repeat.
type outsideFile struct {
	Path  string // relative to the data directory
	Bytes int64
	Sums  []uint32
}

// newPixels takes over labels and values, which lie one behind the other.
func newPixels(shape [3]int, labels, values []uint8) *pixels {
	p := &pixels{height: shape[0], width: shape[1], channels: shape[2], labels: labels}
	p.stored = stored{parts: [][]uint8{labels, values}}
	p.images = appendImages(nil, values, len(labels), p.each(), 0)
	for _, part := range p.stored.parts {
		p.sums = append(p.sums, cachefile.Sums(part)...)
	}
	return p
}

// partError is what is wrong with one of several parts.
type partError struct {
	part int
	err  error
}

func (e *partError) Error() string { return e.err.Error() }

// newRecords takes over parts that consist of records. Its error is a *partError
// if a part has no records or a broken one, or a label is not below classes. It
// must be called within a Guard if the parts are mapped.
func newRecords(shape [3]int, classes int, s stored) (*pixels, error) {
	p := &pixels{height: shape[0], width: shape[1], channels: shape[2], planar: true, stored: s}
	record := 1 + p.each()
	for i, part := range s.parts {
		if len(part)%record != 0 || len(part) == 0 {
			return nil, &partError{i, fmt.Errorf("it has %d bytes; a multiple of %d is wanted, one label and one image each", len(part), record)}
		}
		n := len(part) / record
		for k := range n {
			p.labels = append(p.labels, part[k*record])
		}
		if bad := firstNotBelow(p.labels[len(p.labels)-n:], classes); bad >= 0 {
			return nil, &partError{i, fmt.Errorf("its image %d has the label %d; labels go from 0 to %d", bad, part[bad*record], classes-1)}
		}
		p.images = appendImages(p.images, part, n, record, 1)
	}
	return p, nil
}

// appendImages cuts n images out of data, one every step bytes, after skip.
func appendImages(images [][]uint8, data []uint8, n, step, skip int) [][]uint8 {
	for i := range n {
		images = append(images, data[i*step+skip:(i+1)*step:(i+1)*step])
	}
	return images
}

// firstNotBelow is the position of the first label that is no class, else -1.
func firstNotBelow(labels []uint8, classes int) int {
	for i, v := range labels {
		if int(v) >= classes {
			return i
		}
	}
	return -1
}

func (p *pixels) len() int { return len(p.labels) }

// each is the number of values of one image.
func (p *pixels) each() int { return p.height * p.width * p.channels }

// use calls f, which reads images, and keeps their memory valid meanwhile. It
// returns an error if a mapped file was made shorter under our hands.
func (p *pixels) use(f func()) error {
	defer runtime.KeepAlive(p)
	if err := cachefile.Guard(f); err != nil {
		return fmt.Errorf("datasets: the images can't be read any more: %w; load them with a new handle", err)
	}
	return nil
}

// copyImage writes image i, pixel by pixel. It must be called within use.
func (p *pixels) copyImage(dst []uint8, i int) {
	src := p.images[i]
	if !p.planar {
		copy(dst, src)
		return
	}
	area := p.height * p.width
	for c := range p.channels {
		plane := src[c*area : (c+1)*area]
		for k, v := range plane {
			dst[k*p.channels+c] = v
		}
	}
}

// sum is a checksum of all labels and values.
func (p *pixels) sum() uint32 { return foldSums(p.sums) }

// The decoded cache of images: what is stored, and how.
type imagesMeta struct {
	Images, Height, Width, Channels int
	Records                         bool          `json:",omitempty"`
	Outside                         []outsideFile `json:",omitempty"`
}

func encodePixels(p *pixels) (meta any, parts [][]byte, err error) {
	m := imagesMeta{p.len(), p.height, p.width, p.channels, p.stored.records, p.stored.outside}
	if m.Outside != nil {
		return m, nil, nil
	}
	return m, p.stored.parts, nil
}

// decodePixels opens a split of a set with the given shape and classes.
func decodePixels(shape [3]int, classes int, meta json.RawMessage, in cached) (*pixels, error) {
	var m imagesMeta
	if err := json.Unmarshal(meta, &m); err != nil {
		return nil, err
	}
	if [3]int{m.Height, m.Width, m.Channels} != shape {
		return nil, cachefile.ErrDamaged
	}
	s := stored{records: m.Records, outside: m.Outside}
	var sums []uint32
	for _, o := range m.Outside {
		mapping, err := in.outside(o)
		if err != nil {
			return nil, err
		}
		s.maps, sums = append(s.maps, mapping), append(sums, o.Sums...)
	}
	if m.Outside == nil {
		var err error
		if s.maps, sums, err = in.parts(); err != nil {
			return nil, err
		}
	}
	for _, mapping := range s.maps {
		s.parts = append(s.parts, mapping.Bytes())
	}
	return m.assemble(s, sums, classes)
}

func (m imagesMeta) assemble(s stored, sums []uint32, classes int) (p *pixels, err error) {
	shape := [3]int{m.Height, m.Width, m.Channels}
	fault := cachefile.Guard(func() {
		if m.Records {
			p, err = newRecords(shape, classes, s)
			return
		}
		if len(s.parts) != 2 || len(s.parts[0]) != m.Images || int64(len(s.parts[1])) != int64(m.Images)*int64(shape[0]*shape[1]*shape[2]) {
			err = cachefile.ErrDamaged
			return
		}
		p = &pixels{height: m.Height, width: m.Width, channels: m.Channels, labels: append([]uint8(nil), s.parts[0]...), stored: s}
		p.images = appendImages(make([][]uint8, 0, m.Images), s.parts[1], m.Images, p.each(), 0)
	})
	switch {
	case fault != nil:
		return nil, fault
	case err != nil:
		return nil, err
	case p.len() != m.Images || firstNotBelow(p.labels, classes) >= 0:
		return nil, cachefile.ErrDamaged
	}
	p.sums = sums
	return p, nil
}
