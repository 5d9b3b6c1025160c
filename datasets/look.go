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
	l, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]int32, l.len())
	for i, v := range l.labels {
		out[i] = int32(v)
	}
	return out, nil
}

// Counts returns how many images each class has, in the order of ClassNames.
func (d *Images) Counts(ctx context.Context) ([]int, error) {
	l, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	counts := make([]int, len(d.set.classes))
	for _, v := range l.labels {
		counts[v]++
	}
	return counts, nil
}

// Image returns the pixels of one image as they are stored: shape (height,
// width, channels), uint8 from 0 to 255, whatever the options say. The tensor
// is the caller's.
func (d *Images) Image(ctx context.Context, i int) (*tensor.Tensor, error) {
	l, err := d.at(ctx, i)
	if err != nil {
		return nil, err
	}
	return tensor.New(append([]uint8(nil), l.image(i)...), l.height, l.width, l.channels)
}

// Picture returns one image in the form that Go's image packages draw and
// save: an *image.Gray, or an *image.NRGBA if it has three channels.
func (d *Images) Picture(ctx context.Context, i int) (image.Image, error) {
	l, err := d.at(ctx, i)
	if err != nil {
		return nil, err
	}
	area, src := image.Rect(0, 0, l.width, l.height), l.image(i)
	if l.channels == 1 {
		p := image.NewGray(area)
		copy(p.Pix, src)
		return p, nil
	}
	p := image.NewNRGBA(area)
	for k := range l.height * l.width {
		c := src[k*l.channels:]
		p.SetNRGBA(k%l.width, k/l.width, color.NRGBA{c[0], c[1], c[2], 255})
	}
	return p, nil
}

// at loads the data and makes sure that there is an image i.
func (d *Images) at(ctx context.Context, i int) (*loaded, error) {
	l, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= l.len() {
		return nil, d.outside(i, l.len())
	}
	return l, nil
}

// First returns the first n images, or all if there are fewer, in the form
// that Rows gives them.
func (d *Images) First(ctx context.Context, n int) (tensor.Batch, error) {
	l, err := d.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	at := make([]int, max(0, min(n, l.len())))
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
	l, err := d.get(ctx)
	if err != nil {
		return PixelStats{}, err
	}
	scale := 1.0 / 255
	if d.set.config.raw {
		scale = 1
	}
	s := PixelStats{Min: math.Inf(1), Max: math.Inf(-1), Histogram: histograms(l.pixels)}
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

func histograms(p *pixels) [][256]int {
	out := make([][256]int, p.channels)
	for c := range out {
		h := &out[c]
		for i := c; i < len(p.values); i += p.channels {
			h[p.values[i]]++
		}
	}
	return out
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
	l := d.data.Load()
	if l == nil {
		return d.set.spec.Title + ": not read yet"
	}
	switch o := l.origin; {
	case o.mini:
		return fmt.Sprintf("%s: the embedded mini set of %s + %s images, not the full set: %s",
			d.set.spec.Title, thousands(miniTrain), thousands(miniTest), o.why)
	case o.published:
		return d.set.spec.Title + ": the full set, files as published"
	default:
		return d.set.spec.Title + ": the set in the data directory; its files are whole, but not byte for byte the published ones"
	}
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
	l, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	form := "float32"
	if d.set.config.raw {
		form = "uint8"
	}
	return fmt.Sprintf("%s %d %v %s %08x", d.Name(), l.len(), d.Shape(), form, l.sum()), nil
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
	return fmt.Sprintf("%s%s: %s images of %v, %d classes", d.Name(), mini, thousands(l.len()), d.Shape(), len(d.set.classes))
}

// thousands writes 60000 as 60,000.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
