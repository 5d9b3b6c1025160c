package dlkit

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// blobs are n points around three corners, easy to tell apart.
func blobs(n int) *tensor.Memory {
	data := randomData(n, 3, 2)
	x, _ := tensor.Flat[float32](data.All().X())
	y, _ := tensor.Flat[int32](data.All().Y())
	for i, c := range y {
		x[2*i] += float32(2 * (c % 2))
		x[2*i+1] += float32(c)
	}
	return data
}

func classifier() *Model {
	return Sequential(tensor.Shape{2}, Dense(8, ReLU), Dropout(0.1), Dense(3, Softmax))
}

func mustFit(t *testing.T, m *Model, data tensor.Dataset, c FitConfig) *History {
	t.Helper()
	hist, err := m.Fit(context.Background(), data, c)
	if err != nil {
		t.Fatal(err)
	}
	return hist
}

func weightsOf(t *testing.T, m *Model) []float64 {
	t.Helper()
	ws, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	var all []float64
	for _, w := range ws {
		all = append(all, tensor.Values[float64](w.Value)...)
	}
	return all
}

func TestSameSeedGivesSameWeights(t *testing.T) {
	train := func(seed uint64) []float64 {
		m := classifier()
		if err := m.Compile(CompileConfig{Seed: seed}); err != nil {
			t.Fatal(err)
		}
		mustFit(t, m, blobs(50), FitConfig{Epochs: 3, BatchSize: 16, ValidationSplit: 0.2})
		return weightsOf(t, m)
	}
	first, again, other := train(7), train(7), train(8)
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("weight value %d is %v and then %v with the same seed", i, first[i], again[i])
		}
	}
	if equal(first, other) {
		t.Error("another seed gives the same weights")
	}
}

func equal(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// On the Go backend an evaluation graph that holds the weights as constants
// would answer with the weights of the first epoch for ever.
func TestValidationUsesEachEpochsWeights(t *testing.T) {
	ctx := context.Background()
	held := blobs(40)
	m := classifier()
	var fresh [][]float64
	hist := mustFit(t, m, blobs(60), FitConfig{Epochs: 4, Validation: held, Callbacks: []Callback{
		CallbackFunc(func(e *Event) error {
			if e.Kind != EpochEnd {
				return nil
			}
			var file bytes.Buffer
			if err := e.Model.Save(&file); err != nil {
				return err
			}
			other, err := Load(&file)
			if err != nil {
				return err
			}
			s, err := other.Evaluate(ctx, held)
			fresh = append(fresh, []float64{s.Loss, s.Get("accuracy")})
			return err
		})}})
	for e, want := range fresh {
		got := []float64{hist.Values("val_loss")[e], hist.Values("val_accuracy")[e]}
		if math.Abs(got[0]-want[0]) > 1e-6 || got[1] != want[1] {
			t.Errorf("epoch %d: validation loss and accuracy %v, a fresh model with the same weights has %v", e+1, got, want)
		}
	}
	if first, last := fresh[0][0], fresh[3][0]; first == last {
		t.Error("the loss never changed, so the test shows nothing")
	}
}

// counter counts the examples that metrics see.
type counter struct{}

func (counter) Name() string { return "examples" }
func (counter) Update(b *Builder, _, yPred *graph.Node) *graph.Node {
	return graph.Reshape(b.Scalar(float64(batchOf(yPred))), 1)
}
func (counter) Result(sums []float64) float64 { return sums[0] }

func TestLastPartialBatchCounts(t *testing.T) {
	m := classifier()
	if err := m.Compile(CompileConfig{Metrics: []Metric{counter{}}}); err != nil {
		t.Fatal(err)
	}
	steps := 0
	hist := mustFit(t, m, blobs(50), FitConfig{Epochs: 2, BatchSize: 16, Validation: blobs(35), Callbacks: []Callback{
		CallbackFunc(func(e *Event) error {
			if e.Kind == StepEnd {
				steps++
			}
			return nil
		})}})
	if steps != 2*4 {
		t.Errorf("%d steps, want 4 an epoch: batches of 16, 16, 16 and 2", steps)
	}
	if hist.Last("examples") != 50 || hist.Last("val_examples") != 35 {
		t.Errorf("metrics saw %v and %v examples, want 50 and 35", hist.Last("examples"), hist.Last("val_examples"))
	}
	if n := len(m.programs.list); n != 3 {
		t.Errorf("%d graphs were compiled, want 3: two batch sizes of training, one of evaluation", n)
	}
}

func TestSaveLoadPredictsTheSame(t *testing.T) {
	ctx := context.Background()
	m := classifier()
	mustFit(t, m, blobs(50), FitConfig{Epochs: 2})
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	x := blobs(20).All().X()
	a, b := tensor.Must(m.Predict(ctx, x)), tensor.Must(loaded.Predict(ctx, x))
	if !equal(tensor.Values[float64](a), tensor.Values[float64](b)) {
		t.Error("the loaded model predicts something else")
	}
	// Training goes on alike: the optimizer's memory is in the file.
	mustFit(t, m, blobs(50), FitConfig{Epochs: 1})
	mustFit(t, loaded, blobs(50), FitConfig{Epochs: 1})
	if !equal(weightsOf(t, m), weightsOf(t, loaded)) {
		t.Error("training goes on otherwise after loading")
	}
}

func TestDamagedModelFilesAreRefused(t *testing.T) {
	var file bytes.Buffer
	if err := classifier().Save(&file); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	for cut := 0; cut < len(whole); cut += 1 + len(whole)/97 {
		if _, err := Load(bytes.NewReader(whole[:cut])); err == nil {
			t.Fatalf("a file cut at byte %d of %d was loaded", cut, len(whole))
		}
	}
	if _, err := Load(strings.NewReader("<!DOCTYPE html><html>not found</html>")); err == nil || !strings.Contains(err.Error(), "not a model file") {
		t.Errorf("HTML instead of a model: error %v", err)
	}
}

func TestModelAndHistoryTravelByGob(t *testing.T) {
	m := classifier()
	hist := mustFit(t, m, blobs(30), FitConfig{Epochs: 2})
	type kept struct {
		Model   *Model
		History *History
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(kept{m, hist}); err != nil {
		t.Fatal(err)
	}
	var got kept
	if err := gob.NewDecoder(&b).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !equal(weightsOf(t, m), weightsOf(t, got.Model)) || got.History.String() != hist.String() {
		t.Error("what came back differs")
	}
}

func TestPredictAnyNumberOfRows(t *testing.T) {
	ctx := context.Background()
	m := classifier()
	x := randomData(700, 3, 2).All().X()
	all := tensor.Values[float64](tensor.Must(m.Predict(ctx, x)))
	for _, n := range []int{1, 2, 9, 257, 700} {
		part := tensor.Must(tensor.New(tensor.Values[float32](x)[:2*n], n, 2))
		got := tensor.Values[float64](tensor.Must(m.Predict(ctx, part)))
		if len(got) != 3*n {
			t.Fatalf("%d rows gave %d values", n, len(got))
		}
		for i := range got {
			if math.Abs(got[i]-all[i]) > 1e-6 {
				t.Fatalf("%d rows: value %d is %v, among all rows %v", n, i, got[i], all[i])
			}
		}
	}
	if len(m.programs.list) > len(predictSizes) {
		t.Errorf("%d graphs compiled for predictions, want at most %d", len(m.programs.list), len(predictSizes))
	}
}

func TestCallbacksStopAndFail(t *testing.T) {
	stop := EpochFunc(func(epoch int, _ map[string]float64) error {
		if epoch == 1 {
			return ErrStop
		}
		return nil
	})
	if hist := mustFit(t, classifier(), blobs(30), FitConfig{Epochs: 9, Callbacks: []Callback{stop}}); hist.Epochs() != 2 {
		t.Errorf("stopped after %d epochs, want 2", hist.Epochs())
	}
	boom := errors.New("boom")
	hist, err := classifier().Fit(context.Background(), blobs(30), FitConfig{Epochs: 9, Callbacks: []Callback{
		EpochFunc(func(int, map[string]float64) error { return boom })}})
	if !errors.Is(err, boom) || hist.Epochs() != 1 {
		t.Errorf("error %v after %d epochs, want boom after 1", err, hist.Epochs())
	}
}

func TestPredictionBatchesFitTheLayers(t *testing.T) {
	dense := classifier()
	conv := Sequential(tensor.Shape{6, 6, 1}, Conv2D(2, 3), Flatten(), Dense(3, Softmax))
	for n, want := range map[int][2]int{1: {1, 1}, 20: {32, 32}, 100: {128, 32}, 5000: {256, 32}} {
		if got := [2]int{dense.predictSize(n), conv.predictSize(n)}; got != want {
			t.Errorf("%d rows: batches of %v, want %v", n, got, want)
		}
	}
	recurrent := Sequential(tensor.Shape{5, 2}, SimpleRNN(3))
	if got := recurrent.predictSize(1); got != narrowBatch {
		t.Errorf("one row of a recurrent model: a batch of %d, want %d", got, narrowBatch)
	}
	x := randomPictures(70, 6, 1)
	all := tensor.Must(conv.Predict(context.Background(), x))
	for i := range 70 {
		one := tensor.Must(conv.Predict(context.Background(), tensor.Must(x.Slice(tensor.Between(i, i+1)))))
		wantClose(t, "one row", tensor.Values[float64](one), tensor.Values[float64](all)[3*i:3*i+3], 1e-5)
	}
}
