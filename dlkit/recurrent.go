package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RecurrentSettings are what SimpleRNN, LSTM and GRU have in common.
type RecurrentSettings struct {
	named
	kernelOptions
	// Units is the number of outputs, and of values handed from step to step.
	Units int
	// Activation bends the state; Tanh unless another was given.
	Activation Activation
	// ReturnSequences gives the output of every step, not of the last alone.
	ReturnSequences bool
	// GoBackwards reads the sequence from its end.
	GoBackwards bool
	// InputDropout and RecurrentDropout are the shares of the inputs and of
	// the state to drop while training.
	InputDropout, RecurrentDropout float64
	// RecurrentInit makes the recurrent kernel; nil is Orthogonal.
	RecurrentInit Initializer
}

// RecurrentOption is an option of SimpleRNN, LSTM and GRU: ReturnSequences,
// GoBackwards, InputDropout, RecurrentDropout, RecurrentInit.
type RecurrentOption func(*RecurrentSettings)

// ReturnSequences makes a recurrent layer give its output at every step,
// (steps, units), for another recurrent layer behind it; otherwise the last
// one, (units,), is the result.
var ReturnSequences RecurrentOption = func(s *RecurrentSettings) { s.ReturnSequences = true }

// GoBackwards makes a recurrent layer read the sequence from its end. With
// ReturnSequences the outputs are in that order too, and so is their mask
// (Keras hands the mask on as it came, which then fits other steps).
var GoBackwards RecurrentOption = func(s *RecurrentSettings) { s.GoBackwards = true }

// InputDropout sets a share of a recurrent layer's inputs to zero while
// training, the same features at every step. Rate in [0, 1).
func InputDropout(rate float64) RecurrentOption {
	return func(s *RecurrentSettings) { s.InputDropout = rate }
}

// RecurrentDropout sets a share of the state that a step gets from the one
// before to zero while training, the same units at every step. Rate in [0, 1).
// Gal & Ghahramani, 2016.
func RecurrentDropout(rate float64) RecurrentOption {
	return func(s *RecurrentSettings) { s.RecurrentDropout = rate }
}

// RecurrentInit chooses how the recurrent kernel is made.
func RecurrentInit(init Initializer) RecurrentOption {
	return func(s *RecurrentSettings) { s.RecurrentInit = init }
}

// RecurrentActivationOption is made by RecurrentActivation.
type RecurrentActivationOption struct{ act Activation }

// RecurrentActivation is the activation of the gates of LSTM and GRU, Sigmoid
// if not given. The option Activation itself bends the state.
func RecurrentActivation(act Activation) RecurrentActivationOption {
	return RecurrentActivationOption{act}
}

// Recurrent is a layer that Bidirectional runs in both directions: SimpleRNN,
// LSTM or GRU.
type Recurrent interface {
	Layer
	settings() *RecurrentSettings
	// cell asks for the layer's weights and makes its step, for x (steps, n, in).
	cell(b *Builder, x *graph.Node) recurrentCell
	// loopCell is cell for a loop. It is nil, and asks for nothing, with
	// activations that cannot be in one.
	loopCell(b *Builder, x *graph.Node) loopCell
	// sequence asks for the layer's weights, for whole sequences outside the
	// graph, and reports false, without asking, where the settings are not those
	// that can be done there.
	sequence(b *Builder, in int) (cell sequence.Cell, weights []*graph.Node, ok bool)
	// clone is a copy with the same settings.
	clone() Recurrent
}

func (s *RecurrentSettings) settings() *RecurrentSettings { return s }

// describe is "64, sequences, backwards" and what else is not as usual.
func (s *RecurrentSettings) describe(kind string) string {
	out := fmt.Sprintf("%s %d", kind, s.Units)
	if s.Activation != Tanh {
		out += ", " + s.Activation.String()
	}
	if s.ReturnSequences {
		out += ", sequences"
	}
	if s.GoBackwards {
		out += ", backwards"
	}
	return out
}

// outShape checks the settings and the input.
func (s *RecurrentSettings) outShape(kind string, in tensor.Shape) (tensor.Shape, error) {
	if s.Units < 1 {
		return nil, fmt.Errorf("units is %d; %s needs at least 1", s.Units, kind)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	for _, r := range []struct {
		name string
		rate float64
	}{{"InputDropout", s.InputDropout}, {"RecurrentDropout", s.RecurrentDropout}} {
		if !(r.rate >= 0 && r.rate < 1) {
			return nil, fmt.Errorf("%s is %v; it is the share to drop and must be at least 0 and below 1", r.name, r.rate)
		}
	}
	if err := wantSteps(in); err != nil {
		return nil, err
	}
	if s.ReturnSequences {
		return tensor.Shape{in[0], s.Units}, nil
	}
	return tensor.Shape{s.Units}, nil
}

// wantSteps returns an error if in is no (steps, features).
func wantSteps(in tensor.Shape) error {
	if len(in) == 1 {
		return fmt.Errorf("input %v is not (steps, features); where a recurrent layer is behind another, give the first the option ReturnSequences; words want an Embedding in front; one value a step wants Reshape(%d, 1)", in, in[0])
	}
	if len(in) > 2 {
		return fmt.Errorf("input %v is not (steps, features); Reshape(%d, -1) makes it so", in, in[0])
	}
	return wantSequence(in)
}

// weights asks for the layer's weights; columns is the width of the kernels.
// The bias, of the given shape, is nil with NoBias.
func (s *RecurrentSettings) weights(b *Builder, in, columns int, biasShape tensor.Shape, biasInit Initializer) (kernel, recurrent, bias *graph.Node) {
	kernel = s.kernel(b, "kernel", tensor.Shape{in, columns})
	init := s.RecurrentInit
	if init == nil {
		init = Orthogonal{}
	}
	recurrent = b.Weight("recurrent_kernel", tensor.Shape{s.Units, columns}, init)
	return kernel, recurrent, s.biasOf(b, biasShape, biasInit)
}

// stepFlops are the floating-point operations of all steps' matrix products, of
// so many gates.
func (s *RecurrentSettings) stepFlops(in tensor.Shape, gates int) int64 {
	return 2 * int64(in[0]) * int64(in[1]+s.Units) * int64(gates*s.Units)
}

// dropped is what RecurrentDropout multiplies the state with, nil for nothing.
func (s *RecurrentSettings) dropped(b *Builder, n int) *graph.Node {
	if !b.Training() || s.RecurrentDropout == 0 {
		return nil
	}
	noise := b.Uniform(n, s.Units)
	return dropped(b, graph.OnesLike(noise), noise, s.RecurrentDropout)
}

// applyRecurrent is Apply of SimpleRNN, LSTM and GRU.
func applyRecurrent(l Recurrent, b *Builder, x *graph.Node) *graph.Node {
	s := l.settings()
	y := overTime(l, b, x)
	if !s.ReturnSequences || !s.GoBackwards {
		return y
	}
	y = graph.Reverse(y, 1)
	if mask := b.Mask(x); mask != nil {
		b.SetMask(y, reversedMask(mask, b))
	}
	return y
}

// reversedMask turns a mask (n, steps) round, in numbers: booleans cannot be
// turned everywhere.
func reversedMask(mask *graph.Node, b *Builder) *graph.Node {
	m := graph.Reverse(graph.ConvertDType(mask, b.DType()), 1)
	return graph.GreaterThan(m, graph.ZerosLike(m))
}

// overTime runs a layer over x (n, steps, in). The result is (n, units), or
// (n, steps, units) in order of time with ReturnSequences.
func overTime(l Recurrent, b *Builder, x *graph.Node) *graph.Node {
	s := l.settings()
	if b.Training() && s.InputDropout > 0 {
		n, in := dims(x)[0], dims(x)[2]
		x = b.keepMask(x, dropped(b, x, graph.Reshape(b.Uniform(1, n, in), n, 1, in), s.InputDropout))
	}
	if y := wholeSequence(l, b, x); y != nil {
		return y
	}
	if y := inLoop(l, b, x); y != nil {
		return y
	}
	xt := stepsFirst(x)
	run := unrolled{cell: l.cell(b, xt), backwards: s.GoBackwards, all: s.ReturnSequences}
	if keep := b.countedSteps(x); keep != nil {
		run.keep = graph.Reshape(graph.Transpose(graph.Reshape(keep, dims(x)[0], -1), 0, 1), dims(x)[1], dims(x)[0], 1)
		run.hold = graph.OneMinus(run.keep)
	}
	y := run.apply(xt)
	if s.ReturnSequences {
		y = stepsFirst(y)
	}
	return y
}

// countedSteps is the mask of x (n, steps, …) in numbers, (n, steps, 1): 1 for a
// step that counts and 0 for others; nil if all count.
func (b *Builder) countedSteps(x *graph.Node) *graph.Node {
	mask := b.Mask(x)
	if mask == nil {
		return nil
	}
	counts := graph.StopGradient(graph.ConvertDType(mask, b.DType()))
	return graph.Reshape(counts, dims(x)[0], dims(x)[1], 1)
}

// stepsFirst turns (n, steps, …) into (steps, n, …) and back.
func stepsFirst(x *graph.Node) *graph.Node { return graph.TransposeAllAxes(x, 1, 0, 2) }
