package dlkit

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestNormalizationLayersAreDescribedAndSaved(t *testing.T) {
	for want, l := range map[string]Layer{
		"BatchNormalization":                         BatchNormalization(),
		"BatchNormalization, momentum 0.9, no scale": BatchNormalization(Momentum(0.9), Epsilon(1e-5), NoScale),
		"BatchNormalization, no center":              BatchNormalization(NoCenter, GammaInit(Zeros), Name("norm")),
		"LayerNormalization":                         LayerNormalization(Epsilon(1e-6), BetaInit(Constant{2})),
		"LayerNormalization, axes 0 -1":              LayerNormalization(Axes(0, -1)),
		"RMSNormalization":                           RMSNormalization(Axes(-1)),
		"UnitNormalization, axes 1":                  UnitNormalization(Axes(1)),
		"GroupNormalization 4, no scale, no center":  GroupNormalization(4, NoScale, NoCenter),
		"GroupNormalization -1":                      GroupNormalization(-1),
		"Rescaling 0.00784314, offset -1":            Rescaling(1.0/127.5, Offset(-1)),
		"Normalization":                              NormalizationOf([]float64{1, 2}, []float64{3, 4}),
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

// values are a weight's current values.
func (m *Model) testValues(t *testing.T, name string) []float64 {
	t.Helper()
	weights, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range weights {
		if w.Name == name {
			return tensor.Values[float64](w.Value)
		}
	}
	t.Fatalf("the model has no weight %q", name)
	return nil
}

// normalData are 64 examples whose two features have mean 3 and −1, and
// deviation 2 and 0.5.
func normalData() (x, y *tensor.Tensor) {
	rng := tensor.NewRandom(1)
	a, b := tensor.Must(rng.Normal(3, 2, 64, 1)), tensor.Must(rng.Normal(-1, 0.5, 64, 1))
	x = tensor.Must(tensor.Concatenate(1, a, b)).Convert(tensor.Float32)
	return x, x
}

// TestRunningAveragesReachTheData trains a BatchNormalization with a momentum
// of 0.5: after many steps its averages are near the data's, and predictions
// use them.
func TestRunningAveragesReachTheData(t *testing.T) {
	x, y := normalData()
	m := Sequential(tensor.Shape{2}, BatchNormalization(Momentum(0.5)))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 1e-9}, Loss: MeanSquaredError{}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	data := tensor.Must(tensor.FromTensors(x, y))
	if _, err := m.Fit(context.Background(), data, FitConfig{Epochs: 40, BatchSize: 64}); err != nil {
		t.Fatal(err)
	}
	wantMean := tensor.Values[float64](tensor.Must(x.Mean(0)))
	wantVar := tensor.Values[float64](tensor.Must(x.Var(0)))
	wantClose(t, "moving_mean", m.testValues(t, "batch_normalization_1/moving_mean"), wantMean, 1e-4)
	wantClose(t, "moving_variance", m.testValues(t, "batch_normalization_1/moving_variance"), wantVar, 1e-4)

	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	for what, m := range map[string]*Model{"the model": m, "the loaded model": loaded} {
		p := tensor.Must(m.Predict(context.Background(), tensor.Must(x.Slice(tensor.UpTo(1)))))
		first := tensor.Values[float64](x)[:2]
		want := make([]float64, 2)
		for i := range want {
			want[i] = (first[i] - wantMean[i]) / math.Sqrt(wantVar[i]+1e-3)
		}
		wantClose(t, "prediction of "+what, tensor.Values[float64](p), want, 1e-4)
	}
}

// TestFrozenNormalizationUsesItsAverages trains a model whose BatchNormalization
// is frozen: averages stay, and what Fit sees is what Evaluate sees.
func TestFrozenNormalizationUsesItsAverages(t *testing.T) {
	x, y := normalData()
	data := tensor.Must(tensor.FromTensors(x, y))
	m := Sequential(tensor.Shape{2}, BatchNormalization(Name("norm")), Dense(2, Name("last")))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 1e-9}, Loss: MeanSquaredError{}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	if err := m.Freeze("norm"); err != nil {
		t.Fatal(err)
	}
	hist, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 64})
	if err != nil {
		t.Fatal(err)
	}
	scores, err := m.Evaluate(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "loss while training", hist.Values("loss"), []float64{scores.Loss}, 1e-5)
	wantClose(t, "moving_mean", m.testValues(t, "norm/moving_mean"), []float64{0, 0}, 0)
	if err := m.Unfreeze("norm"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 64}); err != nil {
		t.Fatal(err)
	}
	if got := m.testValues(t, "norm/moving_mean"); got[0] == 0 {
		t.Error("after Unfreeze the averages do not move")
	}
}

// TestInnerLayoutNormalizesAlike holds the layers behind a convolution, which
// are kept in another layout, against the same layers on their own.
func TestInnerLayoutNormalizesAlike(t *testing.T) {
	x := tensor.Must(tensor.NewRandom(2).Normal(1, 3, 3, 5, 4, 2)).Convert(tensor.Float32)
	data := tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.Zeros(tensor.Float32, 3, 5, 4, 4))))
	for name, layer := range map[string]func() Layer{
		"batch": func() Layer { return BatchNormalization(Name("norm"), Momentum(0.3)) },
		"group": func() Layer { return GroupNormalization(2, Name("norm")) },
		"layer": func() Layer { return LayerNormalization(Name("norm")) },
	} {
		results := map[bool][]float64{}
		for _, alone := range []bool{false, true} {
			layers := []Layer{Conv2D(4, 1, Name("conv")), layer(), Conv2D(4, 3, Same, Name("end"))}
			if alone { // a Reshape takes the value out of the inner layout
				layers = []Layer{layers[0], Reshape(5, 4, 4), layers[1], Reshape(5, 4, 4), layers[2]}
			}
			m := Sequential(tensor.Shape{5, 4, 2}, layers...)
			if err := m.Compile(CompileConfig{Optimizer: SGD{}, Loss: MeanSquaredError{}, NoMetrics: true}); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Fit(context.Background(), data, FitConfig{Epochs: 3, BatchSize: 3}); err != nil {
				t.Fatal(err)
			}
			p := tensor.Must(m.Predict(context.Background(), x))
			results[alone] = append(tensor.Values[float64](p), m.testValues(t, "conv/kernel")...)
		}
		wantClose(t, name, results[false], results[true], 1e-4)
	}
}

// TestManyGroupsNormalizeAlike holds the way of many groups against that of
// few, on channels that are groups of their own.
func TestManyGroupsNormalizeAlike(t *testing.T) {
	const few, many = 8, maxParts + 8
	rng := tensor.NewRandom(5)
	x := tensor.Must(rng.Normal(1, 2, 2, 3, 2, many)).Convert(tensor.Float32)
	alone := tensor.Must(x.Slice(tensor.All(), tensor.All(), tensor.All(), tensor.UpTo(few)))
	train := func(channels int, x *tensor.Tensor) (*tensor.Tensor, []float64) {
		m := Sequential(x.Shape()[1:], GroupNormalization(-1, Name("norm"), GammaInit(Constant{0.7})))
		if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: float64(channels) / 10}, Loss: MeanSquaredError{}, NoMetrics: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(context.Background(), tensor.Must(tensor.FromTensors(x, x)), FitConfig{Epochs: 2, BatchSize: 2}); err != nil {
			t.Fatal(err)
		}
		saliency, err := m.Gradient(context.Background(), x, GradientConfig{Unit: 3})
		if err != nil {
			t.Fatal(err)
		}
		return tensor.Must(saliency.Gradient.Slice(tensor.All(), tensor.All(), tensor.All(), tensor.UpTo(few))), m.testValues(t, "norm/gamma")[:few]
	}
	gotGradient, gotGamma := train(many, x)
	wantGradient, wantGamma := train(few, alone)
	wantClose(t, "gamma", gotGamma, wantGamma, 1e-4)
	wantClose(t, "gradient", tensor.Values[float64](gotGradient), tensor.Values[float64](wantGradient), 1e-4)
}

// TestMaskedStepsDoNotCount normalises a sequence with padding: the mean is
// that of the other steps.
func TestMaskedStepsDoNotCount(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{1, 3, 5, 0, 0, 0}, 1, 6, 1))
	m := Sequential(tensor.Shape{6, 1}, Masking(0), BatchNormalization(Momentum(0), Name("norm")))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 1e-9}, Loss: MeanSquaredError{}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	data := tensor.Must(tensor.FromTensors(x, x))
	if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 1}); err != nil {
		t.Fatal(err)
	}
	wantClose(t, "mean", m.testValues(t, "norm/moving_mean"), []float64{3}, 1e-6)
	wantClose(t, "variance", m.testValues(t, "norm/moving_variance"), []float64{8.0 / 3}, 1e-6)
}

// TestPicturesOfBytesComeInAsTheyAre feeds whole numbers 0–255 to a model that
// begins with Rescaling, and to one that begins with Normalization.
func TestPicturesOfBytesComeInAsTheyAre(t *testing.T) {
	x := tensor.Must(tensor.New([]uint8{0, 51, 102, 255}, 2, 2))
	norm := Normalization()
	if err := norm.AdaptTo(x); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		layer Layer
		want  []float64
	}{
		{Rescaling(1.0 / 255), []float64{0, 0.2, 0.4, 1}},
		{Rescaling(1.0/127.5, Offset(-1)), []float64{-1, -0.6, -0.2, 1}},
		{norm, []float64{-1, -1, 1, 1}},
	} {
		m := Sequential(tensor.Shape{2}, c.layer)
		p, err := m.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, describe(c.layer), tensor.Values[float64](p), c.want, 1e-5)
	}
}

// TestNormalizationOfPictures has pictures whose rows can be put together to
// whole vectors, and others; with a mean per channel, and with one for all.
func TestNormalizationOfPictures(t *testing.T) {
	for _, size := range []int{4, 5} {
		for _, mean := range [][]float64{{1, 2, 3}, {2}} {
			m := Sequential(tensor.Shape{size, size, 3}, NormalizationOf(mean, []float64{4}))
			values, want := make([]float32, 2*size*size*3), make([]float64, 2*size*size*3)
			for i := range values {
				values[i] = float32(i)
				want[i] = (float64(i) - mean[i%3%len(mean)]) / 2
			}
			got := predicted(t, m, tensor.Must(tensor.New(values, 2, size, size, 3)))
			wantClose(t, fmt.Sprintf("%d×%d, mean %v", size, size, mean), got, want, 1e-5)
		}
	}
}

// TestAdaptReadsInBatches adapts to data that comes in several batches, far
// from zero, where sums of squares would lose all digits.
func TestAdaptReadsInBatches(t *testing.T) {
	const n = 2*adaptRows + 7
	values := make([]float64, n)
	for i := range values {
		values[i] = 1e9 + float64(i%4)
	}
	l := Normalization()
	if err := l.Adapt(context.Background(), tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(values, n, 1)), nil))); err != nil {
		t.Fatal(err)
	}
	want := tensor.Values[float64](tensor.Must(tensor.Must(tensor.New(values)).AddScalar(-1e9).Var()))
	wantClose(t, "variance", l.found.variance(), want, 1e-6)

	m := Sequential(tensor.Shape{1}, l, Dense(1))
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "the saved variance", loaded.testValues(t, "normalization_1/variance"), want, 1e-6)
	if err := l.AdaptTo(tensor.Must(tensor.New([]float32{1, 2}, 2, 1))); err == nil || !strings.Contains(err.Error(), "adapt first") {
		t.Errorf("Adapt of a layer in a built model: %v", err)
	}
}

func TestNormalizationMisuse(t *testing.T) {
	two := tensor.Shape{2}
	adaptTo := func(x *tensor.Tensor) error { return Normalization().AdaptTo(x) }
	other := Normalization()
	if err := other.AdaptTo(floats(4, 3)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"momentum of 1":                {Sequential(two, BatchNormalization(Momentum(1))).Err(), []string{"batch_normalization_1", "momentum is 1", "below 1"}},
		"epsilon of 0":                 {Sequential(two, BatchNormalization(Epsilon(0))).Err(), []string{"epsilon is 0", "above 0"}},
		"scalars":                      {Sequential(tensor.Shape{}, BatchNormalization()).Err(), []string{"single number", "input shape"}},
		"no such axis":                 {Sequential(two, LayerNormalization(Axes(1))).Err(), []string{"layer_normalization_1", "axis 1", "-1 to 0"}},
		"axis twice":                   {Sequential(tensor.Shape{2, 3}, LayerNormalization(Axes(1, -1))).Err(), []string{"axis 1 twice"}},
		"axis of RMS":                  {Sequential(two, RMSNormalization(Axes(-3))).Err(), []string{"axis -3"}},
		"axis of unit":                 {Sequential(two, UnitNormalization(Axes(5))).Err(), []string{"axis 5"}},
		"groups that do not fit":       {Sequential(tensor.Shape{4, 6}, GroupNormalization(4)).Err(), []string{"4 groups", "6 channels", "divide"}},
		"no groups":                    {Sequential(tensor.Shape{4, 6}, GroupNormalization(0)).Err(), []string{"0 groups"}},
		"scale of 0, as 1/255 in ints": {Sequential(two, Rescaling(0)).Err(), []string{"scale is 0", "1.0/255"}},
		"infinite offset":              {Sequential(two, Rescaling(1, Offset(math.Inf(1)))).Err(), []string{"finite"}},
		"not adapted":                  {Sequential(two, Normalization()).Err(), []string{"normalization_1", "Adapt", "NormalizationOf"}},
		"adapted to other data":        {Sequential(two, other).Err(), []string{"3 features", "(2,)"}},
		"means for other data":         {Sequential(two, NormalizationOf([]float64{1, 2, 3}, []float64{1})).Err(), []string{"mean has 3", "2 features"}},
		"mean without variance":        {Sequential(two, NormalizationOf([]float64{1, 2}, nil)).Err(), []string{"variance has 0"}},
		"negative variance":            {Sequential(two, NormalizationOf([]float64{1}, []float64{-1})).Err(), []string{"variance holds -1"}},
		"adapting to nothing":          {adaptTo(floats(0, 2)), []string{"no examples"}},
		"adapting to nil":              {adaptTo(nil), []string{"no input"}},
		"adapting to nil data":         {Normalization().Adapt(context.Background(), nil), []string{"nil"}},
		"adapting to NaN":              {adaptTo(tensor.Must(tensor.New([]float64{1, math.NaN()}, 2, 1))), []string{"feature 0", "NaN"}},
		"adapting what was given":      {NormalizationOf([]float64{1}, []float64{1}).AdaptTo(floats(2, 1)), []string{"given", "Normalization()"}},
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
