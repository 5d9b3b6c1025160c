package onnx_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/dlkit/onnx"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
	"google.golang.org/protobuf/encoding/protowire"
)

// message is a decoded protobuf message: the values of every field, in order.
// Numbers are uint64, everything else is []byte.
type message map[protowire.Number][]any

func decode(t *testing.T, data []byte) message {
	t.Helper()
	m := message{}
	for len(data) > 0 {
		field, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			t.Fatal("a tag cannot be read")
		}
		data = data[n:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(data)
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(data)
		case protowire.Fixed32Type:
			var bits uint32
			bits, n = protowire.ConsumeFixed32(data)
			v = uint64(bits)
		default:
			t.Fatalf("field %d is of kind %d", field, kind)
		}
		if n < 0 {
			t.Fatalf("field %d cannot be read", field)
		}
		m[field] = append(m[field], v)
		data = data[n:]
	}
	return m
}

func (m message) text(field protowire.Number) string {
	if len(m[field]) == 0 {
		return ""
	}
	return string(m[field][0].([]byte))
}

func (m message) texts(field protowire.Number) (out []string) {
	for _, v := range m[field] {
		out = append(out, string(v.([]byte)))
	}
	return out
}

func (m message) number(field protowire.Number) int64 {
	if len(m[field]) == 0 {
		return 0
	}
	return int64(m[field][0].(uint64))
}

func (m message) messages(t *testing.T, field protowire.Number) (out []message) {
	t.Helper()
	for _, v := range m[field] {
		out = append(out, decode(t, v.([]byte)))
	}
	return out
}

// file is what the tests look at.
type file struct {
	model, graph message
	nodes        []message
}

func export(t *testing.T, m *dlkit.Model, opts ...onnx.Option) file {
	t.Helper()
	var b bytes.Buffer
	if err := onnx.Export(&b, m, opts...); err != nil {
		t.Fatal(err)
	}
	f := file{model: decode(t, b.Bytes())}
	f.graph = f.model.messages(t, 7)[0]
	f.nodes = f.graph.messages(t, 1)
	return f
}

// ops are the operations in order.
func (f file) ops() (out []string) {
	for _, n := range f.nodes {
		out = append(out, n.text(4))
	}
	return out
}

// shape reads a port: its name, and its shape with names of open axes.
func shape(t *testing.T, port message) (name, shape string) {
	t.Helper()
	typed := port.messages(t, 2)[0].messages(t, 1)[0]
	var axes []string
	for _, axis := range typed.messages(t, 2)[0].messages(t, 1) {
		if open := axis.text(2); open != "" {
			axes = append(axes, open)
		} else {
			axes = append(axes, fmt.Sprint(axis.number(1)))
		}
	}
	return port.text(1), fmt.Sprintf("%d(%s)", typed.number(1), strings.Join(axes, ","))
}

// ints reads an attribute of whole numbers.
func ints(t *testing.T, node message, name string) (out []int64) {
	t.Helper()
	for _, a := range node.messages(t, 5) {
		if a.text(1) == name {
			for _, v := range a[8] {
				out = append(out, int64(v.(uint64)))
			}
		}
	}
	return out
}

func TestStructureOfADenseModel(t *testing.T) {
	m := dlkit.Sequential(tensor.Shape{3}, dlkit.Dense(2, dlkit.ReLU), dlkit.Dropout(0.5), dlkit.Dense(2, dlkit.Softmax, dlkit.Name("answer")))
	if err := m.SetClasses("no", "yes"); err != nil {
		t.Fatal(err)
	}
	kernel := []float32{1, 2, 3, 4, 5, 6}
	if err := m.SetWeight("dense_1/kernel", tensor.Must(tensor.New(kernel, 3, 2))); err != nil {
		t.Fatal(err)
	}
	f := export(t, m, onnx.Name("little"), onnx.Doc("says yes or no"))
	if f.model.number(1) != 8 || f.model.messages(t, 8)[0].number(2) != 17 || f.model.text(2) != "fromzero" || f.model.text(6) != "says yes or no" || f.graph.text(2) != "little" {
		t.Errorf("the head of the file: IR %d, set %v, producer %q, doc %q, name %q", f.model.number(1), f.model.messages(t, 8), f.model.text(2), f.model.text(6), f.graph.text(2))
	}
	entry := f.model.messages(t, 14)[0]
	if entry.text(1) != "classes" || entry.text(2) != `["no","yes"]` {
		t.Errorf("metadata %q is %q", entry.text(1), entry.text(2))
	}
	if want := []string{"Gemm", "Relu", "Gemm", "Softmax"}; !slices.Equal(f.ops(), want) {
		t.Errorf("operations %v, want %v", f.ops(), want)
	}
	if name, s := shape(t, f.graph.messages(t, 11)[0]); name != "input_1" || s != "1(batch,3)" {
		t.Errorf("input %s %s", name, s)
	}
	if name, s := shape(t, f.graph.messages(t, 12)[0]); name != "answer" || s != "1(batch,2)" {
		t.Errorf("output %s %s", name, s)
	}
	stored := f.graph.messages(t, 5)[0]
	if stored.text(8) != "dense_1/kernel" || stored.number(2) != 1 {
		t.Errorf("the first constant is %s of type %d", stored.text(8), stored.number(2))
	}
	raw := stored[9][0].([]byte)
	for i, want := range kernel {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])); got != want {
			t.Errorf("number %d of the kernel is %v, want %v", i, got, want)
		}
	}
}

func TestPicturesAreTurnedAtTheBordersOnly(t *testing.T) {
	m := dlkit.Sequential(tensor.Shape{8, 8, 3}, dlkit.RandomFlip(dlkit.Horizontal), dlkit.Conv2D(4, 3, dlkit.Same, dlkit.Strides(2), dlkit.ReLU),
		dlkit.BatchNormalization(), dlkit.MaxPool2D(2), dlkit.Dropout(0.2), dlkit.Conv2D(5, 1), dlkit.Flatten(), dlkit.Dense(2))
	f := export(t, m)
	want := []string{"Transpose", "Conv", "Relu", "BatchNormalization", "MaxPool", "Conv", "Transpose", "Reshape", "Gemm"}
	if !slices.Equal(f.ops(), want) {
		t.Errorf("operations %v, want %v", f.ops(), want)
	}
	if got := ints(t, f.nodes[0], "perm"); !slices.Equal(got, []int64{0, 3, 1, 2}) {
		t.Errorf("pictures come in by %v", got)
	}
	if got := ints(t, f.nodes[1], "pads"); !slices.Equal(got, []int64{0, 0, 1, 1}) { // Keras' odd margin is at the end
		t.Errorf("the margin of the convolution is %v", got)
	}
	if _, s := shape(t, f.graph.messages(t, 11)[0]); s != "1(batch,8,8,3)" {
		t.Errorf("pictures come in as %s", s)
	}
}

func TestWordsAreWholeNumbers(t *testing.T) {
	f := export(t, dlkit.Sequential(tensor.Shape{5}, dlkit.Embedding(10, 4), dlkit.LSTM(3)))
	if _, s := shape(t, f.graph.messages(t, 11)[0]); s != "7(batch,5)" {
		t.Errorf("words come in as %s", s)
	}
	if !slices.Contains(f.ops(), "LSTM") {
		t.Errorf("operations %v lack LSTM", f.ops())
	}
}

// TestEveryNameIsMadeOnce checks what ONNX demands of every graph, for all models
// that are compared with ONNX Runtime: nodes are in order, and names are unique.
func TestEveryNameIsMadeOnce(t *testing.T) {
	for _, c := range cases() {
		f := export(t, c.model)
		known := map[string]bool{"": true}
		add := func(name string) {
			if known[name] {
				t.Errorf("%s: the name %q is given twice", c.name, name)
			}
			known[name] = true
		}
		for _, field := range []protowire.Number{11, 5} {
			for _, p := range f.graph.messages(t, field) {
				if field == 5 {
					add(p.text(8))
				} else {
					add(p.text(1))
				}
			}
		}
		for _, n := range f.nodes {
			for _, in := range n.texts(1) {
				if !known[in] {
					t.Errorf("%s: %s takes %q, which nothing before it makes", c.name, n.text(3), in)
				}
			}
			for _, out := range n.texts(2) {
				add(out)
			}
		}
		for _, p := range f.graph.messages(t, 12) {
			if !known[p.text(1)] {
				t.Errorf("%s: nothing makes the output %q", c.name, p.text(1))
			}
		}
	}
}

func TestTheSameModelIsTheSameFile(t *testing.T) {
	for _, c := range whole() {
		var a, b bytes.Buffer
		if err := errors.Join(onnx.Export(&a, c.model), onnx.Export(&b, c.model)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two exports differ", c.name)
		}
	}
}

// ownLayer is a layer that is not dlkit's.
type ownLayer struct{ Factor float64 }

func (*ownLayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, nil }

func (l *ownLayer) Apply(_ *dlkit.Builder, x *graph.Node) *graph.Node {
	return graph.MulScalar(x, l.Factor)
}

func TestWhatCannotBeExported(t *testing.T) {
	for _, c := range []exported{
		one("a layer of one's own", tensor.Shape{3}, dlkit.Dense(2), &ownLayer{2}),
		one("inside another", tensor.Shape{4, 3}, dlkit.Dense(2), dlkit.TimeDistributed(&ownLayer{2})),
	} {
		path := filepath.Join(t.TempDir(), "model.onnx")
		err := onnx.ExportFile(path, c.model)
		var layer *dlkit.LayerError
		if !errors.As(err, &layer) || layer.Index != 2 || !strings.Contains(layer.Layer, "own") || !strings.Contains(err.Error(), "replace it") {
			t.Errorf("%s: %v", c.name, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
			t.Errorf("%s: the folder holds %v", c.name, left)
		}
	}
	if err := onnx.Export(&bytes.Buffer{}, nil); err == nil {
		t.Error("no model is exported")
	}
	if err := onnx.Export(&bytes.Buffer{}, dlkit.Sequential(tensor.Shape{3}, dlkit.Dense(0))); err == nil {
		t.Error("a model with a mistake is exported")
	}
}

func TestWriterThatFails(t *testing.T) {
	m := dlkit.Sequential(tensor.Shape{3}, dlkit.Dense(2))
	if err := onnx.Export(failing{}, m); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := onnx.ExportFile(filepath.Join(t.TempDir(), "none", "model.onnx"), m); err == nil {
		t.Error("a folder that is not there is written to")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func ExampleExport() {
	m := dlkit.Sequential(tensor.Shape{28, 28, 1},
		dlkit.Conv2D(8, 3, dlkit.ReLU),
		dlkit.MaxPool2D(2),
		dlkit.Flatten(),
		dlkit.Dense(10, dlkit.Softmax, dlkit.Name("digit")),
	)
	var file bytes.Buffer // or onnx.ExportFile("digits.onnx", m)
	if err := onnx.Export(&file, m, onnx.Name("digits")); err != nil {
		fmt.Println(err)
		return
	}
	// In Python: onnxruntime.InferenceSession("digits.onnx").run(["digit"], {"input_1": pictures})
	fmt.Printf("%d KB\n", file.Len()/1024)
	// Output: 54 KB
}
