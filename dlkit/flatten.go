package dlkit

import (
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// FlattenLayer is made by Flatten.
type FlattenLayer struct{ named }

// Flatten makes one axis of all: input (28, 28, 1), output (784,), row-major.
func Flatten(name ...NameOption) *FlattenLayer {
	f := &FlattenLayer{}
	f.rename(name)
	return f
}

// OutShape implements Layer.
func (f *FlattenLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{in.Size()}, nil
}

// Apply implements Layer.
func (f *FlattenLayer) Apply(_ *Builder, x *graph.Node) *graph.Node {
	return graph.Reshape(x, batchOf(x), tensor.Shape(dims(x)[1:]).Size())
}
