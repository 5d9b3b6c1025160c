package idx_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets/idx"
)

// Real MNIST pixels in every type, if the data directory has them.
func TestVariants(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("FROMZERO_DATA"), "idx-variants", "*"))
	if os.Getenv("FROMZERO_DATA") == "" || len(files) == 0 {
		t.Skip("no folder idx-variants in $FROMZERO_DATA; the same variants are made by hand in the other tests")
	}
	for _, f := range files {
		got, err := idx.ReadFile(f)
		if err != nil {
			t.Error(err)
			continue
		}
		t.Log(filepath.Base(f), got.DType(), got.Shape())
	}
}
