package dlkit

import (
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// drawnSpread is the mean and the variance of many values drawn, and the largest.
func drawnSpread(t *testing.T, init Initializer, shape tensor.Shape) (mean, variance, largest float64) {
	t.Helper()
	values, err := initialValues(init, shape, 3, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		mean += v / float64(len(values))
		largest = math.Max(largest, math.Abs(v))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, variance, largest
}

// Every random initializer has the variance that its formula promises, for a
// window of 3×3 over 40 inputs and 20 outputs.
func TestInitializersHaveTheirVariance(t *testing.T) {
	shape := tensor.Shape{3, 3, 40, 20}
	in, out := 9*40.0, 9*20.0
	for name, want := range map[string]float64{
		"glorot_uniform": 2 / (in + out), "glorot_normal": 2 / (in + out),
		"he_uniform": 2 / in, "he_normal": 2 / in,
		"lecun_uniform": 1 / in, "lecun_normal": 1 / in,
		"random_uniform": 0.05 * 0.05 / 3, "random_normal": 0.05 * 0.05,
	} {
		init, err := InitializerByName(name)
		if err != nil {
			t.Fatal(err)
		}
		mean, variance, _ := drawnSpread(t, init, shape)
		if math.Abs(variance/want-1) > 0.06 || math.Abs(mean) > 0.1*math.Sqrt(want) {
			t.Errorf("%s: mean %v and variance %v, want 0 and %v", name, mean, variance, want)
		}
	}
	if _, _, largest := drawnSpread(t, HeNormal{}, shape); largest > 2*math.Sqrt(2/in)/cutSigma {
		t.Errorf("he_normal drew %v, beyond two standard deviations", largest)
	}
}

func TestInitialWeightsDependOnSeedAndName(t *testing.T) {
	draw := func(seed uint64, name string) []float64 {
		values, err := initialValues(HeNormal{}, tensor.Shape{4, 4}, seed, name)
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	if !equal(draw(1, "a"), draw(1, "a")) {
		t.Error("the same seed and name give other values")
	}
	if equal(draw(1, "a"), draw(2, "a")) || equal(draw(1, "a"), draw(1, "b")) {
		t.Error("another seed or name gives the same values")
	}
}
