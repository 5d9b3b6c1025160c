package dlkit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleModel_SetClasses() {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Dense(3, dlkit.Softmax))
	if err := m.SetClasses("cat", "dog", "fox"); err != nil {
		fmt.Println(err)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		fmt.Println(err)
	}
	loaded := tensor.Must(dlkit.Load(&file))
	fmt.Println(loaded.Classes())
	// Output: [cat dog fox]
}

func TestSetClassesWantsANameForEachOutput(t *testing.T) {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Dense(3, dlkit.Softmax))
	if m.Classes() != nil {
		t.Error("a new model has names of classes")
	}
	if err := m.SetClasses("a", "b"); err == nil || !strings.Contains(err.Error(), "want 3") {
		t.Errorf("two names for three outputs: %v", err)
	}
	one := dlkit.Sequential(tensor.Shape{4}, dlkit.Dense(1, dlkit.Sigmoid))
	if err := one.SetClasses("bad", "good"); err != nil {
		t.Errorf("two names for one output: %v", err)
	}
}

func TestWiringOfAModelWithBranches(t *testing.T) {
	a, b := dlkit.Input(tensor.Shape{4}), dlkit.Input(tensor.Shape{5})
	word := b.Then(dlkit.Embedding(9, 4), dlkit.GlobalAvgPool1D())
	sum := dlkit.Add(a, word)
	w, err := dlkit.Functional([]*dlkit.Value{a, b}, sum, word.Then(dlkit.Dense(1))).Wiring()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(w.InputDTypes, []tensor.DType{tensor.Float32, tensor.Int32}) {
		t.Errorf("types of the inputs: %v", w.InputDTypes)
	}
	// Values 0 and 1 are inputs, then embedding 2, pool 3, add 4, dense 5.
	if got, want := fmt.Sprint(w.From), "[[1] [2] [0 3] [3]]"; got != want {
		t.Errorf("what goes into the layers: %v, want %v", got, want)
	}
	if !slices.Equal(w.Outputs, []int{4, 5}) || w.Layers[2].Name != "merge_1" {
		t.Errorf("outputs %v, layers %v", w.Outputs, w.Layers)
	}
}
