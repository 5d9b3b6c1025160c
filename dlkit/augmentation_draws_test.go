package dlkit

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// wantUniform holds draws against the uniform distribution over a range, by
// Kolmogorov's and Smirnov's largest distance.
func wantUniform(t *testing.T, what string, draws []float64, r Range) {
	t.Helper()
	slices.Sort(draws)
	n := float64(len(draws))
	for i, v := range draws {
		share := (v - r[0]) / (r[1] - r[0])
		if !(share > -1e-3 && share < 1+1e-3) {
			t.Errorf("%s: drew %v, want %v", what, v, r)
			return
		}
		if distance := math.Max(math.Abs(share-float64(i)/n), math.Abs(share-float64(i+1)/n)); distance > 2/math.Sqrt(n) {
			t.Errorf("%s: a share of %.3f is below %v, want %.3f", what, float64(i)/n, v, share)
			return
		}
	}
}

// slope is a picture of 21×21 whose values rise by 0.01 from row to row and by
// 0.0001 from column to column, 0.5 in the middle: what a layer did to it can be
// read off.
func slope() []float64 {
	var out []float64
	for y := range 21 {
		for x := range 21 {
			out = append(out, 0.5+float64(y-10)/100+float64(x-10)/10000)
		}
	}
	return out
}

// Each layer draws what it should, evenly from its range. What was drawn is read
// off the pixels around the middle.
func TestAugmentationDrawsEvenly(t *testing.T) {
	const n, middle = 2000, 10*21 + 10
	down := func(p []float64) float64 { return p[middle+21] - p[middle-21] }
	right := func(p []float64) float64 { return p[middle+1] - p[middle-1] }
	turned := func(p []float64) float64 { // the columns' slope adds a constant angle
		return (math.Asin(right(p)*50/math.Hypot(1, 0.01)) - math.Atan(0.01)) / (2 * math.Pi)
	}
	for _, c := range []struct {
		name  string
		layer Layer
		read  func(p []float64) float64
		want  Range
	}{
		{"rows moved", RandomTranslation(0.2, 0), func(p []float64) float64 { return (0.5 - p[middle]) * 100 / 21 }, Range{-0.2, 0.2}},
		{"rows moved down", RandomTranslation(Range{0.1, 0.3}, 0), func(p []float64) float64 { return (0.5 - p[middle]) * 100 / 21 }, Range{0.1, 0.3}},
		{"columns moved", RandomTranslation(0, 0.4), func(p []float64) float64 { return (0.5 - p[middle]) * 10000 / 21 }, Range{-0.4, 0.4}},
		{"turned", RandomRotation(0.2), turned, Range{-0.2, 0.2}},
		{"turned one way", RandomRotation(Range{0.05, 0.1}), turned, Range{0.05, 0.1}},
		{"zoomed", RandomZoom(0.3), func(p []float64) float64 { return down(p)*50 - 1 }, Range{-0.3, 0.3}},
		{"width zoomed", RandomZoom(0, ZoomWidth(Range{-0.1, 0.5})), func(p []float64) float64 { return right(p)*5000 - 1 }, Range{-0.1, 0.5}},
		{"contrast", RandomContrast(0.4), func(p []float64) float64 { return down(p)*50 - 1 }, Range{-0.4, 0.4}},
		{"brightness", RandomBrightness(Range{-0.1, 0.2}), func(p []float64) float64 { return p[middle] - 0.5 }, Range{-0.1, 0.2}},
	} {
		for _, d := range testDevices(t) {
			var draws []float64
			for _, p := range rowsOf(trained(t, d, c.layer, same(n, slope(), 21, 21, 1)), n) {
				draws = append(draws, c.read(p))
			}
			wantUniform(t, c.name+" on "+d.String(), draws, c.want)
		}
	}
}

// box is the rectangle of a picture (height, width) that is black: its first
// and last row and column, height 0 if nothing is.
func box(p []float64, width int) (top, left, h, w int) {
	top, left = len(p), len(p)
	bottom, right, count := -1, -1, 0
	for i, v := range p {
		if v == 0 {
			top, left = min(top, i/width), min(left, i%width)
			bottom, right = max(bottom, i/width), max(right, i%width)
			count++
		}
	}
	if count == 0 {
		return 0, 0, 0, 0
	}
	if h, w = bottom-top+1, right-left+1; h*w != count {
		return top, left, -1, -1
	}
	return top, left, h, w
}

func white(n int) []float64 { return slices.Repeat([]float64{1}, n) }

func TestRandomErasingWipesRectangles(t *testing.T) {
	const n, size = 2000, 40
	for _, c := range []struct {
		layer *RandomErasingLayer
		share float64 // of pictures with a hole
	}{
		{RandomErasing(FillValue(0), ErasingScale(0.04, 0.25)), 0.5},
		{RandomErasing(FillValue(0), ErasingScale(0.04, 0.25), ErasingFactor(Range{1, 1})), 1},
		{RandomErasing(FillValue(0), ErasingScale(0.04, 0.25), ErasingFactor(Range{0.1, 0.3})), 0.2},
	} {
		for _, d := range testDevices(t) {
			hit, rows := 0.0, 0.0
			for _, p := range rowsOf(trained(t, d, c.layer, same(n, white(size*size), size, size, 1)), n) {
				_, _, h, w := box(p, size)
				if h == 0 {
					continue
				}
				hit++
				rows += float64(h)
				// sides between √0.04 = 0.2 and √0.25 = 0.5 of 40, give or take a pixel
				if h < 7 || h > 21 || w < 7 || w > 21 {
					t.Fatalf("%s on %s: a hole of %d×%d", c.layer, d, h, w)
				}
			}
			if deviation := math.Sqrt(c.share * (1 - c.share) * n); math.Abs(hit-c.share*n) > 4*deviation {
				t.Errorf("%s on %s: %v of %d pictures have a hole, want %v", c.layer, d, hit, n, c.share*n)
			}
			// the mean of a root between 0.2 and 0.5: ∫√s ds from 0.04 to 0.25 over 0.21
			if mean, want := rows/hit, size*(2.0/3)*(0.125-0.008)/0.21; math.Abs(mean-want) > 0.5 {
				t.Errorf("%s on %s: holes are %.2f rows high on average, want %.2f", c.layer, d, mean, want)
			}
		}
	}
}

// Without a FillValue there is noise in the hole, as strong as the brightest
// value.
func TestRandomErasingFillsWithNoise(t *testing.T) {
	const n = 50
	layer := RandomErasing(ErasingFactor(Range{1, 1}), ErasingScale(1, 1), ValueRange(0, 3))
	for _, d := range testDevices(t) {
		sum, squares := 0.0, 0.0
		values := trained(t, d, layer, same(n, white(100), 10, 10, 1))
		for _, v := range values {
			sum, squares = sum+v, squares+v*v
		}
		count := float64(len(values))
		mean, deviation := sum/count, math.Sqrt(squares/count)
		if math.Abs(mean) > 0.15 || math.Abs(deviation-3) > 0.15 {
			t.Errorf("on %s: noise of mean %.3f and deviation %.3f, want 0 and 3", d, mean, deviation)
		}
	}
}

// The hole's middle may be any pixel, and what lies outside is cut off.
func TestCutoutReachesEveryPixel(t *testing.T) {
	const n, h, w = 3000, 5, 6
	layer := Cutout(HW{3, 2})
	for _, d := range testDevices(t) {
		covered := make([]float64, h*w)
		for _, p := range rowsOf(trained(t, d, layer, same(n, white(h*w), h, w, 1)), n) {
			if _, _, rows, columns := box(p, w); rows < 2 || rows > 3 || columns < 1 || columns > 2 {
				t.Fatalf("on %s: a hole of %d×%d", d, rows, columns)
			}
			for i, v := range p {
				covered[i] += (1 - v) / n
			}
		}
		for i, got := range covered {
			rows, columns := 3.0, 2.0 // places of the middle that cover this pixel
			if y := i / w; y == 0 || y == h-1 {
				rows = 2
			}
			if x := i % w; x == w-1 { // the hole reaches from one left of its middle to the middle
				columns = 1
			}
			want := rows / h * columns / w
			if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/n) {
				t.Errorf("on %s: pixel %d is in the hole in a share of %.3f, want %.3f", d, i, got, want)
			}
		}
	}
}

// Contrast and brightness keep to the value range.
func TestColoursAreClipped(t *testing.T) {
	const n = 500
	picture := []float64{0, 0.1, 0.9, 1}
	for _, l := range []Layer{RandomContrast(1), RandomBrightness(1)} {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range trained(t, goDevice(t), l, same(n, picture, 2, 2, 1)) {
			low, high = min(low, v), max(high, v)
		}
		if low != 0 || high != 1 {
			t.Errorf("%s: values from %v to %v, want 0 to 1", describe(l), low, high)
		}
	}
}

func TestAugmentationMisuse(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		in    tensor.Shape
		layer Layer
		want  []string
	}{
		{"vectors", []int{4}, RandomFlip(), []string{"(4,)", "(height, width, channels)"}},
		{"no channels", []int{6, 5}, RandomRotation(0.1), []string{"Reshape(6, 5, 1)"}},
		{"unknown mode", []int{6, 5, 1}, RandomFlip(FlipMode("sideways")), []string{"sideways", "Horizontal"}},
		{"crop too large", []int{6, 5, 1}, RandomCrop(8, Margin(1)), []string{"8×8", "Margin"}},
		{"crop of nothing", []int{6, 5, 1}, RandomCrop(0), []string{"0×0", "at least 1"}},
		{"negative margin", []int{6, 5, 1}, RandomCrop(2, Margin(-1)), []string{"-1", "at least 0"}},
		{"unknown filling", []int{6, 5, 1}, RandomZoom(0.1, FillMode("mirror")), []string{"mirror", "FillReflect"}},
		{"unknown interpolation", []int{6, 5, 1}, RandomZoom(0.1, Interpolation("cubic")), []string{"cubic", "Bilinear"}},
		{"NaN filling", []int{6, 5, 1}, RandomCrop(2, FillValue(nan)), []string{"NaN", "finite"}},
		{"moved too far", []int{6, 5, 1}, RandomTranslation(2, 0), []string{"height", "-2…2", "-1 and 1"}},
		{"moved by NaN", []int{6, 5, 1}, RandomTranslation(0.1, nan), []string{"width", "NaN"}},
		{"range upside down", []int{6, 5, 1}, RandomRotation(Range{0.2, 0.1}), []string{"0.2…0.1", "smaller to the larger"}},
		{"degrees", []int{6, 5, 1}, RandomRotation(90), []string{"-90…90", "-1 and 1"}},
		{"zoomed to nothing", []int{6, 5, 1}, RandomZoom(1), []string{"-1…1", "nothing"}},
		{"width zoomed to nothing", []int{6, 5, 1}, RandomZoom(0.1, ZoomWidth(1)), []string{"width", "nothing"}},
		{"contrast in percent", []int{6, 5, 1}, RandomContrast(30), []string{"-30…30", "-1 and 1"}},
		{"no value range", []int{6, 5, 1}, RandomBrightness(0.1, ValueRange(1, 1)), []string{"1…1", "ValueRange"}},
		{"chance above 1", []int{6, 5, 1}, RandomErasing(ErasingFactor(2)), []string{"0…2", "0 and 1"}},
		{"more than all", []int{6, 5, 1}, RandomErasing(ErasingScale(0.1, 1.5)), []string{"scale", "0.1…1.5"}},
		{"no hole", []int{6, 5, 1}, Cutout(0), []string{"0×0", "1×1"}},
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
