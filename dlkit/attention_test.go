package dlkit

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

func init() {
	layerMakers["Dot"] = func(_ *testing.T, c refLayer) any {
		at := c.pair("axes")
		return &DotLayer{Axes: [2]int{at[0] - 1, at[1] - 1}, Normalize: c.bool("normalize")}
	}
}

func TestAttentionLayersAreDescribedAndSaved(t *testing.T) {
	for want, l := range map[string]any{
		"MultiHeadAttention 2 × 32":                                                  MultiHeadAttention(2, 32),
		"MultiHeadAttention 4 × 8, values 6, output 5, causal, dropout 0.1":          MultiHeadAttention(4, 8, ValueSize(6), OutputSize(5), Causal, DropoutRate(0.1), L2(0.1), NoBias),
		"PositionEmbedding 200":                                                      PositionEmbedding(200, EmbeddingInit(RandomNormal{StdDev: 0.02})),
		"TokenAndPositionEmbedding 200, 10000 × 32, masked":                          TokenAndPositionEmbedding(200, 10000, 32, MaskZero, Name("words")),
		"SinePositionEncoding":                                                       SinePositionEncoding(),
		"TransformerEncoder 2 × 32, 64 units":                                        TransformerEncoder(2, 32, 64),
		"TransformerEncoder 2 × 32, 64 units, gelu, norm first, causal, dropout 0.1": TransformerEncoder(2, 32, 64, GELU, NormFirst, Causal, DropoutRate(0.1), Epsilon(1e-5)),
		"Dot -1 0, normalized":                                                       &DotLayer{Axes: [2]int{-1, 0}, Normalize: true},
	} {
		if got := describe(l); got != want {
			t.Errorf("described as %q, want %q", got, want)
		}
		saved, err := encodeTagged(l)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := newKinds(nil).decodeTagged(saved)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(loaded, l) {
			t.Errorf("%s: loaded %+v, saved %+v", want, loaded, l)
		}
	}
}

// TestScoresAddUpToOne reads the scores of a model over padded words.
func TestScoresAddUpToOne(t *testing.T) {
	words := tensor.Must(tensor.New([]int32{3, 1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0}, 3, 4))
	for name, causal := range map[string]bool{"all": false, "causal": true} {
		var options []TransformerEncoderOption
		if causal {
			options = append(options, Causal)
		}
		m := Sequential(tensor.Shape{4}, TokenAndPositionEmbedding(4, 5, 6, MaskZero), TransformerEncoder(2, 3, 4, append(options, Name("block"))...),
			GlobalAvgPool1D(), Dense(2, Softmax))
		scores, err := m.AttentionScores(context.Background(), "block", words)
		if err != nil {
			t.Fatal(err)
		}
		if want := (tensor.Shape{3, 2, 4, 4}); !scores.Shape().Equal(want) {
			t.Fatalf("scores have shape %v, want %v", scores.Shape(), want)
		}
		counts := tensor.Values[int32](words)
		v := tensor.Values[float64](scores)
		for n := range 3 {
			for head := range 2 {
				for from := range 4 {
					sum := 0.0
					for to := range 4 {
						p := v[((n*2+head)*4+from)*4+to]
						sum += p
						if (counts[n*4+to] == 0 || counts[n*4+from] == 0 || causal && to > from) && p != 0 {
							t.Errorf("%s: example %d looks from %d at %d, which a mask leaves out: %v", name, n, from, to, p)
						}
					}
					want := 1.0
					if counts[n*4+from] == 0 {
						want = 0
					}
					if math.Abs(sum-want) > 1e-5 {
						t.Errorf("%s: example %d, head %d, step %d: scores add up to %v, want %v", name, n, head, from, sum, want)
					}
				}
			}
		}
		out := tensor.Values[float64](tensor.Must(m.Predict(context.Background(), words)))
		for _, p := range out {
			if math.IsNaN(p) {
				t.Errorf("%s: predictions are %v", name, out)
				break
			}
		}
	}
}

// TestWhatIsMaskedDoesNotCount changes padded steps and finds the same output
// at the others, with masks of every kind.
func TestWhatIsMaskedDoesNotCount(t *testing.T) {
	for name, options := range map[string][]MultiHeadAttentionOption{"all": nil, "causal": {Causal}} {
		m := Sequential(tensor.Shape{4, 2}, Masking(0), MultiHeadAttention(2, 3, options...))
		a := tensor.Must(tensor.New([]float32{1, 2, 0, 0, 3, 4, 0, 0}, 1, 4, 2))
		short := tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2))
		long, err := m.Predict(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		alone := Sequential(tensor.Shape{2, 2}, MultiHeadAttention(2, 3, append(options, Name("multi_head_attention_1"))...))
		weights, err := m.Weights()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range weights {
			if err := alone.SetWeight(w.Name, w.Value); err != nil {
				t.Fatal(err)
			}
		}
		want, err := alone.Predict(context.Background(), short)
		if err != nil {
			t.Fatal(err)
		}
		got := tensor.Values[float64](long)
		wantClose(t, name, append(got[0:2:2], got[4:6]...), tensor.Values[float64](want), 1e-5)
	}
}

// TestMaskedMemoryIsNotLookedAt masks the sequence that another one looks at.
func TestMaskedMemoryIsNotLookedAt(t *testing.T) {
	query, memory := Input(tensor.Shape{2, 3}), Input(tensor.Shape{4, 3})
	look := MultiHeadAttention(1, 2, Name("look"))
	m := Functional([]*Value{query, memory}, ApplyMerge(look, query, Apply(Masking(0), memory)))
	q := tensor.Must(tensor.Ones(tensor.Float32, 1, 2, 3))
	x := tensor.Must(tensor.New([]float32{0, 0, 0, 1, 2, 3, 0, 0, 0, 3, 2, 1}, 1, 4, 3))
	scores, err := m.AttentionScores(context.Background(), "look", q, x)
	if err != nil {
		t.Fatal(err)
	}
	v := tensor.Values[float64](scores)
	for i, p := range v {
		if masked := i%4 == 0 || i%4 == 2; masked != (p == 0) {
			t.Errorf("scores are %v; steps 0 and 2 are padding", v)
			break
		}
	}
}

// TestMaskedLayersAgreeWithFiniteDifferences compares gradients where some
// steps, and all steps of one example, are left out.
func TestMaskedLayersAgreeWithFiniteDifferences(t *testing.T) {
	rng := tensor.NewRandom(3)
	for name, l := range map[string]Layer{
		"keys":    MultiHeadAttention(2, 2),
		"causal":  MultiHeadAttention(2, 2, Causal),
		"block":   TransformerEncoder(2, 2, 3, Tanh),
		"pre":     TransformerEncoder(2, 2, 3, Tanh, NormFirst, Causal),
		"dropout": MultiHeadAttention(2, 2, DropoutRate(0.5)),
		"norm":    BatchNormalization(),
		"sines":   SinePositionEncoding(),
	} {
		x := tensor.Must(rng.Normal(0, 1, 3, 4, 3))
		c := refLayer{
			Inputs: []refTensor{{Shape: x.Shape()}}, Training: true,
			Mask:     &refTensor{Shape: []int{3, 4}, DType: "bool", Data: []refNumber{0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0}},
			Upstream: []refTensor{{Shape: x.Shape()}},
		}
		if name == "dropout" {
			c.Mask = nil
		}
		for _, v := range tensor.Values[float64](x) {
			c.Inputs[0].Data = append(c.Inputs[0].Data, refNumber(v))
			c.Upstream[0].Data = append(c.Upstream[0].Data, refNumber(math.Sin(3*v)))
		}
		c.Weights = drawnWeights(t, l, x)
		t.Run(name, func(t *testing.T) { c.checkFiniteDifferences(t, l) })
		t.Run(name+", example by example", func(t *testing.T) {
			was := maxPairs
			maxPairs = 1
			defer func() { maxPairs = was }()
			c.checkFiniteDifferences(t, l)
		})
	}
}

// drawnWeights are random values for all of a layer's weights.
func drawnWeights(t *testing.T, l Layer, x *tensor.Tensor) []refTensor {
	t.Helper()
	d := testDevices(t)[0]
	vars := newVariables(dtypes.Float64, 1)
	if err := guard(func() {
		g := graph.NewGraph(d.Backend, "weights")
		defer g.Finalize()
		b := newBuilder(g, vars, false)
		b.layer = "layer"
		l.Apply(b, graph.Parameter(g, "x", graphShape(tensor.Float64, x.Shape())))
	}); err != nil {
		t.Fatal(err)
	}
	rng := tensor.NewRandom(4)
	var out []refTensor
	for _, v := range vars.list {
		w := refTensor{Name: v.name, Shape: v.shape}
		for _, f := range tensor.Values[float64](tensor.Must(rng.Normal(0.2, 0.7, v.shape...))) {
			w.Data = append(w.Data, refNumber(f))
		}
		out = append(out, w)
	}
	return out
}

func TestSinePositions(t *testing.T) {
	got := sinePositions(3, 4)
	want := []float64{0, 1, 0, 1, math.Sin(1), math.Cos(1), math.Sin(0.01), math.Cos(0.01), math.Sin(2), math.Cos(2), math.Sin(0.02), math.Cos(0.02)}
	wantClose(t, "encodings", got, want, 1e-12)
}

func TestTransformerFLOPs(t *testing.T) {
	m := Sequential(tensor.Shape{10, 8}, MultiHeadAttention(2, 4), TransformerEncoder(2, 4, 16))
	layers, err := m.Layers()
	if err != nil {
		t.Fatal(err)
	}
	attention := int64(2 * (4*10*8*8 + 10*10*(8+8)))
	if layers[0].FLOPs != attention {
		t.Errorf("attention takes %d FLOPs, want %d", layers[0].FLOPs, attention)
	}
	if want := attention + 2*2*10*8*16 + 2*7*80; layers[1].FLOPs != want {
		t.Errorf("the block takes %d FLOPs, want %d", layers[1].FLOPs, want)
	}
}

func TestAttentionMisuse(t *testing.T) {
	steps := tensor.Shape{5, 6}
	merged := func(l Merge, in ...tensor.Shape) error {
		var values []*Value
		for _, s := range in {
			values = append(values, Input(s))
		}
		return Functional(values, ApplyMerge(l, values...)).Err()
	}
	scores := func(layer string, m *Model) error {
		_, err := m.AttentionScores(context.Background(), layer, floats(1, 5, 6))
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"no heads":            {Sequential(steps, MultiHeadAttention(0, 4)).Err(), []string{"multi_head_attention_1", "heads is 0"}},
		"no key size":         {Sequential(steps, MultiHeadAttention(2, 0)).Err(), []string{"key size is 0"}},
		"negative value size": {Sequential(steps, MultiHeadAttention(2, 4, ValueSize(-1))).Err(), []string{"value size is -1"}},
		"dropout of all":      {Sequential(steps, MultiHeadAttention(2, 4, DropoutRate(1))).Err(), []string{"rate is 1", "below 1"}},
		"attention to a row":  {Sequential(tensor.Shape{6}, MultiHeadAttention(2, 4)).Err(), []string{"(6,)", "(steps, features)"}},
		"four sequences":      {merged(MultiHeadAttention(2, 4), steps, steps, steps, steps), []string{"4 inputs", "query"}},
		"keys without values": {merged(MultiHeadAttention(2, 4), steps, tensor.Shape{3, 6}, tensor.Shape{4, 6}), []string{"(3, 6)", "(4, 6)", "different numbers of steps"}},
		"short table":         {Sequential(steps, PositionEmbedding(4)).Err(), []string{"5 steps", "4 positions", "make it 5"}},
		"no table":            {Sequential(steps, PositionEmbedding(0)).Err(), []string{"0 positions"}},
		"pictures of words":   {Sequential(steps, TokenAndPositionEmbedding(5, 9, 2)).Err(), []string{"(5, 6)", "(steps)"}},
		"no words":            {Sequential(tensor.Shape{5}, TokenAndPositionEmbedding(5, 0, 2)).Err(), []string{"words is 0"}},
		"long text":           {Sequential(tensor.Shape{5}, TokenAndPositionEmbedding(3, 9, 2)).Err(), []string{"5 steps", "3 positions"}},
		"unknown word": {fitError(Sequential(tensor.Shape{2}, TokenAndPositionEmbedding(2, 3, 2), Flatten(), Dense(1)), ints([]int32{0, 3}, 1, 2), floats(1, 1)),
			[]string{"word 3", "0 to 2"}},
		"no units":            {Sequential(steps, TransformerEncoder(2, 4, 0)).Err(), []string{"transformer_encoder_1", "units is 0"}},
		"block of no heads":   {Sequential(steps, TransformerEncoder(0, 4, 8)).Err(), []string{"heads is 0"}},
		"block of epsilon -1": {Sequential(steps, TransformerEncoder(2, 4, 8, Epsilon(-1))).Err(), []string{"epsilon is -1"}},
		"sines of a row":      {Sequential(tensor.Shape{6}, SinePositionEncoding()).Err(), []string{"(steps, features)"}},
		"dot of three":        {merged(&DotLayer{}, steps, steps, steps), []string{"two values", "3"}},
		"dot of other sizes":  {merged(&DotLayer{Axes: [2]int{-1, 0}}, steps, steps), []string{"6 and 5", "equal"}},
		"dot along no axis":   {merged(&DotLayer{Axes: [2]int{2, 0}}, steps, steps), []string{"axis 2"}},
		"scores of nothing":   {scores("x", Sequential(steps, Flatten())), []string{`no layer "x"`, "flatten_1"}},
		"scores of a Dense":   {scores("dense_1", Sequential(steps, Dense(2), MultiHeadAttention(1, 1))), []string{"dense_1", "multi_head_attention_1"}},
		"no attention at all": {scores("dense_1", Sequential(steps, Dense(2))), []string{"none anywhere", "TransformerEncoder"}},
		"scores of a row":     {scores("multi_head_attention_1", Sequential(tensor.Shape{4, 6}, MultiHeadAttention(1, 1))), []string{"(4, 6)", "(1, 5, 6)"}},
	} {
		if c.err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(c.err.Error(), w) {
				t.Errorf("%s: error %q lacks %q", name, c.err, w)
			}
		}
	}
}
