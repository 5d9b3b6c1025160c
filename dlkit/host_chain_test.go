package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// checkHostWork compares what training and predicting give with host work to what
// the graph alone gives.
func checkHostWork(t *testing.T, data tensor.Indexed, fit FitConfig, config CompileConfig, model func() *Model) {
	t.Helper()
	ctx := context.Background()
	run := func() (out []*tensor.Tensor, calls int) {
		m := model()
		config.Backend = "go"
		if config.Optimizer == nil {
			config.Optimizer = SGD{LearningRate: 0.05}
		}
		if err := m.Compile(config); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(ctx, data, fit); err != nil {
			t.Fatal(err)
		}
		scores := tensor.Must(m.Evaluate(ctx, data))
		out = append(out, tensor.Must(m.PredictDataset(ctx, data)), tensor.Must(tensor.New([]float64{scores.Loss}, 1)))
		for _, w := range tensor.Must(m.Weights()) {
			out = append(out, w.Value.Clone())
		}
		for _, p := range m.programs.list {
			if p.calls != nil {
				calls += len(p.calls.list)
			}
		}
		return out, calls
	}
	var chained, plain []*tensor.Tensor
	var n, none int
	withLowerings(func() { chained, n = run() })
	withPlainOps(func() { plain, none = run() })
	if n == 0 || none != 0 {
		t.Fatalf("%d works on the host, with plainOps %d; want some and none", n, none)
	}
	for i := range chained {
		if !chained[i].AllClose(plain[i], 1e-3, 1e-4) {
			t.Errorf("result %d: %v, in the graph %v", i, chained[i], plain[i])
		}
	}
}
