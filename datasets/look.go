package datasets

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/gofromzero/fromzero/tensor"
)

// This file is for looking at the data before training on it.

// Labels returns a new slice with the label of every image.
func (d *Images) Labels(ctx context.Context) ([]int32, error) {
	p, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	return widen(p.labels), nil
}

func widen(labels []uint8) []int32 {
	out := make([]int32, len(labels))
	for i, v := range labels {
		out[i] = int32(v)
	}
	return out
}

func countLabels(labels []uint8, classes int) []int {
	counts := make([]int, classes)
	for _, v := range labels {
		counts[v]++
	}
	return counts
}

// Counts returns how many images each class has, in the order of ClassNames.
func (d *Images) Counts(ctx context.Context) ([]int, error) {
	p, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	return countLabels(p.labels, len(d.set.classes)), nil
}

// Image returns the pixels of one image as they are stored: shape (height,
// width, channels), uint8 from 0 to 255, whatever the options say. The tensor
// is the caller's.
func (d *Images) Image(ctx context.Context, i int) (*tensor.Tensor, error) {
	p, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	values, err := d.values(p, i)
	if err != nil {
		return nil, err
	}
	return tensor.New(values, p.height, p.width, p.channels)
}

// Picture returns one image in the form that Go's image packages draw and
// save: an *image.Gray, or an *image.NRGBA if it has three channels.
func (d *Images) Picture(ctx context.Context, i int) (image.Image, error) {
	p, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	src, err := d.values(p, i)
	if err != nil {
		return nil, err
	}
	area := image.Rect(0, 0, p.width, p.height)
	if p.channels == 1 {
		out := image.NewGray(area)
		copy(out.Pix, src)
		return out, nil
	}
	out := image.NewNRGBA(area)
	for k := range p.height * p.width {
		c := src[k*p.channels:]
		out.SetNRGBA(k%p.width, k/p.width, color.NRGBA{c[0], c[1], c[2], 255})
	}
	return out, nil
}

// values copies the pixels of image i.
func (d *Images) values(p *pixels, i int) ([]uint8, error) {
	if i < 0 || i >= p.len() {
		return nil, d.outside(i, p.len())
	}
	out := make([]uint8, p.each())
	return out, p.use(func() { p.copyImage(out, i) })
}

// First returns the first n images, or all if there are fewer, in the form
// that Rows gives them.
func (d *Images) First(ctx context.Context, n int) (tensor.Batch, error) {
	p, err := d.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	at := make([]int, max(0, min(n, p.len())))
	for i := range at {
		at[i] = i
	}
	return d.Rows(ctx, at, tensor.Batch{})
}

// PixelStats describes the pixels of all images, on the scale that Rows hands
// them out in: 0 to 1, or 0 to 255 with the option Raw.
type PixelStats struct {
	Mean, Std []float64  // one for each channel; the population's standard deviation
	Min, Max  float64    // over all channels
	Histogram [][256]int // for each channel, how often each stored value 0…255 occurs
}

// PixelStats counts all pixels. It takes a moment: the full MNIST has 47
// million of them.
func (d *Images) PixelStats(ctx context.Context) (PixelStats, error) {
	p, err := d.get(ctx)
	if err != nil {
		return PixelStats{}, err
	}
	counts := make([][256]int, p.channels)
	if err := p.use(func() { countValues(p, counts) }); err != nil {
		return PixelStats{}, err
	}
	scale := 1.0 / 255
	if d.set.config.raw {
		scale = 1
	}
	s := PixelStats{Min: math.Inf(1), Max: math.Inf(-1), Histogram: counts}
	for _, h := range s.Histogram {
		mean, std := moments(&h)
		s.Mean, s.Std = append(s.Mean, mean*scale), append(s.Std, std*scale)
		for v, n := range h {
			if n > 0 {
				s.Min, s.Max = min(s.Min, float64(v)*scale), max(s.Max, float64(v)*scale)
			}
		}
	}
	return s, nil
}

// countValues counts how often each value occurs in each channel.
func countValues(p *pixels, counts [][256]int) {
	area := p.height * p.width
	for _, image := range p.images {
		for c := range counts {
			h := &counts[c]
			if p.planar {
				for _, v := range image[c*area : (c+1)*area] {
					h[v]++
				}
				continue
			}
			for i := c; i < len(image); i += p.channels {
				h[image[i]]++
			}
		}
	}
}

// moments gives mean and standard deviation of the values that h counts.
func moments(h *[256]int) (mean, std float64) {
	var n, sum, squares float64
	for v, k := range h {
		n, sum, squares = n+float64(k), sum+float64(v*k), squares+float64(v*v*k)
	}
	if n == 0 {
		return 0, 0
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean))
}

// Source says in one sentence what the data is: the full set, whether its
// files are the published ones, or the mini set and why. Before the data is
// loaded it says that. It names no folder, see Folder.
func (d *Images) Source() string {
	return d.set.source(d.data.Load())
}

// Mini reports whether the data is the mini set. It is false before the data
// is loaded.
func (d *Images) Mini() bool {
	l := d.data.Load()
	return l != nil && l.origin.mini
}

// Folder is where the data was read from; "" for the mini set, and before the
// data is loaded.
func (d *Images) Folder() string {
	if l := d.data.Load(); l != nil {
		return l.origin.folder
	}
	return ""
}

// Fingerprint is a short text that changes when the data or its form does:
// an input for kernel.Keep.
func (d *Images) Fingerprint(ctx context.Context) (string, error) {
	p, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	form := "float32"
	if d.set.config.raw {
		form = "uint8"
	}
	return fmt.Sprintf("%s %d %v %s %08x", d.Name(), p.len(), d.Shape(), form, p.sum()), nil
}

// String describes the handle in a line. It does not load the data.
func (d *Images) String() string {
	l := d.data.Load()
	if l == nil {
		return fmt.Sprintf("%s: images of %v, not read yet", d.Name(), d.Shape())
	}
	mini := ""
	if l.origin.mini {
		mini = " (mini set)"
	}
	return fmt.Sprintf("%s%s: %s images of %v, %d classes", d.Name(), mini, thousands(l.data.len()), d.Shape(), len(d.set.classes))
}

// thousands writes 60000 as 60,000.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
