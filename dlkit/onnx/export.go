package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/internal/wholefile"
	"github.com/gofromzero/fromzero/tensor"
)

// Versions that are written into every file.
const (
	irVersion = 8
	opset     = 17
)

// maxFile is the limit of protobuf, with some room.
const maxFile = 2<<30 - 1<<20

// Option is an option of Export.
type Option func(*options)

type options struct {
	name, doc string
}

// Name is what the graph is called in the file; "model" if not given.
func Name(name string) Option { return func(o *options) { o.name = name } }

// Doc is a description kept in the file: what the model was trained with, what
// it is good for.
func Doc(text string) Option { return func(o *options) { o.doc = text } }

// Export writes the model as an ONNX file. A layer that cannot be exported is a
// *dlkit.LayerError, and nothing is written then. The model may be exported
// while others predict with it.
func Export(w io.Writer, m *dlkit.Model, opts ...Option) error {
	if m == nil {
		return errors.New("onnx: the model is nil")
	}
	o := options{name: "model"}
	for _, opt := range opts {
		opt(&o)
	}
	e, err := newExporter(m, o.name)
	if err != nil {
		return err
	}
	if err := e.model(); err != nil {
		return err
	}
	file, err := e.file(o, m.Classes())
	if err != nil {
		return err
	}
	if _, err := w.Write(file); err != nil {
		return fmt.Errorf("onnx: writing: %w", err)
	}
	return nil
}

// ExportFile is Export to a file. A file of that name is replaced only when all
// has been written.
func ExportFile(path string, m *dlkit.Model, opts ...Option) error {
	if err := wholefile.Write(path, func(w io.Writer) error { return Export(w, m, opts...) }); err != nil {
		return fmt.Errorf("onnx: writing %s: %w", path, err)
	}
	return nil
}

// exporter turns a model into a graph.
type exporter struct {
	*graph
	wiring  dlkit.Wiring
	weights map[string]*tensor.Tensor
	stored  map[string]string // names of constants made of weights
	renamed map[string]string // values that became outputs
	at      string            // the layer being exported
}

func newExporter(m *dlkit.Model, name string) (*exporter, error) {
	wiring, err := m.Wiring()
	if err != nil {
		return nil, err
	}
	list, err := m.Weights()
	if err != nil {
		return nil, err
	}
	e := &exporter{graph: newGraph(name), wiring: wiring, weights: map[string]*tensor.Tensor{}, stored: map[string]string{},
		renamed: map[string]string{}}
	size := 0
	for _, w := range list {
		e.weights[w.Name] = w.Value
		size += 4 * w.Value.Size()
	}
	if size > maxFile {
		return nil, fmt.Errorf("onnx: the model's weights take %d MB; a file holds at most %d", size>>20, maxFile>>20)
	}
	return e, nil
}

// model exports all layers, and names inputs and outputs.
func (e *exporter) model() error {
	var values []*value
	for i, shape := range e.wiring.Inputs {
		p := port{name: e.unique(fmt.Sprintf("input_%d", i+1)), elem: floatElem, shape: append([]int{-1}, shape...)}
		if e.wiring.InputDTypes[i].IsInt() {
			p.elem = int64Elem
		}
		e.inputs = append(e.inputs, p)
		values = append(values, &value{outer: p.name, shape: shape})
	}
	// Names of outputs come before those of operations.
	names := make([]string, len(e.wiring.Outputs))
	for i, at := range e.wiring.Outputs {
		names[i] = e.unique(e.wiring.Layers[at-len(e.wiring.Inputs)].Name)
	}
	for i, info := range e.wiring.Layers {
		in := make([]*value, len(e.wiring.From[i]))
		for k, at := range e.wiring.From[i] {
			in[k] = values[at]
		}
		e.at = info.Name
		out, err := e.layer(info.Layer, in)
		if err == nil && !out.shape.Equal(info.Out) {
			err = fmt.Errorf("it was exported with an output of %v instead of %v", out.shape, info.Out)
		}
		if err != nil {
			return &dlkit.LayerError{Index: i + 1, Name: info.Name, Layer: describe(info.Layer), In: info.In, Err: err}
		}
		values = append(values, passMask(info.Layer, in, out))
	}
	for i, at := range e.wiring.Outputs {
		e.output(names[i], values[at])
	}
	return nil
}

// output makes a value an output of the graph under a name.
func (e *exporter) output(name string, v *value) {
	made := e.outer(v)
	if now, ok := e.renamed[made]; ok {
		made = now
	}
	if e.made(made) && !e.isOutput(made) {
		e.rename(made, name)
		e.renamed[made] = name
	} else { // an input, or an output already
		e.nodes = append(e.nodes, &node{op: "Identity", name: e.unique(name + "/Identity"), inputs: []string{made}, outputs: []string{name}})
	}
	e.outputs = append(e.outputs, port{name: name, elem: floatElem, shape: append([]int{-1}, v.shape...)})
}

func (e *exporter) isOutput(name string) bool {
	for _, p := range e.outputs {
		if p.name == name {
			return true
		}
	}
	return false
}

// file writes a ModelProto around the graph.
func (e *exporter) file(o options, classes []string) (message, error) {
	var m message
	m.number(1, irVersion)
	m.text(2, "fromzero")
	m.text(6, o.doc)
	m.bytes(7, e.encode())
	var set message
	set.number(2, opset)
	m.bytes(8, set)
	if classes != nil {
		names, err := json.Marshal(classes)
		if err != nil {
			return nil, err
		}
		var entry message
		entry.text(1, "classes")
		entry.text(2, string(names))
		m.bytes(14, entry)
	}
	if len(m) > maxFile {
		return nil, fmt.Errorf("onnx: the file would take %d MB; at most %d can be read", len(m)>>20, maxFile>>20)
	}
	return m, nil
}

// op adds an operation of the layer being exported.
func (e *exporter) op(op string, attrs attributes, inputs ...string) string {
	return e.add(op, e.at+"/"+op, attrs, inputs...)
}

// within runs fn for a layer inside the current one.
func (e *exporter) within(name string, fn func()) {
	outer := e.at
	e.at += "/" + name
	defer func() { e.at = outer }()
	fn()
}

// innerName is what a layer inside the current one is called, after a prefix:
// found in the names of the weights. Without weights any name will do.
func (e *exporter) innerName(prefix string) string {
	for name := range e.weights {
		if rest, ok := strings.CutPrefix(name, e.at+"/"+prefix); ok {
			inner, _, _ := strings.Cut(rest, "/")
			return prefix + inner
		}
	}
	return prefix + "layer"
}

// describe is how a layer reads in messages, as in dlkit's.
func describe(l any) string {
	if s, ok := l.(fmt.Stringer); ok {
		return s.String()
	}
	return strings.TrimSuffix(reflect.Indirect(reflect.ValueOf(l)).Type().Name(), "Layer")
}
