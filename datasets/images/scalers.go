package images

import (
	"image"
	"sync"

	"golang.org/x/image/draw"
)

// scalers keeps what was worked out for scaling from one size to another, and the
// memory for it: the pictures of a data set often have the same size. The zero
// value is ready for use.
type scalers struct {
	mu     sync.Mutex
	bySize map[[4]int]draw.Scaler
}

// mostScalers is how many are kept. They are forgotten together, which is rare
// where they help.
const mostScalers = 8

// between is a scaler for rectangles of the given sizes.
func (s *scalers) between(dst, src image.Rectangle) draw.Scaler {
	key := [4]int{dst.Dx(), dst.Dy(), src.Dx(), src.Dy()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.bySize[key]; found != nil {
		return found
	}
	if s.bySize == nil || len(s.bySize) == mostScalers {
		s.bySize = map[[4]int]draw.Scaler{}
	}
	made := draw.BiLinear.NewScaler(key[0], key[1], key[2], key[3])
	s.bySize[key] = made
	return made
}
