//go:build goexperiment.simd

package pictures

// step is a layer with what is done along with it.
type step struct {
	Layer
	in     []int // the values that it takes: 0 is the input, and i + 1 what step i makes
	relu   bool
	folded *Layer // a normalisation that is part of the convolution, outside training
	bend   *Layer // an activation that is applied to the result where it lies
}

// bends reports whether an activation may be applied to the step's result where it
// lies: the step must not read that in Backward.
func (s *step) bends(a Layer) bool {
	writes := s.Convolves() || s.Kind == Norm || s.Kind == Add
	return writes && !s.relu && s.bend == nil && !a.Function.wantsInput()
}

// joined puts together the layers that go together.
func (c Config) joined() []step {
	var out []step
	uses := c.uses()
	made := make([]int, len(c.Layers)+1) // the step's value for each layer's
	for i, l := range c.Layers {
		from := l.from(i)
		in := make([]int, len(from))
		for k, v := range from {
			in[k] = made[v]
		}
		var before *step // if this layer alone takes what it makes
		if in[0] > 0 && uses[c.origin(from[0])] == 1 {
			before = &out[in[0]-1]
		}
		made[i+1] = in[0]
		switch {
		case c.passes(l):
		case l.Kind == Norm && !c.Train && before != nil && before.Kind == Conv && !before.relu && before.bend == nil && before.folded == nil:
			before.folded = &c.Layers[i]
		case l.Kind == ReLU && before != nil && (before.Kind == Conv || before.Kind == Norm || before.Kind == Add) && before.bend == nil:
			before.relu = true
		case l.Kind == Activation && before != nil && before.bends(l):
			before.bend = &c.Layers[i]
		default:
			out = append(out, step{Layer: l, in: in})
			made[i+1] = len(out)
		}
	}
	return out
}

// passes reports whether the layer does nothing.
func (c Config) passes(l Layer) bool { return l.Kind == Dropout && (!c.Train || l.Rate == 0) }

// origin is the value that one is which layers that do nothing have passed on.
func (c Config) origin(value int) int {
	for value > 0 && c.passes(c.Layers[value-1]) {
		value = c.Layers[value-1].from(value - 1)[0]
	}
	return value
}

// uses counts how often each value is taken by a layer that does something.
func (c Config) uses() []int {
	n := make([]int, len(c.Layers)+1)
	for i, l := range c.Layers {
		if c.passes(l) {
			continue
		}
		for _, v := range l.from(i) {
			n[c.origin(v)]++
		}
	}
	return n
}

// weights counts those of the step as Layer.Weights does.
func (s step) weights(train bool) (all, trained int) {
	all, trained = s.Layer.Weights(train)
	if s.folded != nil {
		more, _ := s.folded.Weights(train)
		all += more
	}
	return all, trained
}

// out is the height, width and channels of the layer's output.
func (l Layer) out(in [3]int) [3]int {
	switch l.Kind {
	case Conv:
		return [3]int{l.Out[0], l.Out[1], up8(l.Filters)}
	case Depthwise:
		return [3]int{l.Out[0], l.Out[1], in[2]}
	case MaxPool, AvgPool:
		return [3]int{in[0] / l.Window[0], in[1] / l.Window[1], in[2]}
	case GlobalMaxPool, GlobalAvgPool:
		return [3]int{1, 1, in[2]}
	}
	return in
}
