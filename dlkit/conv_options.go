package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// StridesOption is made by Strides.
type StridesOption struct{ strides HW }

// Strides moves a window by more than one step at a time, which makes the
// output smaller: by a half with Strides(2). Steps may differ by axis:
// Strides(HW{1, 2}). An option of convolution and pooling layers; a pooling
// window's usual stride is its own size.
func Strides[S Size](steps S) StridesOption { return StridesOption{sizeOf(steps)} }

// DilationOption is made by Dilation.
type DilationOption struct{ rate HW }

// Dilation draws the pixels of a window apart: with Dilation(2) a kernel of 3
// covers 5 pixels and looks at every second one. An option of convolution
// layers.
func Dilation[S Size](rate S) DilationOption { return DilationOption{sizeOf(rate)} }

// GroupsOption is made by Groups.
type GroupsOption int

// Groups splits channels and filters into groups; each group of filters sees
// only its group of channels. Both numbers must be multiples of n. An option of
// Conv1D and Conv2D.
func Groups(n int) GroupsOption { return GroupsOption(n) }

// DepthMultiplierOption is made by DepthMultiplier.
type DepthMultiplierOption int

// DepthMultiplier gives every channel n filters of its own instead of one. An
// option of DepthwiseConv2D and SeparableConv2D.
func DepthMultiplier(n int) DepthMultiplierOption { return DepthMultiplierOption(n) }

// OutputPaddingOption is made by OutputPadding.
type OutputPaddingOption struct{ size HW }

// OutputPadding makes the output of Conv2DTranspose larger by so many pixels
// at the end, below the strides. Several sizes of input lead to one output of a
// convolution with strides; this chooses among them on the way back.
func OutputPadding[S Size](size S) OutputPaddingOption { return OutputPaddingOption{sizeOf(size)} }

// CausalOption is the type of Causal.
type CausalOption struct{}

// Causal lets Conv1D see no later step than the one it writes, as a model of
// time must: the margin, of zeros, is at the start only.
var Causal CausalOption

// lineOf takes the one number that an option of a 1-D layer may have.
func lineOf(option string, s HW) (int, error) {
	if s[0] != s[1] {
		return 0, fmt.Errorf("%s(%v) has two numbers; a layer with one axis takes one, such as %s(%d)", option, s, option, s[1])
	}
	return s[1], nil
}

// wantGroups checks the counts of a grouped convolution.
func wantGroups(groups, channels, filters int) error {
	switch {
	case groups < 1:
		return fmt.Errorf("groups is %d; it must be at least 1", groups)
	case channels%groups != 0:
		return fmt.Errorf("%d channels cannot be split into %d groups; choose groups that divide them", channels, groups)
	case filters%groups != 0:
		return fmt.Errorf("%d filters cannot be split into %d groups; choose groups that divide them", filters, groups)
	}
	return nil
}

// wantFilters checks a number of filters.
func wantFilters(n int) error {
	if n < 1 {
		return fmt.Errorf("filters is %d; a convolution needs at least 1", n)
	}
	return nil
}

// kernelShape is the shape of a convolution's kernel in Keras' order.
func kernelShape(kernel HW, in, out int) tensor.Shape {
	return tensor.Shape{kernel[0], kernel[1], in, out}
}
