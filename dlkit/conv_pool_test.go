package dlkit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// inARow applies layers one after another. Only where alone is set do they know
// that nobody else uses their inputs, as they do in a model.
type inARow struct {
	layers []Layer
	alone  bool
}

func (r inARow) OutShape(in tensor.Shape) (tensor.Shape, error) {
	for _, l := range r.layers {
		var err error
		if in, err = l.OutShape(in); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (r inARow) Apply(b *Builder, x *graph.Node) *graph.Node {
	for i, l := range r.layers {
		b.layer = fmt.Sprintf("layer%d", i)
		if r.alone {
			b.sole = x
		}
		x = l.Apply(b, x)
	}
	return x
}

func randomTensor(rng *rand.Rand, shape ...int) *tensor.Tensor {
	values := make([]float64, tensor.Shape(shape).Size())
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return tensor.Must(tensor.New(values, shape...))
}

// runRow gives the output of layers and the gradients by their input and
// weights, in float64.
func runRow(t *testing.T, row inARow, in tensor.Shape) [][]float64 {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 7))
	out, err := row.OutShape(in)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 3
	r := layerRun{layer: row, dtype: dtypes.Float64,
		inputs:   []*tensor.Tensor{randomTensor(rng, append([]int{batch}, in...)...)},
		upstream: randomTensor(rng, append([]int{batch}, out...)...)}
	res, err := r.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	all := [][]float64{tensor.Values[float64](res.output), tensor.Values[float64](res.inputGrads[0])}
	for _, g := range res.weightGrads {
		all = append(all, tensor.Values[float64](g))
	}
	return all
}

// sameInARow checks that layers give the same, to rounding, whether or not they
// know that nobody else uses their inputs.
func sameInARow(t *testing.T, in tensor.Shape, layers ...Layer) {
	t.Run(fmt.Sprint(layers), func(t *testing.T) {
		alone, apart := runRow(t, inARow{layers, true}, in), runRow(t, inARow{layers, false}, in)
		for i := range alone {
			wantClose(t, fmt.Sprintf("value %d", i), alone[i], apart[i], 1e-12)
		}
	})
}

func TestPoolingBeforeTheActivationChangesNothing(t *testing.T) {
	networks := 0
	for _, act := range []Activation{Linear, ReLU, Tanh, LeakyReLU(0.2), ELU(1), Softplus, GELU, LeakyReLU(-1)} {
		for _, pool := range []*MaxPool2DLayer{MaxPool2D(2), MaxPool2D(3, Strides(2), Same), MaxPool2D(HW{1, 3}), MaxPool2D(2, Strides(1))} {
			for _, conv := range []func() []Layer{
				func() []Layer { return []Layer{Conv2D(4, 3, act, BiasInit(RandomNormal{StdDev: 1}))} },
				func() []Layer { return []Layer{Conv2D(4, 3, BiasInit(RandomNormal{StdDev: 1})), act} },
				func() []Layer { return []Layer{Conv2D(4, 2, act, Strides(2), NoBias)} },
				func() []Layer { return []Layer{Conv2D(4, 3, Same, Groups(2)), Dropout(0.5), act} },
			} {
				if networks++; !leftOut(t, networks) {
					sameInARow(t, tensor.Shape{11, 10, 2}, append(conv(), pool)...)
				}
			}
		}
	}
	for _, pool := range []Layer{MaxPool1D(2), MaxPool1D(3, Strides(2), Same), MaxPool1D(2, Strides(1))} {
		sameInARow(t, tensor.Shape{12, 2}, Conv1D(4, 3, ReLU, Causal, BiasInit(RandomNormal{StdDev: 1})), pool)
		sameInARow(t, tensor.Shape{12, 2}, Conv1D(4, 3, Strides(2)), Tanh, pool, Conv1D(3, 2, Same), pool)
	}
}

// Outside training, normalising the output is convolving with other numbers.
func TestNormalizationInsideTheKernelChangesNothing(t *testing.T) {
	rough := RandomNormal{StdDev: 1}
	norm := func(o ...BatchNormalizationOption) Layer {
		return BatchNormalization(append(o, GammaInit(rough), BetaInit(rough), Epsilon(0.1))...)
	}
	for _, last := range []Layer{ReLU, Linear, MaxPool2D(2)} {
		sameInARow(t, tensor.Shape{8, 9, 2}, Conv2D(4, 3, BiasInit(rough)), norm(), last)
		sameInARow(t, tensor.Shape{8, 9, 2}, Conv2D(4, 3, Same, Groups(2), NoBias), norm(NoScale), last)
		sameInARow(t, tensor.Shape{8, 9, 2}, DepthwiseConv2D(3, DepthMultiplier(2), BiasInit(rough)), norm(NoCenter), last)
		sameInARow(t, tensor.Shape{8, 9, 2}, SeparableConv2D(4, 3, Strides(2)), norm(), last)
		sameInARow(t, tensor.Shape{8, 9, 2}, Conv2D(4, 3, ReLU), norm(), last)
	}
	sameInARow(t, tensor.Shape{12, 2}, Conv1D(4, 3, BiasInit(rough)), norm(), Tanh, MaxPool1D(2))
}

// watching is the gradient of the pooled sum by what is pooled.
type watching struct{}

func (watching) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, nil }

func (watching) Apply(b *Builder, x *graph.Node) *graph.Node {
	y := b.watched(ReLU.Apply(b, b.fromInner(graph.AddScalar(b.inner(x), 1))))
	sum := graph.ReduceAllSum(MaxPool2D(2).Apply(b, y))
	return graph.Gradient(sum, y)[0]
}

// A layer's output must be watched for its gradient to be whole.
func TestGradientByAWatchedValue(t *testing.T) {
	r := layerRun{layer: watching{}, dtype: dtypes.Float64, inputs: []*tensor.Tensor{randomTensor(rand.New(rand.NewPCG(1, 1)), 2, 4, 4, 3)}}
	res, err := r.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	ones := 0.0
	for _, v := range tensor.Values[float64](res.output) {
		ones += v
	}
	if ones != 2*2*2*3 {
		t.Errorf("the gradient adds up to %v, want 1 for each of the 24 windows", ones)
	}
}

// checkGradients holds every gradient of a layer against central differences,
// on random input and with the weights that it starts with.
func checkGradients(t *testing.T, layer Layer, in tensor.Shape) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 5))
	out, err := layer.OutShape(in)
	if err != nil {
		t.Fatal(err)
	}
	x := randomTensor(rng, append([]int{2}, in...)...)
	r := layerRun{layer: layer, dtype: dtypes.Float64, inputs: []*tensor.Tensor{x}, upstream: randomTensor(rng, append([]int{2}, out...)...)}
	p, err := r.prepare(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	defer p.finalize()
	res := p.mustRun(t)
	p.weights = res.after
	value := func() (sum float64) {
		up := tensor.Values[float64](r.upstream)
		for i, v := range tensor.Values[float64](p.mustRun(t).output) {
			sum += v * up[i]
		}
		return sum
	}
	check := func(what string, values, grad []float64) {
		for range 6 {
			i := rng.IntN(len(values))
			const h = 1e-5
			old := values[i]
			values[i] = old + h
			up := value()
			values[i] = old - h
			down := value()
			values[i] = old
			if fd := (up - down) / (2 * h); math.Abs(fd-grad[i]) > 1e-6*(1+math.Abs(fd)) {
				t.Errorf("gradient by %s at %d is %v, finite differences give %v", what, i, grad[i], fd)
			}
		}
	}
	check("the input", tensor.Values[float64](x), tensor.Values[float64](res.inputGrads[0]))
	for i, g := range res.weightGrads {
		check(res.names[i], tensor.Values[float64](p.weights[i]), tensor.Values[float64](g))
	}
}

// modelAsLayer traces a model as a layer.
type modelAsLayer struct{ m *Model }

func (l modelAsLayer) OutShape(tensor.Shape) (tensor.Shape, error) {
	return l.m.OutputShape(), l.m.Err()
}

func (l modelAsLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return l.m.outputsOf(l.m.trace(b, []*graph.Node{x}))[0]
}

// Values are used in the inner and the outer layout, by one layer and by
// several: every use must count in the gradient.
func TestBranchesShareALayout(t *testing.T) {
	in := Input(tensor.Shape{4, 4, 2})
	a := in.Then(Conv2D(2, 3, Same, Tanh))
	m := Functional([]*Value{in}, Concatenate(
		a.Then(MaxPool2D(2), Flatten()),
		Add(a, in).Then(Softplus, Flatten()),
		Concatenate(a, a.Then(Conv2D(1, 1))).Then(GlobalAvgPool2D()),
		ConcatenateAxis(0, a, in).Then(AvgPool2D(2), Flatten()),
		a.Then(Dense(2), Conv2D(1, 4), Flatten()),
		a.Then(Softmax, Flatten()),
	))
	checkGradients(t, modelAsLayer{m}, tensor.Shape{4, 4, 2})
}

// Corners that the reference values leave out.
func TestConvolutionGradients(t *testing.T) {
	for _, l := range []Layer{
		Conv2D(2, 3, Strides(2), Dilation(2), Same),
		Conv2D(4, HW{2, 3}, Strides(HW{3, 1}), Dilation(HW{1, 2}), Groups(2), Softplus),
		Conv2D(2, 1, Strides(3)),
		DepthwiseConv2D(HW{1, 4}, Strides(2), Dilation(2), DepthMultiplier(3)),
		SeparableConv2D(3, 2, Strides(HW{2, 3}), Dilation(2), NoBias),
		Conv2DTranspose(2, 3, Strides(2), Dilation(2), Same, Tanh),
		Conv2DTranspose(3, HW{1, 5}, Strides(HW{3, 2}), OutputPadding(1)),
		MaxPool2D(5, Strides(2), Same),
		MaxPool2D(HW{3, 2}, Strides(HW{1, 4})),
		AvgPool2D(5, Strides(3), Same),
		UpSampling2D(HW{3, 2}, Bilinear),
		ZeroPadding2D(Edges{1, 0, 2, 3}),
		Cropping2D(HW{1, 2}),
	} {
		t.Run(fmt.Sprint(l), func(t *testing.T) { checkGradients(t, l, tensor.Shape{7, 8, 4}) })
	}
	for _, l := range []Layer{
		Conv2D(2, 3, Same), Conv2DTranspose(2, 2, Strides(3)), MaxPool2D(3, Same), AvgPool2D(2, Same),
		UpSampling2D(3, Bilinear), UpSampling2D(2), GlobalAvgPool2D(), GlobalMaxPool2D(),
	} {
		t.Run("one pixel, "+fmt.Sprint(l), func(t *testing.T) { checkGradients(t, l, tensor.Shape{1, 1, 2}) })
	}
	for _, n := range []int{2, 67, 65, 192} {
		t.Run(fmt.Sprint("repeat ", n), func(t *testing.T) { checkGradients(t, RepeatVector(n), tensor.Shape{2}) })
	}
}
