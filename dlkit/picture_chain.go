package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/pictures"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Layers over pictures, or over sequences, that follow one another, also on
// several ways that come together again, are left to the host as a chain, where
// batches are large enough: see package pictures.

// pictureLayer is implemented by layers that can be part of a chain.
type pictureLayer interface {
	// picture describes the layer for an input (height, width, channels), or
	// (steps, channels), with its activation as a layer of its own; it is empty
	// for settings that chains don't know.
	picture(in tensor.Shape) []pictures.Layer
	// pictureWeights are the layer's weights as pictures.Layer.Weights says.
	pictureWeights(b *Builder, in tensor.Shape) []*graph.Node
}

// leastInChain is the smallest batch that a chain is for: it works on 32
// examples at a time, whether they are there or not.
const leastInChain = 16

// pictureChainAt is the number of steps from the i-th on that make a chain for batches
// of n examples, 0 if it is not one. wanted are the numbers of the values that
// are asked for besides the model's outputs.
func (m *Model) pictureChainAt(i, n int, train bool, wanted []int) int {
	if n < leastInChain || !pictures.Fast() || len(m.steps[i].from) != 1 {
		return 0
	}
	stretch, longest, convolves := m.newStretch(i, wanted), 0, false
	for end := i; end < len(m.steps); end++ {
		parts, left := m.pictureParts(end)
		if len(parts) == 0 || train && m.frozenNorm(&m.steps[end]) || !stretch.add(end) {
			break
		}
		convolves = convolves || parts[0].Convolves()
		if convolves && stretch.closed() {
			longest = end + 1 - i
		}
		if left != Linear {
			break
		}
	}
	return longest
}

// frozenNorm reports whether the step is a normalisation by averages that are
// kept from training.
func (m *Model) frozenNorm(s *step) bool {
	v := m.vars.byName[s.name+"/moving_mean"]
	return v != nil && v.frozen
}

// pictureChained applies the chain of steps that starts at the i-th to x, and
// returns how many they are, 0 if the graph is to do them one by one.
func (b *Builder) pictureChained(m *Model, i int, x *graph.Node) (y *graph.Node, steps int) {
	n := batchOf(x)
	steps = m.pictureChainAt(i, n, b.training, b.wanted)
	if steps == 0 {
		return nil, 0
	}
	chain := m.steps[i : i+steps]
	h, w, channels, _ := pictureSize(chain[0].in[0])
	config := pictures.Config{Rows: n, Height: h, Width: w, Channels: channels, Train: b.training, Input: b.trains()}
	var trained, fixed []*graph.Node
	made := map[int]int{chain[0].from[0]: 0} // the chain's number of each value
	left := Linear
	for k, s := range chain {
		b.layer = s.name
		var parts []pictures.Layer
		parts, left = m.pictureParts(i + k)
		for _, v := range s.from {
			parts[0].From = append(parts[0].From, made[v])
		}
		config.Layers = append(config.Layers, parts...)
		made[len(m.inputs)+i+k] = len(config.Layers)
		l, ok := s.layer.(pictureLayer)
		if !ok { // it joins values, and has no weights
			continue
		}
		count := 0
		for _, part := range parts {
			_, more := part.Weights(b.training)
			count += more
		}
		weights := l.pictureWeights(b, s.in[0])
		trained, fixed = append(trained, weights[:count]...), append(fixed, weights[count:]...)
	}
	inputs := trained
	if config.Input {
		inputs = append([]*graph.Node{x}, trained...)
	} else {
		fixed = append([]*graph.Node{x}, fixed...)
	}
	newWork := func() hostWork { return &pictureWork{chain: pictures.New(config)} }
	y = b.callHost(newWork, append([]int{n}, chain[steps-1].out...), inputs, fixed...)
	b.moveAverages(chain)
	return b.activate(y, left), steps
}

// moveAverages moves the averages of the chain's normalisations towards the mean
// and variance of the batch, which the work of the last call computes.
func (b *Builder) moveAverages(chain []step) {
	if !b.training {
		return
	}
	call := b.program.calls.list[b.program.calls.traced-1]
	moments := 0
	next := func(features int) *graph.Node {
		moments++
		return call.beside(b.program, moments-1, features)
	}
	for _, s := range chain {
		if l, ok := s.layer.(*BatchNormalizationLayer); ok {
			b.layer = s.name
			features := s.out[len(s.out)-1]
			l.averages(b, features).update(b, next(features), next(features))
		}
	}
	work := call.work.(*pictureWork)
	work.moments = work.moments[:0]
	for _, f := range call.besides {
		work.moments = append(work.moments, f.numbers())
	}
}

// pictureWork is a chain as hostWork: its inputs are the trained weights, after
// x if the gradient by it is asked for, and then the others, after x if not.
type pictureWork struct {
	chain   *pictures.Chain
	moments [][]float32 // means and variances of the batch, for its normalisations
	seed    uint64
}

// reseed sets what drops out.
func (w *pictureWork) reseed(seed uint64) { w.seed = seed }

func (w *pictureWork) forward(out []float32, in [][]float32) {
	x, weights := w.split(in)
	w.chain.Forward(out, x, weights, w.moments, w.seed)
}

// split finds x, and the weights in the order of the layers.
func (w *pictureWork) split(in [][]float32) (x []float32, weights [][]float32) {
	total := 0
	for _, l := range w.chain.Layers {
		_, trained := l.Weights(w.chain.Train)
		total += trained
	}
	rest := hostInputs(in)
	x = rest.nextIf(w.chain.Input)
	trained := hostInputs(rest.take(total))
	if !w.chain.Input {
		x = rest.next()
	}
	for _, l := range w.chain.Layers {
		all, count := l.Weights(w.chain.Train)
		weights = append(append(weights, trained.take(count)...), rest.take(all-count)...)
	}
	return x, weights
}

func (w *pictureWork) backward(grads, _ [][]float32, dout []float32) {
	if w.chain.Input {
		w.chain.Backward(grads[0], grads[1:], dout)
		return
	}
	w.chain.Backward(nil, grads, dout)
}

// picture implements pictureLayer.
func (c *Conv2DLayer) picture(in tensor.Shape) []pictures.Layer {
	after, ok := activationPart(c.Activation)
	if !ok || c.Groups != 1 || c.Dilation != (HW{1, 1}) {
		return nil
	}
	h, w := c.windows(in)
	return append([]pictures.Layer{{
		Kind: pictures.Conv, Window: c.Kernel, Stride: c.Strides, Pad: [2]int{h.pad, w.pad}, Out: [2]int{h.out, w.out},
		Filters: c.Filters, Bias: !c.NoBias,
	}}, after...)
}

// pictureWeights implements pictureLayer.
func (c *Conv2DLayer) pictureWeights(b *Builder, in tensor.Shape) []*graph.Node {
	kernel := c.kernel(b, "kernel", kernelShape(c.Kernel, in[2], c.Filters))
	return append([]*graph.Node{kernel}, present(c.bias(b, c.Filters))...)
}

// picture implements pictureLayer.
func (c *DepthwiseConv2DLayer) picture(in tensor.Shape) []pictures.Layer {
	after, ok := activationPart(c.Activation)
	if !ok || c.Multiplier != 1 {
		return nil
	}
	return depthwisePart(&c.sliding, in, !c.NoBias, after)
}

// depthwisePart is the part of a chain that a depthwise convolution is, and what
// comes behind it; it is empty for strides and dilations that chains don't know.
func depthwisePart(c *sliding, in tensor.Shape, bias bool, after []pictures.Layer) []pictures.Layer {
	if c.Strides != (HW{1, 1}) || c.Dilation != (HW{1, 1}) {
		return nil
	}
	h, w := c.windows(in)
	return append([]pictures.Layer{{
		Kind: pictures.Depthwise, Window: c.Kernel, Pad: [2]int{h.pad, w.pad}, Out: [2]int{h.out, w.out}, Bias: bias,
	}}, after...)
}

// pictureWeights implements pictureLayer.
func (c *DepthwiseConv2DLayer) pictureWeights(b *Builder, in tensor.Shape) []*graph.Node {
	kernel := c.kernel(b, "kernel", kernelShape(c.Kernel, in[2], c.Multiplier))
	return append([]*graph.Node{kernel}, present(c.bias(b, in[2]))...)
}

// picture implements pictureLayer: the mixing of channels is a convolution too.
func (c *SeparableConv2DLayer) picture(in tensor.Shape) []pictures.Layer {
	after, ok := activationPart(c.Activation)
	if !ok || c.Multiplier != 1 {
		return nil
	}
	h, w := c.windows(in)
	mix := pictures.Layer{Kind: pictures.Conv, Window: [2]int{1, 1}, Out: [2]int{h.out, w.out}, Filters: c.Filters, Bias: !c.NoBias}
	return depthwisePart(&c.sliding, in, false, append([]pictures.Layer{mix}, after...))
}

// pictureWeights implements pictureLayer.
func (c *SeparableConv2DLayer) pictureWeights(b *Builder, in tensor.Shape) []*graph.Node {
	each := c.kernel(b, "depthwise_kernel", kernelShape(c.Kernel, in[2], c.Multiplier))
	mix := c.kernel(b, "pointwise_kernel", kernelShape(HW{1, 1}, in[2], c.Filters))
	return append([]*graph.Node{each, mix}, present(c.bias(b, c.Filters))...)
}

// picture implements pictureLayer.
func (l *BatchNormalizationLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.Norm, Scale: !l.NoScale, Center: !l.NoCenter, Epsilon: float32(l.Epsilon)}}
}

// pictureWeights implements pictureLayer.
func (l *BatchNormalizationLayer) pictureWeights(b *Builder, in tensor.Shape) []*graph.Node {
	features := in[len(in)-1:]
	gamma, beta := l.weights(b, features)
	weights := append(present(gamma), present(beta)...)
	s := l.averages(b, features[0])
	if b.training {
		return weights
	}
	return append(weights, s.mean, s.variance)
}

// picture implements pictureLayer.
func (p *MaxPool2DLayer) picture(in tensor.Shape) []pictures.Layer {
	return p.picturePart(pictures.MaxPool, in)
}

// picture implements pictureLayer.
func (p *AvgPool2DLayer) picture(in tensor.Shape) []pictures.Layer {
	return p.picturePart(pictures.AvgPool, in)
}

func (p *pool2D) picturePart(kind pictures.Kind, in tensor.Shape) []pictures.Layer {
	h, w := p.windows(in)
	if p.Strides != p.Pool || !h.inside() || !w.inside() {
		return nil
	}
	return []pictures.Layer{{Kind: kind, Window: p.Pool}}
}

// pictureWeights implements pictureLayer.
func (p *pool2D) pictureWeights(*Builder, tensor.Shape) []*graph.Node { return nil }

// picture implements pictureLayer.
func (d *DropoutLayer) picture(tensor.Shape) []pictures.Layer {
	return []pictures.Layer{{Kind: pictures.Dropout, Rate: float32(d.Rate)}}
}

// pictureWeights implements pictureLayer.
func (d *DropoutLayer) pictureWeights(*Builder, tensor.Shape) []*graph.Node { return nil }
