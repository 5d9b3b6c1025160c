package dlkit

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// FillMode says what an augmentation layer finds beyond a picture's edges.
type FillMode string

const (
	// FillReflect mirrors the picture at its edges: d c b a | a b c d | d c b a.
	FillReflect FillMode = "reflect"
	// FillConstant has the same value everywhere: k k k k | a b c d | k k k k.
	// The value is 0, or that of FillValue.
	FillConstant FillMode = "constant"
	// FillNearest repeats the pixels at the edge: a a a a | a b c d | d d d d.
	FillNearest FillMode = "nearest"
	// FillWrap begins anew: a b c d | a b c d | a b c d.
	FillWrap FillMode = "wrap"
)

// FillValueOption is made by FillValue.
type FillValueOption float64

// FillValue is FillConstant with another value than 0. For RandomErasing and
// Cutout it is what stands in the hole.
func FillValue(v float64) FillValueOption { return FillValueOption(v) }

// filling is what layers that look beyond a picture's edges have in common.
type filling struct {
	// FillMode says what is there.
	FillMode FillMode
	// FillValue is what FillConstant fills with.
	FillValue float64
}

// check returns an error for a word that is no fill mode.
func (f filling) check() error {
	if math.IsNaN(f.FillValue) || math.IsInf(f.FillValue, 0) {
		return fmt.Errorf("fill value is %v; it must be finite", f.FillValue)
	}
	switch f.FillMode {
	case FillReflect, FillConstant, FillNearest, FillWrap:
		return nil
	}
	return fmt.Errorf("fill mode is %q; it must be FillReflect, FillConstant, FillNearest or FillWrap", string(f.FillMode))
}

// describe writes ", constant 0.5" where the filling is not the usual one.
func (f filling) describe(usual FillMode) string {
	switch {
	case f.FillMode == usual && f.FillValue == 0:
		return ""
	case f.FillMode == FillConstant:
		return fmt.Sprintf(", %s %v", f.FillMode, f.FillValue)
	}
	return ", " + string(f.FillMode)
}

// extended makes pictures x (n, h, w, c) higher and wider by a margin on every
// side.
func (f filling) extended(x *graph.Node, margin HW) *graph.Node {
	return f.extendedAlong(f.extendedAlong(x, 2, margin[1]), 1, margin[0])
}

// extendedAlong makes one axis longer, by joining pieces: graph.Pad would copy
// pixel by pixel.
func (f filling) extendedAlong(x *graph.Node, axis, margin int) *graph.Node {
	switch {
	case margin == 0:
		return x
	case f.FillMode == FillConstant:
		size := append([]int{}, dims(x)...)
		size[axis] = margin
		border := graph.BroadcastToDims(graph.ConstAs(x, f.FillValue), size...)
		return joined([]*graph.Node{border, x, border}, axis)
	}
	return joined(f.pieces(x, axis, margin), axis)
}

// pieces are what the longer axis consists of. What goes up in one piece is
// copied in one piece, what goes down is mirrored in one piece.
func (f filling) pieces(x *graph.Node, axis, margin int) []*graph.Node {
	n := dims(x)[axis]
	var parts []*graph.Node
	for i := -margin; i < n+margin; {
		first, length := f.index(i, n), 1
		step := f.index(i+1, n) - first
		for i+length < n+margin && f.index(i+length, n)-f.index(i+length-1, n) == step && (step == 1 || step == -1) {
			length++
		}
		part := cropped(x, axis, min(first, first+step*(length-1)), length)
		if length > 1 && step < 0 {
			part = graph.Reverse(part, axis)
		}
		parts = append(parts, part)
		i += length
	}
	return parts
}

// index is the pixel of n that stands at i, which may lie outside.
func (f filling) index(i, n int) int {
	switch f.FillMode {
	case FillNearest:
		return min(max(i, 0), n-1)
	case FillWrap:
		return floorMod(i, n)
	}
	if i = floorMod(i, 2*n); i >= n {
		i = 2*n - 1 - i
	}
	return i
}

// filling is what the option stands for.
func (v FillValueOption) filling() filling { return filling{FillConstant, float64(v)} }
