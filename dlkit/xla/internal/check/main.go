// Command check trains a tiny model on XLA and says what it ran on. `fromzero
// setup --xla` runs it to see that a plugin works here.
package main

import (
	"context"
	"fmt"
	"math"
	"os"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/dlkit/xla"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	plugin, err := xla.Plugin()
	if err == nil {
		err = train(plugin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(plugin)
}

// train fits y = 2x: after one step of rate 0.1 from weight 0 on x = 1, the
// weight is 0.4.
func train(plugin string) error {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Zeros)))
	if err := m.Compile(dlkit.CompileConfig{Backend: "xla:" + plugin, Optimizer: dlkit.SGD{LearningRate: 0.1}, Loss: dlkit.MeanSquaredError{}}); err != nil {
		return err
	}
	x := tensor.Must(tensor.New([]float32{1}, 1, 1))
	y := tensor.Must(tensor.New([]float32{2}, 1, 1))
	data, err := tensor.FromTensors(x, y)
	if err != nil {
		return err
	}
	if _, err := m.Fit(context.Background(), data, dlkit.FitConfig{Epochs: 1}); err != nil {
		return err
	}
	weights, err := m.Weights()
	if err != nil {
		return err
	}
	if got := tensor.Values[float64](weights[0].Value)[0]; math.Abs(got-0.4) > 1e-6 {
		return fmt.Errorf("one step on XLA gave the weight %v, want 0.4", got)
	}
	return nil
}
