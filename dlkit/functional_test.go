package dlkit

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func mergeMaker(kind string) func(*testing.T, refLayer) any {
	return func(*testing.T, refLayer) any { return &MergeLayer{Kind: kind} }
}

func init() {
	for class, kind := range map[string]string{"Add": "add", "Subtract": "subtract", "Multiply": "multiply",
		"Average": "average", "Maximum": "maximum", "Minimum": "minimum"} {
		layerMakers[class] = mergeMaker(kind)
	}
	layerMakers["Concatenate"] = func(_ *testing.T, c refLayer) any {
		axis := -1
		if c.Config["axis"] != nil && c.int("axis") > 0 {
			axis = c.int("axis") - 1 // Keras counts the batch
		}
		return &ConcatenateLayer{Axis: axis}
	}
}

// branched has two inputs, a residual connection, a shared layer and two
// outputs.
func branched() *Model {
	a, b := Input(tensor.Shape{2}), Input(tensor.Shape{2})
	shared := Dense(4, Tanh, Name("shared"))
	h := Add(Apply(shared, a), Apply(shared, b))
	h = Concatenate(h, h.Then(Dense(4, ReLU)))
	return Functional([]*Value{a, b}, h.Then(Dense(3, Softmax, Name("class"))), h.Then(Dense(1, Name("size"))))
}

func twoTasks(n int) *tensor.Memory {
	data := blobs(n).All()
	x := data.X()
	size := make([]float32, n)
	flat := tensor.Values[float32](x)
	for i := range size {
		size[i] = flat[2*i] + flat[2*i+1]
	}
	return tensor.Must(tensor.FromBatch(tensor.Batch{
		Inputs:  []*tensor.Tensor{x, x},
		Targets: []*tensor.Tensor{data.Y(), tensor.Must(tensor.New(size))},
	}))
}

func TestBranchedModelTrains(t *testing.T) {
	m := branched()
	if err := m.Compile(CompileConfig{Optimizer: Adam{LearningRate: 0.02}, LossWeights: []float64{1, 0.5}}); err != nil {
		t.Fatal(err)
	}
	data := twoTasks(60)
	hist := mustFit(t, m, data, FitConfig{Epochs: 100})
	for _, name := range []string{"loss", "class_loss", "size_loss", "class_accuracy", "size_mae"} {
		if v := hist.Values(name); len(v) != 100 {
			t.Errorf("history lacks %q: %v", name, hist.Names())
		}
	}
	if got, want := hist.Last("loss"), hist.Last("class_loss")+0.5*hist.Last("size_loss"); math.Abs(got-want) > 1e-5 {
		t.Errorf("loss %v, want the weighted sum %v", got, want)
	}
	if hist.Last("class_accuracy") < 0.9 || hist.Last("size_mae") > 0.3 {
		t.Errorf("badly trained: %s", hist)
	}
	layers, err := m.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if layers[0].Name != "shared" || layers[1].Name != "shared" || layers[0].Params != 12 {
		t.Errorf("the shared layer: %+v %+v", layers[0], layers[1])
	}

	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Evaluate(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	b, err := loaded.Evaluate(context.Background(), data)
	if err != nil || a.String() != b.String() {
		t.Errorf("after loading: %v (%v), before: %v", b, err, a)
	}
	out, err := m.PredictAll(context.Background(), data.All().Inputs...)
	if err != nil || len(out) != 2 || !out[0].Shape().Equal(tensor.Shape{60, 3}) || !out[1].Shape().Equal(tensor.Shape{60, 1}) {
		t.Errorf("PredictAll gave %v (%v)", out, err)
	}
}

func TestFunctionalMisuse(t *testing.T) {
	in, other := Input(tensor.Shape{2}), Input(tensor.Shape{3})
	cases := []struct {
		name string
		m    *Model
		want string
	}{
		{"no outputs", Functional([]*Value{in}), "0 outputs"},
		{"foreign input", Functional([]*Value{in}, other.Then(Dense(1))), "not among"},
		{"unused input", Functional([]*Value{in, other}, in.Then(Dense(1))), "input 2 of Functional leads to no output"},
		{"output is input", Functional([]*Value{in}, in), "no layer"},
		{"input made by a layer", Functional([]*Value{in.Then(Dense(1))}, in.Then(Dense(1))), "not made by Input"},
		{"shapes that do not fit", Functional([]*Value{in, other}, Add(in, other)), "(2,) and (3,)"},
		{"merge of one", Functional([]*Value{in}, Add(in)), "at least two"},
		{"ranks that do not fit", Functional([]*Value{in}, Concatenate(in, Input(tensor.Shape{2, 2}))), "not among"},
		{"nil layer", Functional([]*Value{in}, Apply(nil, in)), "nil"},
	}
	for _, c := range cases {
		if err := c.m.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", c.name, err, c.want)
		}
	}
	if err := branched().Compile(CompileConfig{Loss: MeanSquaredError{}}); err == nil || !strings.Contains(err.Error(), "Losses") {
		t.Errorf("one Loss for two outputs: error %v", err)
	}
}
