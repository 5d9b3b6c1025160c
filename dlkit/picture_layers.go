package dlkit

import (
	"slices"

	"github.com/gofromzero/fromzero/dlkit/internal/pictures"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// The layers that chains know besides convolution over pictures. A sequence
// (steps, channels) is a picture of so many rows and one column.

// pictureSize is the height, width and number of channels of a layer's input, of
// which ok tells that it has them.
func pictureSize(in tensor.Shape) (h, w, channels int, ok bool) {
	switch len(in) {
	case 2:
		return in[0], 1, in[1], true
	case 3:
		return in[0], in[1], in[2], true
	}
	return 0, 0, 0, false
}

// pictureParts describes the i-th step as a part of a chain; parts is empty if it
// cannot be one. The model's last sigmoid is left to the graph, and with it the
// chain ends: the loss wants to know what it is taken of.
func (m *Model) pictureParts(i int) (parts []pictures.Layer, left Activation) {
	parts = m.steps[i].pictureParts()
	last := len(parts) - 1
	if last < 0 || !slices.Contains(m.outputs, len(m.inputs)+i) {
		return parts, Linear
	}
	if p := parts[last]; p.Kind == pictures.Activation && p.Function == pictures.Sigmoid {
		return parts[:last], Sigmoid
	}
	return parts, Linear
}

// pictureParts describes the step for chains; it is empty if they don't know it.
func (s *step) pictureParts() []pictures.Layer {
	if _, _, _, ok := pictureSize(s.in[0]); !ok {
		return nil
	}
	switch l := s.layer.(type) {
	case pictureLayer:
		return l.picture(s.in[0])
	case *MergeLayer:
		if l.Kind == "add" && !slices.ContainsFunc(s.in, func(in tensor.Shape) bool { return !in.Equal(s.in[0]) }) {
			return []pictures.Layer{{Kind: pictures.Add}}
		}
	}
	return nil
}

// pictureFunctions are the activations that chains know besides ReLU.
var pictureFunctions = map[activationKind]pictures.Function{
	leakyReLU: pictures.LeakyReLU, elu: pictures.ELU, selu: pictures.SELU, gelu: pictures.GELU,
	geluApprox: pictures.GELUApproximate, sigmoid: pictures.Sigmoid, hardSigmoid: pictures.HardSigmoid,
	tanh: pictures.Tanh, softplus: pictures.Softplus, softsign: pictures.Softsign, silu: pictures.SiLU, mish: pictures.Mish,
}

// activationPart is a part of a chain that applies an activation; ok is false
// where there is none for it.
func activationPart(a Activation) (parts []pictures.Layer, ok bool) {
	switch a {
	case Linear:
		return nil, true
	case ReLU:
		return []pictures.Layer{{Kind: pictures.ReLU}}, true
	}
	f, ok := pictureFunctions[a.kind]
	if !ok || !(a.param >= 0) {
		return nil, false
	}
	return []pictures.Layer{{Kind: pictures.Activation, Function: f, Alpha: float32(a.param)}}, true
}

// picture implements pictureLayer.
func (a Activation) picture(tensor.Shape) []pictures.Layer {
	parts, _ := activationPart(a)
	return parts
}

// pictureWeights implements pictureLayer.
func (Activation) pictureWeights(*Builder, tensor.Shape) []*graph.Node { return nil }

// picture implements pictureLayer.
func (c *Conv1DLayer) picture(in tensor.Shape) []pictures.Layer {
	after, ok := activationPart(c.Activation)
	if !ok || c.Groups != 1 || c.Dilation != 1 {
		return nil
	}
	w := slide(in[0], c.Kernel, c.Strides, 1, c.Padding)
	return append([]pictures.Layer{{
		Kind: pictures.Conv, Window: [2]int{c.Kernel, 1}, Stride: [2]int{c.Strides, 1}, Pad: [2]int{w.pad, 0}, Out: [2]int{w.out, 1},
		Filters: c.Filters, Bias: !c.NoBias,
	}}, after...)
}

// pictureWeights implements pictureLayer.
func (c *Conv1DLayer) pictureWeights(b *Builder, in tensor.Shape) []*graph.Node {
	kernel := c.kernel(b, "kernel", tensor.Shape{c.Kernel, in[1], c.Filters})
	return append([]*graph.Node{kernel}, present(c.bias(b, c.Filters))...)
}

// picture implements pictureLayer.
func (p *MaxPool1DLayer) picture(in tensor.Shape) []pictures.Layer {
	return p.picturePart(pictures.MaxPool, in)
}

// picture implements pictureLayer.
func (p *AvgPool1DLayer) picture(in tensor.Shape) []pictures.Layer {
	return p.picturePart(pictures.AvgPool, in)
}

func (p *pool1D) picturePart(kind pictures.Kind, in tensor.Shape) []pictures.Layer {
	w := slide(in[0], p.Pool, p.Strides, 1, p.Padding)
	if p.Strides != p.Pool || !w.inside() {
		return nil
	}
	return []pictures.Layer{{Kind: kind, Window: [2]int{p.Pool, 1}}}
}

// pictureWeights implements pictureLayer.
func (p *pool1D) pictureWeights(*Builder, tensor.Shape) []*graph.Node { return nil }

// picture implements pictureLayer.
func (p *GlobalMaxPool2DLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.GlobalMaxPool}}
}

// picture implements pictureLayer.
func (p *GlobalMaxPool1DLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.GlobalMaxPool}}
}

// picture implements pictureLayer.
func (p *GlobalAvgPool2DLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.GlobalAvgPool}}
}

// picture implements pictureLayer.
func (p *GlobalAvgPool1DLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.GlobalAvgPool}}
}

// pictureWeights implements pictureLayer.
func (p *globalPool) pictureWeights(*Builder, tensor.Shape) []*graph.Node { return nil }
