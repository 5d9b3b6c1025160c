package dlkit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// slow is data whose reading takes long enough to be done ahead. It is not made
// for two readers at a time, and notices them.
type slow struct {
	tensor.Indexed
	t    *testing.T
	busy atomic.Bool
	read [][]int
	fail int // the number of the read, from 1 on, that fails; 0 for none
	how  func() error
}

func (s *slow) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	if s.busy.Swap(true) {
		s.t.Error("two read at a time")
	}
	defer s.busy.Store(false)
	s.read = append(s.read, slices.Clone(at))
	time.Sleep(2 * worthAhead)
	if len(s.read) == s.fail {
		return tensor.Batch{}, s.how()
	}
	return s.Indexed.Rows(ctx, at, reuse)
}

func (s *slow) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return tensor.RowBatches(ctx, s, size)
}

// stream is data in its own order, of any kind.
type stream struct {
	tensor.Dataset
	ended int // passes that have come to an end
}

func (s *stream) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		defer func() { s.ended++ }()
		for batch, err := range s.Dataset.Batches(ctx, size) {
			if !yield(batch, err) {
				return
			}
		}
	}
}

func tinyClassifier(t *testing.T, config CompileConfig) *Model {
	t.Helper()
	m := Sequential(tensor.Shape{4}, Dense(6, ReLU), Dropout(0.2), Dense(3, Softmax))
	if err := m.Compile(config); err != nil {
		t.Fatal(err)
	}
	return m
}

// labelled is random data whose labels have another type than the model's.
func labelled(n int, y func(labels []int32) *tensor.Tensor) *tensor.Memory {
	all := randomData(n, 3, 4).All()
	labels, _ := tensor.Flat[int32](all.Targets[0])
	return tensor.Must(tensor.FromTensors(all.Inputs[0], y(labels)))
}

// Reading ahead must not change what is trained on: not with other types, last
// batches that are smaller, gathered gradients, weights or validation data.
func TestReadingAheadChangesNothing(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 {
		t.Skip("one processor reads nothing ahead on the Go backend")
	}
	long := labelled(23, func(labels []int32) *tensor.Tensor {
		out := make([]int64, len(labels))
		for i, v := range labels {
			out[i] = int64(v)
		}
		return tensor.Must(tensor.New(out))
	})
	whole := labelled(23, func(labels []int32) *tensor.Tensor { return tensor.Must(tensor.New(labels)) }).All()
	whole.Weights = tensor.Must(tensor.New(slices.Repeat([]float64{0.5}, 23)))
	for name, c := range map[string]struct {
		data   tensor.Indexed
		config CompileConfig
		fit    FitConfig
	}{
		"plain":         {data: randomData(23, 3, 4)},
		"int64":         {data: long},
		"weights":       {data: tensor.Must(tensor.FromBatch(whole))},
		"class weights": {data: randomData(23, 3, 4), fit: FitConfig{ClassWeights: map[int]float64{1: 3}}},
		"accumulated":   {data: randomData(23, 3, 4), config: CompileConfig{Accumulate: 3}},
		"validated":     {data: randomData(40, 3, 4), fit: FitConfig{ValidationSplit: 0.3}},
		"in order":      {data: randomData(23, 3, 4), fit: FitConfig{NoShuffle: true}},
	} {
		t.Run(name, func(t *testing.T) {
			train := func(data tensor.Dataset) (out []*tensor.Tensor) {
				m := tinyClassifier(t, c.config)
				fit := c.fit
				fit.Epochs, fit.BatchSize = 3, 5
				if _, err := m.Fit(t.Context(), data, fit); err != nil {
					t.Fatal(err)
				}
				scores := tensor.Must(m.EvaluateWith(t.Context(), data, EvaluateConfig{BatchSize: 5}))
				out = append(out, tensor.Must(tensor.New([]float64{scores.Loss})))
				for _, w := range tensor.Must(m.Weights()) {
					out = append(out, w.Value.Clone())
				}
				return out
			}
			reader := &slow{Indexed: c.data, t: t}
			ahead := train(reader)
			processors := runtime.GOMAXPROCS(1)
			atOnce := train(c.data)
			runtime.GOMAXPROCS(processors)
			for i := range ahead {
				if !ahead[i].AllClose(atOnce[i], 0, 0) {
					t.Errorf("result %d is %v, read at once %v", i, ahead[i], atOnce[i])
				}
			}
			if c.fit.ValidationSplit > 0 {
				return
			}
			for pass := range 4 {
				reads := reader.read[pass*5 : (pass+1)*5] // 5, 5, 5, 5 and 3 rows
				all := slices.Sorted(slices.Values(slices.Concat(reads...)))
				if !slices.Equal(all, identity(23)) {
					t.Errorf("pass %d reads rows %v", pass+1, reads)
				}
			}
			if len(reader.read) != 20 {
				t.Errorf("%d batches were read, want 20", len(reader.read))
			}

			if c.fit.NoShuffle {
				for i, v := range train(&stream{Dataset: &slow{Indexed: c.data, t: t}}) {
					if !v.AllClose(ahead[i], 0, 0) {
						t.Errorf("as a stream, result %d is %v, want %v", i, v, ahead[i])
					}
				}
			}
		})
	}
}

// What goes wrong while reading ahead must come when it is the batch's turn, where
// Fit's caller can see it.
func TestReadingAheadFails(t *testing.T) {
	boom := errors.New("boom")
	for _, fail := range []int{1, 2, 4, 5} {
		for _, kind := range []string{"error", "panic"} {
			for _, streamed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/stream=%v", kind, fail, streamed), func(t *testing.T) {
					reader := &slow{Indexed: randomData(23, 3, 4), t: t, fail: fail, how: func() error { return boom }}
					if kind == "panic" {
						reader.how = func() error { panic(boom) }
					}
					var data tensor.Dataset = reader
					if streamed {
						data = &stream{Dataset: reader}
					}
					steps := 0
					counts := CallbackFunc(func(e *Event) error {
						if e.Kind == StepEnd {
							steps++
						}
						return nil
					})
					err := func() (err error) {
						defer func() {
							if r := recover(); r != nil {
								err = r.(error)
							}
						}()
						_, err = tinyClassifier(t, CompileConfig{}).Fit(t.Context(), data, FitConfig{BatchSize: 5, Callbacks: []Callback{counts}})
						return err
					}()
					if !errors.Is(err, boom) || steps != fail-1 {
						t.Errorf("error %v after %d steps, want %v after %d", err, steps, boom, fail-1)
					}
				})
			}
		}
	}
}

// Callbacks have the data for themselves, and may use the model in ways that throw
// away the program that the next batch was read for.
func TestCallbacksHaveTheDataAlone(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		reader := &slow{Indexed: randomData(23, 3, 4), t: t}
		var data tensor.Dataset = reader
		passes := &stream{Dataset: reader}
		if streamed {
			data = passes
		}
		m := tinyClassifier(t, CompileConfig{})
		steps := 0
		looks := CallbackFunc(func(e *Event) error {
			if reader.busy.Load() {
				t.Error("the data is read while a callback runs")
			}
			if e.Kind != StepEnd {
				return nil
			}
			if steps++; steps == 7 {
				return ErrStop
			}
			for size := range maxPrograms {
				if _, err := m.EvaluateWith(t.Context(), reader, EvaluateConfig{BatchSize: 2 + size}); err != nil {
					return err
				}
			}
			return nil
		})
		if _, err := m.Fit(t.Context(), data, FitConfig{BatchSize: 5, Epochs: 3, Callbacks: []Callback{looks}}); err != nil {
			t.Fatal(err)
		}
		if reader.busy.Load() {
			t.Error("the data is read after Fit")
		}
		if streamed && passes.ended != 2 {
			t.Errorf("%d passes have ended, want 2", passes.ended)
		}
	}
}

// An interrupted training must leave nobody reading.
func TestInterruptedWhileReadingAhead(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		reader := &slow{Indexed: randomData(23, 3, 4), t: t}
		var data tensor.Dataset = reader
		if streamed {
			data = &stream{Dataset: reader}
		}
		stops := CallbackFunc(func(e *Event) error {
			if e.Kind == StepEnd && e.Step == 3 {
				cancel()
			}
			return nil
		})
		_, err := tinyClassifier(t, CompileConfig{}).Fit(ctx, data, FitConfig{BatchSize: 5, Callbacks: []Callback{stops}})
		if !errors.Is(err, context.Canceled) || reader.busy.Load() {
			t.Errorf("error %v; somebody reads: %v", err, reader.busy.Load())
		}
	}
}

// A stream may make its examples with the model itself.
func TestStreamUsesTheModel(t *testing.T) {
	m := tinyClassifier(t, CompileConfig{})
	data := &playing{randomData(23, 3, 4), m}
	if _, err := m.Fit(t.Context(), data, FitConfig{BatchSize: 5, Epochs: 2}); err != nil {
		t.Fatal(err)
	}
}

type playing struct {
	tensor.Dataset
	m *Model
}

func (p *playing) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		for batch, err := range p.Dataset.Batches(ctx, size) {
			if err == nil {
				_, err = p.m.Predict(ctx, batch.Inputs[0])
			}
			if !yield(batch, err) {
				return
			}
		}
	}
}

// calculated is data that has to be calculated, for as long as it says.
type calculated struct {
	tensor.Indexed
	takes time.Duration
}

func (c *calculated) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	for begin := time.Now(); time.Since(begin) < c.takes; {
	}
	return c.Indexed.Rows(ctx, at, reuse)
}

func BenchmarkReadingAhead(b *testing.B) {
	for _, takes := range []time.Duration{worthAhead / 2, 2 * worthAhead, 10 * worthAhead} {
		b.Run(takes.String(), func(b *testing.B) {
			m := Sequential(tensor.Shape{784}, Dense(64, ReLU), Dense(64, Sigmoid), Dense(10, Softmax))
			if err := m.Compile(CompileConfig{}); err != nil {
				b.Fatal(err)
			}
			data := &calculated{randomData(32*128, 10, 784), takes}
			fit := func() {
				if _, err := m.Fit(b.Context(), data, FitConfig{BatchSize: 128}); err != nil {
					b.Fatal(err)
				}
			}
			fit()
			b.ReportAllocs()
			for b.Loop() {
				fit()
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(32*b.N), "ms/step")
		})
	}
}
