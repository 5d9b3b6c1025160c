package idx_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/datasets/internal/oddfiles"
	"github.com/gofromzero/fromzero/tensor"
)

// variants are the first three images of MNIST in every type: what is stored for
// a pixel p, by the beginning of the file's name.
var variants = map[string]struct {
	dtype tensor.DType
	value func(p float64) float64
}{
	"plain":        {tensor.Uint8, func(p float64) float64 { return p }},
	"multi-member": {tensor.Uint8, func(p float64) float64 { return p }},
	"int8":         {tensor.Int32, func(p float64) float64 { return p - 128 }},
	"int16":        {tensor.Int32, func(p float64) float64 { return (p - 128) * 100 }},
	"int32":        {tensor.Int32, func(p float64) float64 { return p * 70000 }},
	"float32":      {tensor.Float32, func(p float64) float64 { return float64(float32(p / 255)) }},
	"float64":      {tensor.Float64, func(p float64) float64 { return p / 255 }},
}

func TestRealVariants(t *testing.T) {
	dir := oddfiles.Folder(t, "idx-variants")
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files in %s, %v", len(paths), dir, err)
	}
	plain, err := filepath.Glob(filepath.Join(dir, "plain*"))
	if err != nil || len(plain) != 1 {
		t.Fatalf("%q, %v", plain, err)
	}
	pixels := tensor.Values[float64](tensor.Must(idx.ReadFile(plain[0])))
	for _, path := range paths {
		got, err := idx.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		name, _, _ = strings.Cut(name, "-uncompressed")
		if name == "empty-zero-items" {
			if !got.Shape().Equal(tensor.Shape{0, 28, 28}) {
				t.Errorf("%s: shape %v", path, got.Shape())
			}
			continue
		}
		want, ok := variants[name]
		if !ok {
			t.Logf("%s: %v %v, and nothing is known of its values", path, got.DType(), got.Shape())
			continue
		}
		if !got.Shape().Equal(tensor.Shape{3, 28, 28}) || got.DType() != want.dtype {
			t.Errorf("%s: %v %v", path, got.DType(), got.Shape())
		}
		for i, v := range tensor.Values[float64](got) {
			if math.Abs(v-want.value(pixels[i])) > 1e-7*math.Abs(v) {
				t.Errorf("%s: value %d is %v, want %v", path, i, v, want.value(pixels[i]))
				break
			}
		}
	}
}
