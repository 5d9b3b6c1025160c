package attention

import "github.com/gofromzero/fromzero/dlkit/internal/rows"

// Bend is what bends the middle of a block's second part.
type Bend int

const (
	// Straight bends nothing.
	Straight Bend = iota
	// ReLU is max(x, 0).
	ReLU
	// GELU is x·Φ(x), Φ being the normal distribution function.
	GELU
)

// wantsRaw reports whether the slope needs what was bent, beside what came of it.
func (b Bend) wantsRaw() bool { return b == GELU }

// forward bends x.
func (b Bend) forward(x []float32) {
	switch b {
	case ReLU:
		rows.ReLU(x, x)
	case GELU:
		gelu(x)
	}
}

// backward makes the gradient by raw, that was bent to y, of dy.
func (b Bend) backward(dy, y, raw []float32) {
	switch b {
	case ReLU:
		rows.Gate(dy, y)
	case GELU:
		geluSlope(dy, raw)
	}
}
