package kernel_test

import (
	"fmt"
	"os"
	"time"

	"github.com/gofromzero/fromzero/kernel"
)

// A cell that is run again, and every cell after it, loads what it built.
func ExampleKeep() {
	type Config struct {
		Epochs int
		Rate   float64
	}
	type Trained struct { // exported fields, or types with MarshalBinary
		Weights []float64
		Loss    []float64
	}
	trained := kernel.Must(kernel.Keep("model", Config{Epochs: 5, Rate: 1e-3}, func() (Trained, error) {
		return Trained{Weights: []float64{0.1, 0.2}, Loss: []float64{1, 0.5}}, nil // takes minutes
	}))
	fmt.Println(trained.Loss)
}

func ExampleNewProgress() {
	p := kernel.NewProgress(kernel.Output(os.Stdout), kernel.Clock(func() time.Time { return time.Time{} }))
	for epoch := range 2 {
		label := fmt.Sprintf("epoch %d/2", epoch+1)
		for step := range int64(1875) {
			p.Update(label, step+1, 1875, []string{"loss"}, []float64{1 / float64(step+1)})
		}
		p.Finish(label, []string{"loss", "accuracy"}, []float64{0.25, 0.93})
	}
	// Output:
	// epoch 1/2  0.00 s  loss 0.2500  accuracy 0.9300
	// epoch 2/2  0.00 s  loss 0.2500  accuracy 0.9300
}

func ExampleDisplay() {
	err := kernel.Display(kernel.Bundle{HTML: "<b>bold</b> in a notebook", Text: "plain elsewhere"})
	fmt.Println(err)
	// Output:
	// plain elsewhere
	// <nil>
}

func ExampleMust() {
	size := kernel.Must(fmt.Sscan("28 28", new(int), new(int)))
	fmt.Println(size)
	// Output: 2
}
