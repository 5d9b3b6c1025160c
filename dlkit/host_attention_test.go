package dlkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/attention"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// onHostAndInGraph runs a layer forwards and backwards outside the graph and in
// it, and compares.
func onHostAndInGraph(t *testing.T, r layerRun) {
	t.Helper()
	d, err := deviceFor("go")
	if err != nil {
		t.Fatal(err)
	}
	host, err := r.prepare(d)
	if err != nil {
		t.Fatal(err)
	}
	defer host.finalize()
	if host.program.calls == nil {
		t.Fatal("nothing was left to the host")
	}
	got := host.mustRun(t)
	if again := host.mustRun(t); !again.output.Equal(got.output) {
		t.Error("a second run differs")
	}
	withPlainOps(func() {
		want, err := r.run(d)
		if err != nil {
			t.Fatal(err)
		}
		same := func(what string, got, want *tensor.Tensor) {
			if !got.AllClose(want, 2e-3, 2e-4) {
				t.Errorf("%s: %v, in the graph %v", what, got, want)
			}
		}
		same("output", got.output, want.output)
		for i := range want.inputGrads {
			same(fmt.Sprint("gradient by input ", i), got.inputGrads[i], want.inputGrads[i])
		}
		for i := range want.weightGrads {
			same("gradient by "+want.names[i], got.weightGrads[i], want.weightGrads[i])
		}
	})
}

// drawnRun is a run of a layer on drawn sequences of the given shapes, with drawn
// weights and, if masked, with some steps of the first sequence that do not count,
// and an example of which none does.
func drawnRun(l any, out tensor.Shape, masked bool, shapes ...tensor.Shape) layerRun {
	rng := rand.New(rand.NewPCG(11, uint64(len(shapes))))
	draw := func(s tensor.Shape) *tensor.Tensor { return randomTensor(rng, s...).Convert(tensor.Float32) }
	r := layerRun{layer: l, dtype: dtypes.Float32, training: true, upstream: draw(out)}
	for _, s := range shapes {
		r.inputs = append(r.inputs, draw(s))
	}
	if masked {
		mask := make([]bool, shapes[0][0]*shapes[0][1])
		for i := range mask {
			mask[i] = i >= shapes[0][1] && i%3 != 0
		}
		r.mask = tensor.Must(tensor.New(mask, shapes[0][0], shapes[0][1]))
	}
	return r
}

func needsVectors(t *testing.T) {
	t.Helper()
	if !attention.Fast() || plainOps {
		t.Skip("nothing is left to the host")
	}
}

func TestAttentionOnTheHostIsThatOfTheGraph(t *testing.T) {
	needsVectors(t)
	for _, steps := range []int{1, 7, 200, 333} {
		for name, l := range map[string]*MultiHeadAttentionLayer{
			"plain":  MultiHeadAttention(2, 8),
			"sizes":  MultiHeadAttention(3, 5, ValueSize(7), OutputSize(4), NoBias),
			"causal": MultiHeadAttention(8, 2, Causal, L2(0.01)),
		} {
			for _, masked := range []bool{false, true} {
				t.Run(fmt.Sprint(name, steps, masked), func(t *testing.T) {
					out := tensor.Shape{2, steps, 6}
					if l.OutputSize > 0 {
						out[2] = l.OutputSize
					}
					onHostAndInGraph(t, drawnRun(l, out, masked, tensor.Shape{2, steps, 6}))
				})
			}
		}
	}
}

func TestAttentionToOtherSequencesOnTheHost(t *testing.T) {
	needsVectors(t)
	query, value, key := tensor.Shape{3, 9, 6}, tensor.Shape{3, 21, 4}, tensor.Shape{3, 21, 5}
	for _, masked := range []bool{false, true} {
		onHostAndInGraph(t, drawnRun(MultiHeadAttention(2, 8), query, masked, query, value))
		onHostAndInGraph(t, drawnRun(MultiHeadAttention(2, 8, Causal), query, masked, query, value, key))
	}
}

func TestEncoderOnTheHostIsThatOfTheGraph(t *testing.T) {
	needsVectors(t)
	for _, steps := range []int{1, 7, 40} {
		for name, l := range map[string]*TransformerEncoderLayer{
			"relu":       TransformerEncoder(2, 8, 16),
			"gelu first": TransformerEncoder(3, 5, 7, GELU, NormFirst, Epsilon(1e-3)),
			"causal":     TransformerEncoder(1, 6, 33, Linear, Causal),
			"tanh":       TransformerEncoder(2, 8, 16, Tanh), // whose attention alone is on the host
		} {
			for _, masked := range []bool{false, true} {
				t.Run(fmt.Sprint(name, steps, masked), func(t *testing.T) {
					shape := tensor.Shape{3, steps, 6}
					onHostAndInGraph(t, drawnRun(l, shape, masked, shape))
				})
			}
		}
	}
}

// fitted are the weights of a model of texts after training.
func fitted(t *testing.T, layer Layer, config CompileConfig) []Weight {
	t.Helper()
	m := Sequential(tensor.Shape{12}, TokenAndPositionEmbedding(12, 50, 8, MaskZero), layer, GlobalAvgPool1D(), Dense(10, Softmax))
	config.Backend = "go"
	if err := m.Compile(config); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), randomWords(40, 50, 12, true), FitConfig{BatchSize: 8, Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	if m.programs.list[0].calls == nil {
		t.Fatal("nothing was left to the host")
	}
	return tensor.Must(m.Weights())
}

// A seed decides what is dropped on the host, and nothing else does.
func TestDropoutOnTheHostHasASeed(t *testing.T) {
	needsVectors(t)
	for name, layer := range map[string]func() Layer{
		"attention": func() Layer { return MultiHeadAttention(2, 4, DropoutRate(0.3)) },
		"block":     func() Layer { return TransformerEncoder(2, 4, 8, DropoutRate(0.3)) },
	} {
		first, second := fitted(t, layer(), CompileConfig{}), fitted(t, layer(), CompileConfig{})
		for i := range first {
			if !first[i].Value.Equal(second[i].Value) {
				t.Errorf("%s: %s differs between two runs", name, first[i].Name)
			}
		}
	}
}

func TestTransformersLeaveTheGraph(t *testing.T) {
	needsVectors(t)
	byHand := func(blocks, units int) *Model {
		in := Input(tensor.Shape{100, 16})
		x := in
		for range blocks {
			x = Add(x, x.Then(MultiHeadAttention(2, 8))).Then(LayerNormalization())
			x = Add(x, x.Then(Dense(units, ReLU)).Then(Dense(16))).Then(LayerNormalization())
		}
		return Functional([]*Value{in}, x.Then(GlobalAvgPool1D()).Then(Dense(2, Softmax)))
	}
	deep := []Layer{TokenAndPositionEmbedding(50, 1000, 64)}
	for range 6 {
		deep = append(deep, TransformerEncoder(4, 16, 256, GELU, NormFirst))
	}
	for name, c := range map[string]struct {
		model *Model
		want  bool
	}{
		"of texts": {textTransformer(), true},
		"deep":     {Sequential(tensor.Shape{50}, append(deep, LayerNormalization(), GlobalAvgPool1D(), Dense(2, Softmax))...), true},
		"by hand":  {byHand(2, 16), true},
		// Every graph would compute the large layers of all blocks anew.
		"by hand, wide": {byHand(4, 1000), false},
	} {
		if _, err := c.model.Weights(); err != nil {
			t.Fatal(err)
		}
		if got := c.model.leavesGraph(8); got != c.want {
			t.Errorf("%s: training leaves the graph: %v, want %v", name, got, c.want)
		}
	}
}
