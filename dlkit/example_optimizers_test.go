package dlkit_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// descend trains one weight, which starts at 0, on y = 2x with a single
// example x = 1 and prints it after one and after two steps.
func descend(o dlkit.Optimizer) {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.NoBias, dlkit.KernelInit(dlkit.Zeros)))
	if err := m.Compile(dlkit.CompileConfig{Optimizer: o}); err != nil {
		fmt.Println(err)
		return
	}
	data := tensor.Must(tensor.FromTensors(row(1), tensor.Must(tensor.New([]float32{2}))))
	var trace []string
	for range 2 {
		if _, err := m.Fit(context.Background(), data, dlkit.FitConfig{}); err != nil {
			fmt.Println(err)
			return
		}
		w, err := m.Weights()
		if err != nil {
			fmt.Println(err)
			return
		}
		trace = append(trace, fmt.Sprintf("%.3f", tensor.Values[float64](w[0].Value)[0]))
	}
	fmt.Println(strings.Join(trace, " "))
}

// The gradient is 2·(w − 2): −4 first.
func ExampleSGD() {
	descend(dlkit.SGD{LearningRate: 0.1})
	descend(dlkit.SGD{LearningRate: 0.1, Momentum: 0.9})
	descend(dlkit.SGD{LearningRate: 0.1, Momentum: 0.9, Nesterov: true})
	// Output:
	// 0.400 0.720
	// 0.400 1.080
	// 0.760 1.555
}

// Adam's first step is the learning rate, however large the gradient.
func ExampleAdam() {
	descend(dlkit.Adam{LearningRate: 0.1})
	// Output:
	// 0.100 0.200
}

func ExampleAdamW() {
	descend(dlkit.AdamW{Adam: dlkit.Adam{LearningRate: 0.1}, WeightDecay: 0.5})
	// Output:
	// 0.100 0.195
}

func ExampleNadam() {
	descend(dlkit.Nadam{LearningRate: 0.1})
	// Output:
	// 0.106 0.182
}

func ExampleAdamax() {
	descend(dlkit.Adamax{LearningRate: 0.1})
	// Output:
	// 0.100 0.197
}

func ExampleLion() {
	descend(dlkit.Lion{LearningRate: 0.1})
	// Output:
	// 0.100 0.200
}

func ExampleRMSprop() {
	descend(dlkit.RMSprop{LearningRate: 0.1})
	// Output:
	// 0.316 0.526
}

func ExampleAdagrad() {
	descend(dlkit.Adagrad{LearningRate: 0.1})
	// Output:
	// 0.100 0.168
}

func ExampleAdadelta() {
	descend(dlkit.Adadelta{LearningRate: 1})
	// Output:
	// 0.001 0.003
}

// rates prints a schedule's rate at a few of 10 steps, for a base of 1.
func rates(s dlkit.Schedule) {
	var trace []string
	for _, step := range []int{0, 3, 6, 9} {
		trace = append(trace, fmt.Sprintf("%.3f", s.Rate(1, step, 10)))
	}
	fmt.Println(strings.Join(trace, " "))
}

func ExampleCosineDecay() {
	rates(dlkit.CosineDecay{})
	rates(dlkit.CosineDecay{Warmup: 0.4})
	// Output:
	// 1.000 0.794 0.345 0.024
	// 0.200 0.800 0.750 0.067
}

func ExampleStepDecay() {
	rates(dlkit.StepDecay{Every: 3, Factor: 0.5})
	// Output:
	// 1.000 0.500 0.250 0.125
}

func ExampleExponentialDecay() {
	rates(dlkit.ExponentialDecay{Every: 3, Factor: 0.5})
	// Output:
	// 1.000 0.500 0.250 0.125
}

func ExampleOneCycle() {
	rates(dlkit.OneCycle{})
	// Output:
	// 0.040 1.000 0.611 0.050
}

// One bad gradient of 100 is cut down to a length of 1.
func ExampleClip() {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.NoBias, dlkit.KernelInit(dlkit.Zeros)))
	err := m.Compile(dlkit.CompileConfig{Optimizer: dlkit.SGD{LearningRate: 0.1}, Clip: dlkit.Clip{Norm: 1}})
	if err != nil {
		fmt.Println(err)
	}
	data := tensor.Must(tensor.FromTensors(row(1), tensor.Must(tensor.New([]float32{50}))))
	if _, err := m.Fit(context.Background(), data, dlkit.FitConfig{}); err != nil {
		fmt.Println(err)
	}
	show(m, row(1))
	// Output:
	// [[0.1]]
}
