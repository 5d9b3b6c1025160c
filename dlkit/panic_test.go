package dlkit

import (
	"context"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/gofromzero/fromzero/tensor"
)

// A notebook goes on after a panic: the model must not stay locked, or be taken
// for one that is still trained.
func TestModelGoesOnAfterAPanic(t *testing.T) {
	fault := func() error { panic("a fault in the data") }
	quiet := randomData(40, 3, 4)
	for name, fit := range map[string]func(m *Model) error{
		"first read": func(m *Model) error {
			_, err := m.Fit(context.Background(), &slow{Indexed: quiet, t: t, fail: 1, how: fault}, FitConfig{BatchSize: 8, Epochs: 2})
			return err
		},
		"read ahead": func(m *Model) error {
			_, err := m.Fit(context.Background(), &slow{Indexed: quiet, t: t, fail: 4, how: fault}, FitConfig{BatchSize: 8, Epochs: 2})
			return err
		},
		"callback": func(m *Model) error {
			stop := CallbackFunc(func(e *Event) error {
				if e.Kind == StepEnd && e.Step == 2 {
					panic("a fault in a callback")
				}
				return nil
			})
			_, err := m.Fit(context.Background(), quiet, FitConfig{BatchSize: 8, Epochs: 2, Callbacks: []Callback{stop}})
			return err
		},
	} {
		m := tinyClassifier(t, CompileConfig{})
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: Fit did not panic", name)
				}
			}()
			t.Errorf("%s: Fit returned %v", name, fit(m))
		}()
		done := make(chan error, 1)
		go func() {
			_, err := m.Fit(context.Background(), quiet, FitConfig{BatchSize: 8, Epochs: 1})
			if err == nil {
				_, err = m.PredictDataset(context.Background(), quiet)
			}
			done <- err
		}()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%s: afterwards: %v", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: the model stays locked", name)
		}
	}
}

// What has been predicted from is the caller's, and goes when the caller lets it
// go.
func TestPredictKeepsNoData(t *testing.T) {
	m := tinyClassifier(t, CompileConfig{})
	predicted := func() weak.Pointer[float32] {
		values := make([]float32, 1<<16)
		if _, err := m.Predict(context.Background(), tensor.Must(tensor.New(values, len(values)/4, 4))); err != nil {
			t.Fatal(err)
		}
		return weak.Make(&values[0])
	}()
	for range 20 {
		if runtime.GC(); predicted.Value() == nil {
			runtime.KeepAlive(m)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the model still holds the rows that it predicted from")
}

// moody is data of which every other batch has weights.
type moody struct {
	tensor.Indexed
	calls int
}

func (d *moody) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	d.calls++
	time.Sleep(2 * worthAhead)
	batch, err := d.Indexed.Rows(ctx, at, reuse)
	batch.Weights = nil
	if d.calls%2 == 0 {
		ones := make([]float32, len(at))
		for i := range ones {
			ones[i] = 1
		}
		batch.Weights = tensor.Must(tensor.New(ones))
	}
	return batch, err
}

// Rows are read once, also where what was read ahead turns out to be of another
// make-up than the batch before.
func TestOtherBatchesAreReadOnce(t *testing.T) {
	data := &moody{Indexed: randomData(48, 3, 4)}
	m := tinyClassifier(t, CompileConfig{})
	before := data.calls
	if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 8, Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	same := tinyClassifier(t, CompileConfig{})
	if _, err := same.Fit(context.Background(), randomData(48, 3, 4), FitConfig{BatchSize: 8, Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	// The first rows are looked at before the training, see checkData.
	if calls := data.calls - before; calls > 48/8+1 {
		t.Errorf("rows were read %d times for %d batches", calls, 48/8)
	}
	a, b := tensor.Must(m.Weights()), tensor.Must(same.Weights())
	for i := range a {
		if !a[i].Value.AllClose(b[i].Value, 1e-4, 1e-6) {
			t.Errorf("%s: %v, without weights of 1 %v", a[i].Name, a[i].Value, b[i].Value)
		}
	}
}
