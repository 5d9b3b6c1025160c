package kept_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/kernel/kept"
)

type optimizer interface{ name() string }

type adam struct{ Rate float64 }

func (adam) name() string { return "adam" }

func ExampleCanonical() {
	inputs, err := kept.Canonical(struct {
		Epochs    int
		Optimizer optimizer
	}{5, adam{0.001}})
	fmt.Println(string(inputs), err)
	_, err = kept.Canonical(map[string]any{"callback": func() {}})
	fmt.Println(err)
	// Output:
	// {"Epochs":5,"Optimizer":{"Rate":0.001,"type":"kept_test.adam"}} <nil>
	// inputs[callback] is a func(), which cannot be compared from one run to the next: leave it out of the inputs and put in what it depends on (a name, a number)
}

func ExampleDiff() {
	fmt.Println(kept.Diff([]byte(`{"Epochs":5,"Layers":[64,10]}`), []byte(`{"Epochs":10,"Layers":[64,32]}`)))
	// Output: [Epochs 5 → 10 Layers[1] 10 → 32]
}
