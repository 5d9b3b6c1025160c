package look

import (
	"context"
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// PictureSizes describes the sizes of picture files before they are brought to
// one size.
type PictureSizes struct {
	// Widths and Heights are in pixels, one for each picture.
	Widths, Heights []int
}

// readImageSizes asks the data set for the sizes of its files, if it has any.
func (r *Report) readImageSizes(ctx context.Context, d tensor.Dataset) error {
	s, ok := d.(interface {
		ImageSizes(context.Context) (widths, heights []int, err error)
	})
	if !ok {
		return nil
	}
	w, h, err := s.ImageSizes(ctx)
	if err != nil {
		return fmt.Errorf("look: the sizes of the pictures can't be read: %w", err)
	}
	if len(w) != len(h) {
		return fmt.Errorf("look: %d widths and %d heights of pictures; want one of each for each picture", len(w), len(h))
	}
	if len(w) > 0 {
		r.Images = &PictureSizes{w, h}
	}
	return nil
}

// proportions are the smallest and the largest quotient of width and height.
func (p *PictureSizes) proportions() (low, high float64) {
	for i, w := range p.Widths {
		q := float64(w) / float64(max(1, p.Heights[i]))
		if i == 0 || q < low {
			low = q
		}
		high = max(high, q)
	}
	return low, high
}

func (p *PictureSizes) String() string {
	low, high := p.proportions()
	return fmt.Sprintf("pictures of %d to %d × %d to %d pixels, width : height %s to %s",
		slices.Min(p.Widths), slices.Max(p.Widths), slices.Min(p.Heights), slices.Max(p.Heights), number(low), number(high))
}

func (r *Report) findImageSizes() {
	if r.Images == nil {
		return
	}
	if low, high := r.Images.proportions(); high > 2*low {
		r.find(Finding{Level: Info, Code: ImageSizes, Message: "shapes differ much: " + r.Images.String(),
			Try: "crop or pad the pictures rather than stretch them all to one shape"})
	}
}
