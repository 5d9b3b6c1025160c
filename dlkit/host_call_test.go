package dlkit

import (
	"context"
	"reflect"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gofromzero/fromzero/tensor"
)

// leaving is a model with layers before, between, beside and behind those that
// are left to the host.
func leaving(head int) *Model {
	words := Input(tensor.Shape{12})
	x := words.Then(Embedding(50, 6, MaskZero))
	y := x.Then(Bidirectional(LSTM(3, ReturnSequences)))
	sum := Add(x, y).Then(Dropout(0.2)).Then(LayerNormalization())
	return Functional([]*Value{words}, sum.Then(GRU(7, InputDropout(0.1))).Then(Dense(head, ReLU)).Then(Dense(10, Softmax)))
}

// Rows that were fetched go into the first work as they are: no graph copies them.
func TestFetchedRowsAreNotCopied(t *testing.T) {
	needsVectors(t)
	m := Sequential(tensor.Shape{12}, Embedding(50, 6), LSTM(3), Dense(10, Softmax))
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), randomWords(8, 50, 12, true), FitConfig{}); err != nil {
		t.Fatal(err)
	}
	stage := m.programs.list[0].calls.stages[0]
	if stage.graph != nil || len(stage.sources) == 0 || !stage.sources[0].argument {
		t.Errorf("the first stage has the graph %v and sources %v, want none and an argument", stage.graph, stage.sources)
	}
}

// Training with host work must give what the graph alone gives.
func TestHostCallsAreThoseOfTheGraph(t *testing.T) {
	if !sequence.Fast() {
		t.Skip("without vectors nothing is left to the host")
	}
	data := randomWords(40, 50, 12, true)
	for name, config := range map[string]CompileConfig{
		"Adam":         {Optimizer: Adam{LearningRate: 0.01}},
		"in the graph": {Optimizer: RMSprop{LearningRate: 0.01}},
		"accumulated":  {Optimizer: Adam{LearningRate: 0.01}, Accumulate: 2},
	} {
		t.Run(name, func(t *testing.T) {
			checkHostWork(t, data, FitConfig{BatchSize: 8, Epochs: 2}, config, func() *Model { return leaving(10) })
		})
	}
}

// A large vocabulary is no work: its rows are only copied.
func TestTextModelsLeaveTheGraph(t *testing.T) {
	m := Sequential(tensor.Shape{200}, Embedding(10000, 32), LSTM(64), Dense(2, Softmax))
	if _, err := m.Weights(); err != nil {
		t.Fatal(err)
	}
	if sequence.Fast() && !m.leavesGraph(8) {
		t.Error("a model of an embedding and an LSTM trains in the graph alone")
	}
}

// What is large before a recurrent layer would be computed several times, what is
// large behind the last one is not.
func TestLargeLayersKeepTheGraph(t *testing.T) {
	for name, c := range map[string]struct {
		model *Model
		want  bool
	}{
		"small": {leaving(10), true}, "large behind": {leaving(100000), true},
		"large before": {Sequential(tensor.Shape{5, 4}, Dense(100000), Dense(4), LSTM(3), Dense(2)), false},
		"no work":      {Sequential(tensor.Shape{5}, Dense(3)), false},
	} {
		if _, err := c.model.Weights(); err != nil {
			t.Fatal(err)
		}
		if got := c.model.leavesGraph(8); sequence.Fast() && got != c.want {
			t.Errorf("%s: training leaves the graph: %v, want %v", name, got, c.want)
		}
	}
}

// The loss and the gradients of what comes behind all works are given out by the
// graph that computes the first gradient a work waits for.
func TestOutputsComeAtTheFirstStage(t *testing.T) {
	needsVectors(t)
	m := Sequential(tensor.Shape{5, 4}, Dense(6), LSTM(3), Dense(2, Softmax))
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), tensor.Must(tensor.FromTensors(floats(3, 5, 4), tensor.Must(tensor.New([]int32{0, 1, 1})))), FitConfig{}); err != nil {
		t.Fatal(err)
	}
	var given [][]int
	for _, s := range m.programs.list[0].calls.stages {
		given = append(given, s.given)
	}
	// Outputs: the loss, and gradients by kernel and bias of the layers around the
	// LSTM, whose work writes its own where they are read.
	if want := [][]int{nil, {0, 3, 4}}; !reflect.DeepEqual(given, want) {
		t.Errorf("the stages give out %v, want %v", given, want)
	}
}
