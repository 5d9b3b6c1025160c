package dlkit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// line are examples of y = 2x + 1.
func line() *tensor.Memory {
	var x, y []float32
	for i := range 32 {
		x = append(x, float32(i)/16-1)
		y = append(y, 2*x[i]+1)
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, 32, 1)), tensor.Must(tensor.New(y))))
}

// fitLine trains a line with a callback and returns the history.
func fitLine(callbacks ...dlkit.Callback) *dlkit.History {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Zeros)))
	if err := m.Compile(dlkit.CompileConfig{Optimizer: dlkit.SGD{LearningRate: 0.5}}); err != nil {
		fmt.Println(err)
	}
	hist, err := m.Fit(context.Background(), line(), dlkit.FitConfig{Epochs: 200, BatchSize: 32, Callbacks: callbacks})
	if err != nil {
		fmt.Println(err)
	}
	return hist
}

// Training ends when the loss has not got better by 0.001 for 3 epochs.
func ExampleEarlyStopping() {
	stop := &dlkit.EarlyStopping{Monitor: "loss", Patience: 3, MinDelta: 0.001}
	hist := fitLine(stop)
	best, _ := stop.BestEpoch()
	fmt.Println(hist.Epochs(), "epochs; stopped early:", stop.Stopped, "- best was epoch", best+1)
	// Output:
	// 14 epochs; stopped early: true - best was epoch 10
}

func ExampleModelCheckpoint() {
	dir, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		fmt.Println(err)
	}
	defer os.RemoveAll(dir)
	fitLine(&dlkit.ModelCheckpoint{Path: filepath.Join(dir, "line-{epoch}.dlkit"), Every: 100})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		fmt.Println(filepath.Base(f), err)
	}
	// Output:
	// line-0100.dlkit <nil>
	// line-0200.dlkit <nil>
}

// A training that was cut off goes on from its backup.
func ExampleBackupAndRestore() {
	dir, err := os.MkdirTemp("", "backup")
	if err != nil {
		fmt.Println(err)
	}
	defer os.RemoveAll(dir)
	backup := &dlkit.BackupAndRestore{Path: filepath.Join(dir, "line.backup")}
	hist := fitLine(backup)
	fmt.Println(hist.Epochs(), "epochs, resumed:", backup.Resumed())
	// Output:
	// 200 epochs, resumed: false
}

func ExampleReduceLROnPlateau() {
	hist := fitLine(&dlkit.ReduceLROnPlateau{Monitor: "loss", Factor: 0.5, Patience: 5})
	fmt.Printf("%.4f\n", hist.Last("loss"))
	// Output:
	// 0.0000
}

func ExampleCSVLogger() {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Constant{Value: 2}), dlkit.BiasInit(dlkit.Ones)))
	if _, err := m.Fit(context.Background(), line(), dlkit.FitConfig{Epochs: 2, Callbacks: []dlkit.Callback{&dlkit.CSVLogger{Writer: os.Stdout}}}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// epoch,loss,mae
	// 1,0,0
	// 2,0,0
}

// Weights this large give infinite numbers in the second layer.
func ExampleTerminateOnNaN() {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.Dense(1, dlkit.KernelInit(dlkit.Constant{Value: 1e30})), dlkit.Dense(1, dlkit.KernelInit(dlkit.Constant{Value: 1e30})))
	_, err := m.Fit(context.Background(), line(), dlkit.FitConfig{Callbacks: []dlkit.Callback{&dlkit.TerminateOnNaN{}}})
	var diverged *dlkit.DivergedError
	if errors.As(err, &diverged) {
		fmt.Println("epoch", diverged.Epoch, "step", diverged.Step, "layer", diverged.Layer)
	}
	// Output:
	// epoch 1 step 1 layer dense_2
}
