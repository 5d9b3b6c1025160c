package dlkit

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Layer is one step of a model. A layer is a plain struct: exported fields say
// how it is made up (they are saved as JSON with the model), and two methods
// say what it does. Write your own exactly like this package's.
//
// A layer that also has a method String() string is shown by it in summaries
// and errors.
type Layer interface {
	// OutShape returns the shape of one output example for an input example of
	// shape in, both without the batch axis, or an error that says what is
	// wrong with the input. It must be pure: it is called before any data.
	OutShape(in tensor.Shape) (tensor.Shape, error)
	// Apply adds the layer's computation to the graph. x has the batch as its
	// first axis. Weights are asked for with b.Weight.
	Apply(b *Builder, x *graph.Node) *graph.Node
}

// Merge is a step of a model that takes several values, such as Add. It is
// used with Apply in models made by Functional.
type Merge interface {
	// OutShapeOf is OutShape for several inputs.
	OutShapeOf(in []tensor.Shape) (tensor.Shape, error)
	// ApplyAll is Apply for several inputs.
	ApplyAll(b *Builder, xs []*graph.Node) *graph.Node
}

// LayerError is the error of one layer of a model: it says which, what came
// into it, and what is wrong.
type LayerError struct {
	// Index is the layer's position in the model, counting from 1.
	Index int
	// Name is the layer's name in the model, "dense_2".
	Name string
	// Layer describes the layer: "Dense 64, relu".
	Layer string
	// In are the shapes of one example of each input.
	In []tensor.Shape
	// Err is what went wrong.
	Err error
}

// Error implements error.
func (e *LayerError) Error() string {
	return fmt.Sprintf("dlkit: layer %d %s (%s): %v", e.Index, e.Name, e.Layer, e.Err)
}

// Unwrap returns Err.
func (e *LayerError) Unwrap() error { return e.Err }

// named is embedded in every layer of this package: the optional name.
type named struct {
	// Name is the layer's name in the model. Empty means one made from the
	// layer's kind and a number: "dense_1".
	Name string `json:",omitempty"`
}

func (n *named) layerName() string { return n.Name }

// Name gives a layer a name of its own, to be found by in summaries, errors,
// weights and saved files.
func Name(name string) NameOption { return NameOption{name} }

// NameOption is made by Name.
type NameOption struct{ name string }

// rename takes the last of the names given, for layers with no other option.
func (n *named) rename(names []NameOption) {
	for _, o := range names {
		n.Name = o.name
	}
}

// className is the kind of a layer, loss, metric or optimizer: the Go type's
// name without the word Layer.
func className(v any) string {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return strings.TrimSuffix(t.Name(), "Layer")
}

// describe is how a layer reads in messages.
func describe(l any) string {
	if s, ok := l.(fmt.Stringer); ok {
		return s.String()
	}
	return className(l)
}

// snakeCase turns "BatchNormalization" into "batch_normalization" and keeps
// runs of capitals and digits together: "Conv2D" is "conv2d", "LSTM" is "lstm".
func snakeCase(s string) string {
	var b strings.Builder
	runes := []rune(s)
	upper := func(i int) bool { return i >= 0 && i < len(runes) && runes[i] >= 'A' && runes[i] <= 'Z' }
	lower := func(i int) bool { return i >= 0 && i < len(runes) && runes[i] >= 'a' && runes[i] <= 'z' }
	for i, r := range runes {
		if upper(i) && (lower(i-1) || (upper(i-1) && lower(i+1))) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
