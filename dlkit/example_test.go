package dlkit_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// The network of the article: 784 inputs, 64 hidden units, 10 classes.
func ExampleSequential() {
	m := dlkit.Sequential(tensor.Shape{784},
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dense(10, dlkit.Softmax),
	)
	if err := m.Summary(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Layer    Kind               Output    Parameters  FLOPs
	// input                       (n, 784)
	// dense_1  Dense 64, relu     (n, 64)   50,240      100.4 k
	// dense_2  Dense 10, softmax  (n, 10)   650         1.3 k
	//
	// 50,890 parameters (198.8 KB), 50,890 of them trained
	// 101.6 k FLOPs and 0.3 KB of layer outputs per example
}

// Layers that do not fit are found before there is any data.
func ExampleModel_Err() {
	m := dlkit.Sequential(tensor.Shape{784},
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dense(0, dlkit.Softmax),
	)
	fmt.Println(m.Err())
	// Output:
	// dlkit: layer 2 dense_2 (Dense 0, softmax): units is 0; a Dense layer needs at least 1
}

// xorData are the four cases of "one or the other, not both".
func xorData() *tensor.Memory {
	x := tensor.Must(tensor.FromRows([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := tensor.Must(tensor.New([]int32{0, 1, 1, 0}))
	return tensor.Must(tensor.FromTensors(x, y))
}

// A line cannot part the cases of XOR; one hidden layer can.
func ExampleModel_Fit() {
	ctx := context.Background()
	m := dlkit.Sequential(tensor.Shape{2},
		dlkit.Dense(8, dlkit.Tanh),
		dlkit.Dense(2, dlkit.Softmax),
	)
	if err := m.Compile(dlkit.CompileConfig{Optimizer: dlkit.Adam{LearningRate: 0.05}}); err != nil {
		fmt.Println(err)
	}
	hist, err := m.Fit(ctx, xorData(), dlkit.FitConfig{Epochs: 100, BatchSize: 4})
	if err != nil {
		fmt.Println(err)
	}
	scores, err := m.Evaluate(ctx, xorData())
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%d epochs, accuracy %.2f\n", hist.Epochs(), scores.Get("accuracy"))
	// Output:
	// 100 epochs, accuracy 1.00
}

// Predict answers for any number of rows at once.
func ExampleModel_Predict() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Softmax)
	x := tensor.Must(tensor.FromRows([][]float32{{0, 0}, {0, 1}}))
	p, err := m.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(p)
	// Output:
	// [[0.5        0.5       ]
	//  [0.26894143 0.7310586 ]]
}

// A model file holds everything; the loaded model predicts the same.
func ExampleModel_Save() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Ones), dlkit.BiasInit(dlkit.Constant{Value: 0.5})))
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		fmt.Println(err)
	}
	loaded, err := dlkit.Load(&file)
	if err != nil {
		fmt.Println(err)
	}
	p, err := loaded.Predict(context.Background(), tensor.Must(tensor.FromRows([][]float32{{1, 2}})))
	fmt.Println(p, err)
	// Output:
	// [[3.5]] <nil>
}

// A residual connection: the layer's input is added to its output.
func ExampleFunctional() {
	in := dlkit.Input(tensor.Shape{3})
	h := in.Then(dlkit.Dense(3, dlkit.KernelInit(dlkit.Zeros)))
	m := dlkit.Functional([]*dlkit.Value{in}, dlkit.Add(in, h))
	p, err := m.Predict(context.Background(), tensor.Must(tensor.FromRows([][]float32{{1, 2, 3}})))
	fmt.Println(p, err)
	// Output:
	// [[1. 2. 3.]] <nil>
}

// Saliency: how much each input pushes the model toward its answer.
func ExampleModel_Gradient() {
	m := dlkit.Sequential(tensor.Shape{3}, dlkit.Dense(1, dlkit.NoBias))
	if err := m.SetWeight("dense_1/kernel", tensor.Must(tensor.New([]float32{2, -1, 0}, 3, 1))); err != nil {
		fmt.Println(err)
	}
	r, err := m.Gradient(context.Background(), tensor.Must(tensor.FromRows([][]float32{{1, 1, 1}})), dlkit.GradientConfig{})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(r.Output, r.Gradient)
	// Output:
	// [[1.]] [[ 2. -1.  0.]]
}

// Training only a new last layer on top of frozen ones.
func ExampleModel_Freeze() {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Dense(8, dlkit.ReLU, dlkit.Name("trunk")), dlkit.Dense(2, dlkit.Softmax, dlkit.Name("head")))
	if err := m.Freeze("trunk"); err != nil {
		fmt.Println(err)
	}
	layers, err := m.Layers()
	if err != nil {
		fmt.Println(err)
	}
	for _, l := range layers {
		fmt.Println(l.Name, l.Params, l.Trainable)
	}
	// Output:
	// trunk 40 0
	// head 18 18
}

// EpochFunc is called after every epoch; ErrStop ends the training.
func ExampleEpochFunc() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(2, dlkit.Softmax))
	hist, err := m.Fit(context.Background(), xorData(), dlkit.FitConfig{Epochs: 50, Callbacks: []dlkit.Callback{
		dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
			if epoch == 2 {
				return dlkit.ErrStop
			}
			return nil
		}),
	}})
	fmt.Println(hist.Epochs(), "epochs, error:", err)
	// Output:
	// 3 epochs, error: <nil>
}

// CallbackFunc sees every moment of training.
func ExampleCallbackFunc() {
	steps := 0
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(2, dlkit.Softmax))
	_, err := m.Fit(context.Background(), xorData(), dlkit.FitConfig{Epochs: 3, BatchSize: 2, Callbacks: []dlkit.Callback{
		dlkit.CallbackFunc(func(e *dlkit.Event) error {
			if e.Kind == dlkit.StepEnd {
				steps++
			}
			return nil
		}),
	}})
	fmt.Println(steps, "steps, error:", err)
	// Output:
	// 6 steps, error: <nil>
}
