package text

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// FuzzCachedRows takes sections of a cache file whose checksums are right, and
// whose contents are not: they give rows that can be read, or none.
func FuzzCachedRows(f *testing.F) {
	f.Add(2, 3, false, bytesOf([]int32{1, 2, 3, 0, 1, 4}), []byte{}, []byte{})
	f.Add(2, 5, true, bytesOf([]int32{0, 1, 3}), bytesOf([]int32{4, 0, 1}), bytesOf([]int32{1, 2, 3}))
	f.Fuzz(func(t *testing.T, n, width int, bags bool, a, b, c []byte) {
		const tokens = 5
		if n < 0 || width < 0 || len(a)%4+len(b)%4+len(c)%4 > 0 {
			return // refused before
		}
		m := rowsMeta{N: n, Width: width, Bags: bags}
		var got rows
		if bags {
			got = m.bags([][]byte{a, b, c}, tokens)
		} else {
			got = m.sequences([][]byte{a}, tokens)
		}
		if got == nil || width > 1<<16 {
			return
		}
		d := &Dataset{rows: got}
		if d.Len() != n {
			t.Fatalf("%d rows, want %d", d.Len(), n)
		}
		for at := range min(n, 100) {
			if _, err := d.Rows(context.Background(), []int{at}, tensor.Batch{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
