package dlkit

import (
	"bytes"
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// scaleLayer is a layer as a user would write it: one weight per feature.
type scaleLayer struct {
	Start float64
}

func (s *scaleLayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, nil }

func (s *scaleLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	w := b.Weight("scale", tensor.Shape{dims(x)[1]}, Constant{s.Start})
	return graph.Mul(x, graph.Reshape(w, 1, -1))
}

// quarticLoss is a loss as a user would write it.
type quarticLoss struct{}

func (quarticLoss) Name() string { return "quartic" }

func (quarticLoss) Loss(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := graph.Sub(yPred, graph.Reshape(yTrue, dims(yPred)...))
	return graph.ReduceSum(graph.Mul(graph.Mul(d, d), graph.Mul(d, d)), -1)
}

// brokenLayer promises another shape than it makes.
type brokenLayer struct{}

func (brokenLayer) OutShape(tensor.Shape) (tensor.Shape, error) { return tensor.Shape{7}, nil }

func (brokenLayer) Apply(_ *Builder, x *graph.Node) *graph.Node { return x }

type panickyLayer struct{}

func (panickyLayer) OutShape(tensor.Shape) (tensor.Shape, error) { panic("oops") }

func (panickyLayer) Apply(_ *Builder, x *graph.Node) *graph.Node { return x }

func TestUsersOwnLayerLossAndMetric(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 4, 1))
	y := tensor.Must(tensor.New([]float32{3, 6, 9, 12}, 4, 1))
	data := tensor.Must(tensor.FromTensors(x, y))
	m := Sequential(tensor.Shape{1}, &scaleLayer{Start: 2})
	if err := m.Compile(CompileConfig{Optimizer: Adam{LearningRate: 0.1}, Loss: quarticLoss{}, Metrics: []Metric{counter{}}}); err != nil {
		t.Fatal(err)
	}
	hist := mustFit(t, m, data, FitConfig{Epochs: 200})
	if hist.Last("loss") > 1e-2 || hist.Last("examples") != 4 {
		t.Errorf("after training: %s", hist)
	}

	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(bytes.NewReader(file.Bytes())); err == nil {
		t.Error("a layer that Load cannot know was loaded")
	}
	loaded, err := Load(bytes.NewReader(file.Bytes()), &scaleLayer{}, quarticLoss{}, counter{})
	if err != nil {
		t.Fatal(err)
	}
	if got := loaded.steps[0].layer.(*scaleLayer).Start; got != 2 {
		t.Errorf("the layer's field came back as %v, want 2", got)
	}
	s, err := loaded.Evaluate(context.Background(), data)
	if err != nil || s.Loss > 1e-2 {
		t.Errorf("the loaded model's loss is %v (%v)", s.Loss, err)
	}
}
