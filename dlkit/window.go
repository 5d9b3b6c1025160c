package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// HW is a height and a width, where one number would mean a square: a kernel
// of 3 rows and 5 columns is HW{3, 5}.
type HW [2]int

// String writes "3×5".
func (s HW) String() string { return fmt.Sprintf("%d×%d", s[0], s[1]) }

// Size is what says a size in two dimensions: a number for a square, or HW.
type Size interface{ int | HW }

func sizeOf[S Size](s S) HW {
	if n, ok := any(s).(int); ok {
		return HW{n, n}
	}
	return any(s).(HW)
}

// Padding says what happens at the edges: Valid or Same. It is an option of
// convolution and pooling layers.
type Padding string

const (
	// Valid keeps the window inside the input: the output shrinks. This is the
	// default.
	Valid Padding = "valid"
	// Same adds a margin around the input, so that the output is the input's
	// size divided by the strides, rounded up. An odd margin is wider at the
	// end. Convolution takes the margin for zeros; pooling leaves it out.
	Same Padding = "same"
	// causal adds a margin at the start only; Conv1D's option Causal.
	causal Padding = "causal"
)

// check returns an error for a word that is no padding.
func (p Padding) check() error {
	switch p {
	case "", Valid, Same:
		return nil
	}
	return fmt.Errorf("padding is %q; it must be Valid or Same", string(p))
}

// axisWindow is the way of a window along one axis: window y touches the
// inputs y·stride + t·dilation − pad for t = 0 … kernel−1.
type axisWindow struct {
	in, out                  int
	kernel, stride, dilation int
	pad                      int
}

// still is a window of one that covers one input: an axis without a window.
var still = axisWindow{in: 1, out: 1, kernel: 1, stride: 1, dilation: 1}

// slide places a window along an axis. out is below 1 if it does not fit.
func slide(in, kernel, stride, dilation int, padding Padding) axisWindow {
	w := axisWindow{in: in, kernel: kernel, stride: stride, dilation: dilation}
	switch padding {
	case Same:
		w.out = (in + stride - 1) / stride
		w.pad = max(0, (w.out-1)*stride+w.reach()-in) / 2
	case causal:
		w.out = (in + stride - 1) / stride
		w.pad = w.reach() - 1
	default:
		if in >= w.reach() {
			w.out = (in-w.reach())/stride + 1
		}
	}
	return w
}

// reach is how many inputs lie between a window's first and last, inclusive.
func (w axisWindow) reach() int { return (w.kernel-1)*w.dilation + 1 }

// offset is the input that tap t of window 0 touches; below 0 in the margin.
func (w axisWindow) offset(t int) int { return t*w.dilation - w.pad }

// end is one past the last input that a window touches.
func (w axisWindow) end() int { return (w.out-1)*w.stride + w.offset(w.kernel-1) + 1 }

// trivial reports whether the output is the input.
func (w axisWindow) trivial() bool {
	return w.kernel == 1 && w.stride == 1 && w.pad == 0 && w.in == w.out
}

// inside reports whether no window reaches into the margin.
func (w axisWindow) inside() bool { return w.pad <= 0 && w.end() <= w.in }

// floorDiv and floorMod round towards minus infinity.
func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int) int { return a - floorDiv(a, b)*b }

// sliding is what layers with a window over two axes have in common.
type sliding struct {
	// Kernel is the window's height and width.
	Kernel HW
	// Strides are the steps of the window, downwards and to the right.
	Strides HW
	// Dilation is the distance between neighbouring inputs of a window: 1 if
	// they touch.
	Dilation HW `json:",omitempty"`
	// Padding says what happens at the edges.
	Padding Padding
}

// windows places the window over a picture (height, width, channels).
func (s *sliding) windows(in tensor.Shape) (h, w axisWindow) {
	return slide(in[0], s.Kernel[0], s.Strides[0], s.Dilation[0], s.Padding),
		slide(in[1], s.Kernel[1], s.Strides[1], s.Dilation[1], s.Padding)
}

// place checks the window against a picture and places it.
func (s *sliding) place(in tensor.Shape) (h, w axisWindow, err error) {
	if err := wantPicture(in); err != nil {
		return h, w, err
	}
	for _, v := range []struct {
		name string
		HW
	}{{"kernel", s.Kernel}, {"strides", s.Strides}, {"dilation", s.Dilation}} {
		if v.HW[0] < 1 || v.HW[1] < 1 {
			return h, w, fmt.Errorf("%s is %v; both numbers must be at least 1", v.name, v.HW)
		}
	}
	if err := s.Padding.check(); err != nil {
		return h, w, err
	}
	h, w = s.windows(in)
	if h.out < 1 || w.out < 1 {
		reach := HW{h.reach(), w.reach()}
		return h, w, fmt.Errorf("input %v is smaller than the %v window; drop one MaxPool2D before it, use a smaller window, or dlkit.Same", in, reach)
	}
	return h, w, nil
}

// wantPicture returns an error if in is no (height, width, channels).
func wantPicture(in tensor.Shape) error {
	if len(in) == 3 && in[0] > 0 && in[1] > 0 && in[2] > 0 {
		return nil
	}
	hint := ""
	switch len(in) {
	case 1:
		hint = "; put this layer before Flatten and Dense, or Reshape(height, width, channels) before it"
	case 2:
		hint = fmt.Sprintf("; for pictures without colours put Reshape(%d, %d, 1) first", in[0], in[1])
	}
	return fmt.Errorf("input %v is not (height, width, channels)%s", in, hint)
}

// wantSequence returns an error if in is no (steps, channels).
func wantSequence(in tensor.Shape) error {
	if len(in) == 2 && in[0] > 0 && in[1] > 0 {
		return nil
	}
	hint := ""
	if len(in) == 1 {
		hint = fmt.Sprintf("; for one value a step put Reshape(%d, 1) first", in[0])
	}
	return fmt.Errorf("input %v is not (steps, channels)%s", in, hint)
}

// describeWindow writes "3×3, strides 2×2, dilation 2×2, same", leaving out
// what is as usual.
func describeWindow(kernel, strides, dilation HW, usual HW, padding Padding) string {
	s := kernel.String()
	if strides != usual {
		s += ", strides " + strides.String()
	}
	if dilation != (HW{1, 1}) {
		s += ", dilation " + dilation.String()
	}
	if padding != "" && padding != Valid {
		s += ", " + string(padding)
	}
	return s
}
