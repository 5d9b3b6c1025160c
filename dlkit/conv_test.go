package dlkit

import (
	"bytes"
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// pictureLayers are one or more of each layer of this family, with what a
// summary shows of it.
func pictureLayers() map[string]Layer {
	return map[string]Layer{
		"Conv2D 64, 3×3, same, relu":                               Conv2D(64, 3, ReLU, Same),
		"Conv2D 8, 3×5, strides 2×2, dilation 1×2, groups 4, gelu": Conv2D(8, HW{3, 5}, Strides(2), Dilation(HW{1, 2}), Groups(4), GELU, L2(1e-3)),
		"Conv1D 4, 3, strides 2, causal, tanh":                     Conv1D(4, 3, Causal, Strides(2), Tanh, BiasInit(Constant{1})),
		"Conv1D 4, 3, dilation 2, groups 2":                        Conv1D(4, 3, Dilation(2), Groups(2)),
		"DepthwiseConv2D 3×3, same, multiplier 2, relu":            DepthwiseConv2D(3, Same, DepthMultiplier(2), ReLU),
		"SeparableConv2D 6, 3×3, strides 2×2":                      SeparableConv2D(6, 3, Strides(2), NoBias),
		"Conv2DTranspose 6, 3×3, strides 2×2, same, output padding 1×1, sigmoid": Conv2DTranspose(
			6, 3, Strides(2), Same, OutputPadding(1), Sigmoid, KernelInit(HeNormal{})),
		"MaxPool2D 2×2":                                  MaxPool2D(2, Name("half")),
		"MaxPool2D 3×3, strides 2×2, same":               MaxPooling2D(3, Strides(2), Same),
		"AvgPool2D 2×3":                                  AveragePooling2D(HW{2, 3}),
		"MaxPool1D 3, strides 1, same":                   MaxPooling1D(3, Strides(1), Same),
		"AvgPool1D 2":                                    AveragePooling1D(2),
		"UpSampling2D 2×2, bilinear":                     UpSampling2D(2, Bilinear),
		"UpSampling1D 2":                                 UpSampling1D(2),
		"ZeroPadding2D 1":                                ZeroPadding2D(1),
		"ZeroPadding2D top 0, bottom 1, left 0, right 2": ZeroPadding2D(Edges{Bottom: 1, Right: 2}),
		"ZeroPadding1D 1, 2":                             ZeroPadding1D(1, 2),
		"Cropping2D top 1, bottom 1, left 2, right 2":    Cropping2D(HW{1, 2}),
		"Reshape (28, -1)":                               Reshape(28, -1),
		"Permute [2 1]":                                  Permute(2, 1),
		"RepeatVector 3":                                 RepeatVector(3),
		"SpatialDropout2D 0.5":                           SpatialDropout2D(0.5),
		"SpatialDropout1D 0.2":                           SpatialDropout1D(0.2),
		"GaussianNoise 0.1":                              GaussianNoise(0.1),
		"GlobalMaxPool1D":                                GlobalMaxPooling1D(),
		"GlobalMaxPool2D":                                GlobalMaxPooling2D(KeepDims),
		"GlobalAvgPool1D":                                GlobalAveragePooling1D(),
		"GlobalAvgPool2D":                                GlobalAveragePooling2D(KeepDims, Name("mean")),
		"PReLU":                                          PReLU(SharedAxes(1, 2)),
	}
}

func TestPictureLayersAreDescribedAndSaved(t *testing.T) {
	for want, l := range pictureLayers() {
		if got := describe(l); got != want {
			t.Errorf("described as %q, want %q", got, want)
		}
		saved, err := encodeTagged(l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := newKinds(nil).decodeTagged(saved)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if !reflect.DeepEqual(back, l) {
			t.Errorf("%s was saved as %s and came back as %+v", want, saved.Config, back)
		}
	}
}

func smallPictureModel() *Model {
	return Sequential(tensor.Shape{10, 10, 2},
		Conv2D(4, 3, Same, ReLU), MaxPool2D(2),
		DepthwiseConv2D(3, Same), PReLU(SharedAxes(1, 2)), SpatialDropout2D(0.1),
		Conv2DTranspose(3, 3, Strides(2), Same, Tanh), AvgPool2D(2),
		Flatten(), Dense(3, Softmax))
}

func TestPictureModelTrainsAndLoads(t *testing.T) {
	ctx := context.Background()
	data := randomData(24, 3, 10, 10, 2)
	x, _ := tensor.Flat[float32](data.All().X())
	y, _ := tensor.Flat[int32](data.All().Y())
	for i := range x { // each class is bright in rows of its own
		if row := i / 20 % 10; row/3 == int(y[i/200]) {
			x[i]++
		}
	}
	m := smallPictureModel()
	if err := m.Compile(CompileConfig{Optimizer: Adam{LearningRate: 0.02}}); err != nil {
		t.Fatal(err)
	}
	hist := mustFit(t, m, data, FitConfig{Epochs: 30, BatchSize: 10})
	if acc := hist.Last("accuracy"); acc < 0.95 {
		t.Errorf("accuracy after 30 epochs is %v", acc)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := tensor.Must(m.Predict(ctx, data.All().X())), tensor.Must(loaded.Predict(ctx, data.All().X()))
	if !equal(tensor.Values[float64](a), tensor.Values[float64](b)) {
		t.Error("the loaded model predicts something else")
	}
}

// trainingOutput applies a layer to ones as in training.
func trainingOutput(t *testing.T, l Layer, shape ...int) []float64 {
	t.Helper()
	x := tensor.Must(tensor.Full(float32(1), shape...))
	res, err := layerRun{layer: l, dtype: dtypes.Float32, training: true, inputs: []*tensor.Tensor{x}}.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	return tensor.Values[float64](res.output)
}

func TestSpatialDropoutDropsWholeChannels(t *testing.T) {
	const n, height, width, channels = 8, 3, 4, 50
	for _, inside := range []bool{false, true} { // in the outer and the inner layout
		var l Layer = SpatialDropout2D(0.25)
		if inside {
			l = inARow{[]Layer{ZeroPadding2D(0), l}, true}
		}
		y := trainingOutput(t, l, n, height, width, channels)
		dropped := 0
		for i, v := range y {
			first := i/(height*width*channels)*height*width*channels + i%channels
			if v != y[first] || (v != 0 && math.Abs(v-1/0.75) > 1e-6) {
				t.Fatalf("value %d is %v, the first of its channel is %v", i, v, y[first])
			}
			if v == 0 {
				dropped++
			}
		}
		if share := float64(dropped) / float64(len(y)); math.Abs(share-0.25) > 0.08 {
			t.Errorf("a share of %v was dropped, want about 0.25", share)
		}
	}
}

func TestGaussianNoise(t *testing.T) {
	y := trainingOutput(t, GaussianNoise(0.5), 100, 100)
	mean, square := 0.0, 0.0
	for _, v := range y {
		mean += v / float64(len(y))
		square += (v - 1) * (v - 1) / float64(len(y))
	}
	if math.Abs(mean-1) > 0.02 || math.Abs(math.Sqrt(square)-0.5) > 0.02 {
		t.Errorf("mean %v and deviation %v, want 1 and 0.5", mean, math.Sqrt(square))
	}
}

func TestMaskedMean(t *testing.T) {
	r := layerRun{layer: GlobalAvgPool1D(), dtype: dtypes.Float32,
		inputs: []*tensor.Tensor{tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3, 1))},
		mask:   tensor.Must(tensor.New([]bool{true, true, false, false, false, false}, 2, 3))}
	res, err := r.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "mean of the steps that count", tensor.Values[float64](res.output), []float64{1.5, 0}, 1e-6)
}

func TestWrongPictureLayers(t *testing.T) {
	picture, line := tensor.Shape{4, 5, 6}, tensor.Shape{4, 6}
	for _, c := range []struct {
		name  string
		in    tensor.Shape
		layer Layer
		want  []string
	}{
		{"kernel too large", tensor.Shape{2, 2, 32}, Conv2D(64, 3), []string{"(2, 2, 32)", "smaller", "3×3", "Same"}},
		{"dilated kernel too large", picture, Conv2D(64, 3, Dilation(2)), []string{"smaller", "5×5"}},
		{"no filters", picture, Conv2D(0, 3), []string{"filters is 0"}},
		{"no kernel", picture, Conv2D(1, 0), []string{"kernel is 0×0"}},
		{"no strides", picture, Conv2D(1, 3, Strides(HW{1, 0})), []string{"strides is 1×0"}},
		{"no dilation", picture, Conv2D(1, 3, Dilation(0)), []string{"dilation is 0×0"}},
		{"no groups", picture, Conv2D(2, 3, Groups(0)), []string{"groups is 0"}},
		{"channels in groups", picture, Conv2D(8, 3, Groups(4)), []string{"6 channels", "4 groups"}},
		{"filters in groups", picture, Conv2D(8, 3, Groups(3)), []string{"8 filters", "3 groups"}},
		{"picture without colours", tensor.Shape{28, 28}, Conv2D(8, 3), []string{"(28, 28)", "Reshape(28, 28, 1)"}},
		{"vector to Conv2D", tensor.Shape{784}, Conv2D(8, 3), []string{"(784,)", "(height, width, channels)"}},
		{"vector to Conv1D", tensor.Shape{100}, Conv1D(8, 3), []string{"(100,)", "Reshape(100, 1)"}},
		{"two strides for one axis", line, Conv1D(8, 3, Strides(HW{1, 2})), []string{"Strides(1×2)", "Strides(2)"}},
		{"two dilations for one axis", line, Conv1D(8, 3, Dilation(HW{1, 2})), []string{"Dilation(1×2)", "one"}},
		{"sequence too short", line, Conv1D(8, 5), []string{"(4, 6)", "shorter", "5 steps"}},
		{"unknown padding", picture, Conv2D(8, 3, Padding("full")), []string{`"full"`, "Valid", "Same"}},
		{"negative L1", picture, Conv2D(8, 3, L1(-1)), []string{"L1 is -1"}},
		{"no multiplier", picture, DepthwiseConv2D(3, DepthMultiplier(0)), []string{"depth multiplier is 0"}},
		{"separable without filters", picture, SeparableConv2D(-1, 3), []string{"filters is -1"}},
		{"transposed without kernel", picture, Conv2DTranspose(1, 0), []string{"kernel is 0×0"}},
		{"output padding", picture, Conv2DTranspose(1, 3, Strides(2), OutputPadding(2)), []string{"output padding is 2×2", "below the strides"}},
		{"window too large", picture, MaxPool2D(5), []string{"(4, 5, 6)", "smaller", "5×5"}},
		{"no window", picture, AvgPool2D(0), []string{"0×0"}},
		{"window longer than the sequence", line, MaxPool1D(5), []string{"shorter"}},
		{"two strides for a line", line, MaxPool1D(2, Strides(HW{1, 2})), []string{"Strides(1×2)"}},
		{"global pooling of a vector", tensor.Shape{5}, GlobalAvgPool2D(), []string{"(5,)"}},
		{"global pooling of a picture as a line", picture, GlobalMaxPool1D(), []string{"(4, 5, 6)", "(steps, channels)"}},
		{"no size", picture, UpSampling2D(0), []string{"size is 0×0"}},
		{"unknown interpolation", picture, UpSampling2D(2, Interpolation("cubic")), []string{`"cubic"`, "Bilinear"}},
		{"no size of a line", line, UpSampling1D(0), []string{"size is 0"}},
		{"negative padding", picture, ZeroPadding2D(-1), []string{"below 0", "Cropping2D"}},
		{"negative padding of a line", line, ZeroPadding1D(0, -1), []string{"-1"}},
		{"all cut off", picture, Cropping2D(2), []string{"(4, 5, 6)", "nothing", "cut less"}},
		{"other number of values", picture, Reshape(7, -1), []string{"120 values", "(7, -1)"}},
		{"two open sizes", picture, Reshape(-1, -1), []string{"one of them"}},
		{"axis twice", line, Permute(1, 1), []string{"[1 1]", "1 to 2"}},
		{"axes missing", line, Permute(), []string{"1 to 2"}},
		{"repeated picture", picture, RepeatVector(2), []string{"vector", "Flatten"}},
		{"repeated never", tensor.Shape{3}, RepeatVector(0), []string{"times is 0"}},
		{"all channels dropped", picture, SpatialDropout2D(1), []string{"rate is 1"}},
		{"negative noise", picture, GaussianNoise(-1), []string{"-1", "0 or more"}},
		{"shared axis beyond", line, PReLU(SharedAxes(3)), []string{"shared axis 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Sequential(c.in, c.layer).Err()
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range append(c.want, snakeCase(className(c.layer))+"_1") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}
