package dlkit

import (
	"os"
	"strconv"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// TestVectorsAreNoLarger makes sure that a run of the tests that simulates
// another processor, or another build, does: FROMZERO_MAX_VECTORS is the most bits
// that dlkit's and GoMLX's vectors may have, 0 for none.
func TestVectorsAreNoLarger(t *testing.T) {
	most, err := strconv.Atoi(os.Getenv("FROMZERO_MAX_VECTORS"))
	if err != nil {
		return // an ordinary run
	}
	ours, backends := vectorBits()
	if ours > most || backends > most || product.Fast() != (ours > 0) {
		t.Fatalf("vectors of %d bits, of the Go backend %d, fast products %v; want at most %d bits", ours, backends, product.Fast(), most)
	}
}
