package pipe_test

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/tensor"
)

// heap is what the program keeps in memory now. Garbage does not count: how much
// of it there is depends on what else the machine is doing.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// long is a stream of n examples of 4 kB each.
func long(t *testing.T, n int) tensor.Dataset {
	t.Helper()
	const values = 1024
	d, err := datasets.Generate(func(_ context.Context, yield func(x []float32, y int32) bool) error {
		x := make([]float32, values)
		for i := range n {
			x[0] = float32(i)
			if !yield(x, int32(i%2)) {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Half a gigabyte goes through everything that a dataset can be made of, and the memory
// in use stays far below it.
func TestMemoryDoesNotGrow(t *testing.T) {
	const n, most = 1 << 15, 50 << 20
	half := func() tensor.Dataset { return long(t, n/2) }
	scaled := pipe.Map(half(), func(b tensor.Batch) (tensor.Batch, error) {
		b.Inputs[0] = b.X().DivScalar(2)
		return b, nil
	})
	all := tensor.Must(pipe.Concat(scaled, pipe.Filter(half(), func(b tensor.Batch, i int) bool { return true })))
	twice := tensor.Must(pipe.Repeat(all, 2))
	mixed := pipe.Shuffle(twice, 1, 2000)
	pairs := tensor.Must(pipe.Zip(mixed, pipe.Take(long(t, 4*n), 2*n)))
	count, peak := 0, uint64(0)
	for b, err := range pipe.Prefetch(pairs, 2).Batches(context.Background(), 64) {
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Inputs) != 2 || len(b.Targets) != 2 {
			t.Fatalf("%d inputs, %d targets", len(b.Inputs), len(b.Targets))
		}
		if count += b.Len(); count%4096 < 64 {
			peak = max(peak, heap())
		}
	}
	if count != 2*n {
		t.Errorf("%d examples, want %d", count, 2*n)
	}
	t.Logf("%d MB went through, at most %d MB were in use", 2*2*n*4096>>20, peak>>20)
	if peak > most {
		t.Errorf("%d MB in use, want at most %d", peak>>20, uint64(most)>>20)
	}
}

// The steps of a long series, cut into windows, and kept in a file: neither needs
// memory for all of it.
func TestWindowsAndFilesDoNotGrow(t *testing.T) {
	const n, most = 1 << 14, 8 << 20
	windows := tensor.Must(pipe.Window(long(t, n), pipe.WindowConfig{Size: 4}))
	kept := pipe.CacheFile(long(t, n), filepath.Join(t.TempDir(), "rows.bin"), "long")
	defer kept.Close()
	for name, d := range map[string]tensor.Dataset{"windows": windows, "file": kept} {
		count, peak := 0, uint64(0)
		for b, err := range d.Batches(context.Background(), 64) {
			if err != nil {
				t.Fatal(err)
			}
			if count += b.Len(); count%1024 < 64 {
				peak = max(peak, heap())
			}
		}
		t.Logf("%s: %d MB in use", name, peak>>20)
		if count < n-10 || peak > most {
			t.Errorf("%s: %d examples of %d, %d MB in use, want at most %d", name, count, n, peak>>20, most>>20)
		}
	}
}
