package dlkit

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// augmentations are layers of every kind, with settings other than the usual
// ones. All keep the shape of pictures of 6×5.
func augmentations() map[string]Layer {
	return map[string]Layer{
		"RandomFlip horizontal":                    RandomFlip(Horizontal),
		"RandomFlip vertical":                      RandomFlip(Vertical),
		"RandomFlip horizontal_and_vertical":       RandomFlip(),
		"RandomCrop 6×5, margin 2×2":               RandomCrop(HW{6, 5}, Margin(2)),
		"RandomCrop 6×5, margin 2×1, reflect":      RandomCrop(HW{6, 5}, Margin(HW{2, 1}), FillReflect),
		"RandomCrop 6×5, margin 3×3, constant 0.5": RandomCrop(HW{6, 5}, Margin(3), FillValue(0.5)),
		"RandomCrop 6×5, margin 7×7, wrap":         RandomCrop(HW{6, 5}, Margin(7), FillWrap),
		"RandomCrop 6×5, margin 1×1, nearest":      RandomCrop(HW{6, 5}, Margin(1), FillNearest),

		"RandomTranslation -0.2…0.2, -0.3…0.3":                         RandomTranslation(0.2, 0.3),
		"RandomTranslation -1…1, -0.5…1, wrap":                         RandomTranslation(1, Range{-0.5, 1}, FillWrap),
		"RandomTranslation -0.5…0.5, 0…0, constant 0.5, nearest":       RandomTranslation(0.5, 0, FillValue(0.5), Nearest),
		"RandomRotation -0.1…0.1":                                      RandomRotation(0.1),
		"RandomRotation 0…0.5, constant 0":                             RandomRotation(Range{0, 0.5}, FillConstant),
		"RandomRotation -1…1, nearest, nearest":                        RandomRotation(1, FillNearest, Nearest),
		"RandomRotation -0.1…0.1, wrap":                                RandomRotation(0.1, FillWrap),
		"RandomZoom -0.2…0.2":                                          RandomZoom(0.2),
		"RandomZoom -0.5…-0.1, width -0.3…0.3, constant 1":             RandomZoom(Range{-0.5, -0.1}, ZoomWidth(0.3), FillValue(1)),
		"RandomZoom 0…1, wrap, nearest":                                RandomZoom(Range{0, 1}, FillWrap, Nearest),
		"RandomContrast -0.3…0.3":                                      RandomContrast(0.3),
		"RandomContrast 0.1…0.5, values 0…255":                         RandomContrast(Range{0.1, 0.5}, ValueRange(0, 255)),
		"RandomBrightness -0.2…0.2":                                    RandomBrightness(0.2),
		"RandomBrightness 0…0.1, values -1…1":                          RandomBrightness(Range{0, 0.1}, ValueRange(-1, 1)),
		"RandomErasing, chance 0…1, area 0.02…0.33":                    RandomErasing(ErasingFactor(1)),
		"RandomErasing, chance 0.5…0.5, area 0.1…0.2, filled with 0.5": RandomErasing(ErasingFactor(Range{0.5, 0.5}), ErasingScale(0.1, 0.2), FillValue(0.5)),
		"Cutout 2×2":                  Cutout(2),
		"Cutout 3×1, filled with 0.5": Cutout(HW{3, 1}, FillValue(0.5)),
	}
}

// numbered are n pictures whose values are all different.
func numbered(dtype tensor.DType, n, h, w, c int) *tensor.Tensor {
	t := tensor.Must(tensor.Zeros(dtype, n, h, w, c))
	values := make([]float64, t.Size())
	for i := range values {
		values[i] = float64(i) / float64(len(values))
	}
	fill(t, values)
	return t
}

// same are n times the same picture.
func same(n int, picture []float64, h, w, c int) *tensor.Tensor {
	t := tensor.Must(tensor.Zeros(tensor.Float32, n, h, w, c))
	fill(t, slices.Repeat(picture, n))
	return t
}

// trained is what a layer makes of pictures while training.
func trained(t *testing.T, d *device, layer Layer, x *tensor.Tensor) []float64 {
	t.Helper()
	dtype := dtypes.Float32
	if x.DType() == tensor.Float64 {
		dtype = dtypes.Float64
	}
	r := layerRun{layer: layer, dtype: dtype, training: true, inputs: []*tensor.Tensor{x}}
	res, err := r.run(d)
	if err != nil {
		t.Fatal(err)
	}
	return tensor.Values[float64](res.output)
}

// rowsOf splits values into n rows.
func rowsOf(values []float64, n int) [][]float64 {
	return slices.Collect(slices.Chunk(values, len(values)/n))
}

func TestAugmentationDescribesItself(t *testing.T) {
	for want, l := range augmentations() {
		if got := fmt.Sprint(l); got != want {
			t.Errorf("%s calls itself %q", want, got)
		}
	}
}

// Outside training pictures come out as they went in.
func TestAugmentationIsOffOutsideTraining(t *testing.T) {
	ctx := context.Background()
	x := numbered(tensor.Float32, 4, 6, 5, 2)
	for name, l := range augmentations() {
		m := Sequential(tensor.Shape{6, 5, 2}, l, Flatten(), Dense(3, Softmax))
		got, err := m.LayerOutput(ctx, m.steps[0].name, x)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(tensor.Values[float64](got), tensor.Values[float64](x)) {
			t.Errorf("%s changes pictures when the model predicts", name)
		}
		plain := Sequential(tensor.Shape{6, 5, 2}, Flatten(), Dense(3, Softmax, Name("dense_1")))
		y := tensor.Must(tensor.New([]int32{0, 1, 2, 0}))
		data := tensor.Must(tensor.FromTensors(x, y))
		var losses []float64
		for _, m := range []*Model{m, plain} {
			if err := m.Compile(CompileConfig{}); err != nil {
				t.Fatal(err)
			}
			s, err := m.Evaluate(ctx, data)
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, s.Loss)
		}
		if losses[0] != losses[1] {
			t.Errorf("%s: the loss is %v, %v without it", name, losses[0], losses[1])
		}
	}
}

// Every picture of a batch gets its own change, the same in both types and on
// every device as far as rounding allows, and the same seed gives the same.
func TestAugmentationDrawsForEveryPicture(t *testing.T) {
	picture := tensor.Values[float64](numbered(tensor.Float64, 1, 6, 5, 2))
	for name, l := range augmentations() {
		for _, d := range testDevices(t) {
			x := same(64, picture, 6, 5, 2)
			r := layerRun{layer: l, dtype: dtypes.Float32, training: true, inputs: []*tensor.Tensor{x}}
			p, err := r.prepare(d)
			if err != nil {
				t.Fatal(err)
			}
			got := tensor.Values[float64](p.mustRun(t).output)
			if again := tensor.Values[float64](p.mustRun(t).output); !equal(got, again) {
				t.Errorf("%s on %s: other pictures with the same seed", name, d)
			}
			p.finalize()
			kinds := map[string]bool{}
			for _, row := range rowsOf(got, 64) {
				kinds[fmt.Sprint(row)] = true
			}
			if len(kinds) < 2 {
				t.Errorf("%s on %s: 64 copies of a picture came out alike", name, d)
			}
			for _, v := range got {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s on %s: a value is %v", name, d, v)
					break
				}
			}
			if out := trained(t, d, l, x.Convert(tensor.Float64)); len(out) != len(got) {
				t.Errorf("%s on %s: %d values in float64", name, d, len(out))
			}
		}
	}
}

// The gradient by the pictures is right, for layers that stand in the middle
// of a model.
func TestAugmentationGradients(t *testing.T) {
	for name, l := range augmentations() {
		t.Run(name, func(t *testing.T) {
			x := numbered(tensor.Float64, 2, 6, 5, 2)
			c := refLayer{Training: true, Inputs: []refTensor{asReference(x)}, Upstream: []refTensor{asReference(randomData(2, 2, 6, 5, 2).All().X())}}
			c.checkFiniteDifferences(t, l)
		})
	}
}

// asReference is a tensor in the form of the reference files.
func asReference(x *tensor.Tensor) refTensor {
	r := refTensor{Shape: x.Shape()}
	for _, v := range tensor.Values[float64](x) {
		r.Data = append(r.Data, refNumber(v))
	}
	return r
}

// A model with the layer is loaded as it was saved, and trains alike.
func TestAugmentationIsSaved(t *testing.T) {
	data := randomData(12, 3, 6, 5, 2)
	for name, l := range augmentations() {
		m := Sequential(tensor.Shape{6, 5, 2}, l, Flatten(), Dense(3, Softmax))
		if err := m.Compile(CompileConfig{Seed: 3}); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := m.Save(&file); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(&file)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(loaded.steps[0].layer); got != name {
			t.Errorf("%s was loaded as %s", name, got)
		}
		for _, m := range []*Model{m, loaded} {
			mustFit(t, m, data, FitConfig{Epochs: 2, BatchSize: 4})
		}
		if !equal(weightsOf(t, m), weightsOf(t, loaded)) {
			t.Errorf("%s: the loaded model trains differently", name)
		}
	}
}
