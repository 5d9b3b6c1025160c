package tensor

import (
	"context"
	"testing"
)

// Rows of large batches are copied by several processors; all must arrive.
func TestRowsOfLargeBatches(t *testing.T) {
	const n, width = 301, 997
	values := make([]float32, n*width)
	for i := range values {
		values[i] = float32(i)
	}
	data := Must(FromTensors(Must(New(values, n, width)), nil))
	at := make([]int, n)
	for i := range at {
		at[i] = (i * 7) % n
	}
	batch, err := data.Rows(context.Background(), at, Batch{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := Flat[float32](batch.X())
	for i, r := range at {
		for k := range width {
			if want := float32(r*width + k); got[i*width+k] != want {
				t.Fatalf("row %d, number %d is %v, want %v", i, k, got[i*width+k], want)
			}
		}
	}
}
