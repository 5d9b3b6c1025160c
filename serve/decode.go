package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// request is what came in: examples, one or a list of them.
type request struct {
	single    bool
	instances []json.RawMessage
}

// wantedForm ends the errors about a request's form.
const wantedForm = `want {"instances": [x, x, ...]}, or {"instance": x} for a single example`

// parseRequest reads a request's JSON. signature_name, which TensorFlow Serving's
// clients send, is passed over.
func parseRequest(body []byte, maxInstances int) (request, error) {
	var r request
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return r, badJSON(err)
	}
	delete(fields, "signature_name")
	list, several := fields["instances"]
	one, single := fields["instance"]
	switch {
	case len(fields) != 1 || several == single:
		names := make([]string, 0, len(fields))
		for name := range fields {
			names = append(names, fmt.Sprintf("%.40q", name))
		}
		sort.Strings(names)
		if len(names) > 8 {
			names = append(names[:8], "…")
		}
		return r, badRequest("the request has the fields [%s]; %s", strings.Join(names, ", "), wantedForm)
	case single:
		return request{single: true, instances: []json.RawMessage{one}}, nil
	}
	if err := json.Unmarshal(list, &r.instances); err != nil || r.instances == nil {
		return r, badRequest("instances is no list; %s", wantedForm)
	}
	if n := len(r.instances); n < 1 || n > maxInstances {
		return r, badRequest("%d instances; want 1 to %d in one request", n, maxInstances)
	}
	return r, nil
}

func badJSON(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return badRequest("the request is no JSON: %v, at byte %d; %s", syntax, syntax.Offset, wantedForm)
	}
	return badRequest("the request is no JSON object; %s", wantedForm)
}

// tensors turns the examples into the model's inputs.
func (d *model) tensors(instances []json.RawMessage) ([]*tensor.Tensor, error) {
	if d.words != nil && instances[0][0] == '"' {
		return d.texts(instances)
	}
	if d.rows != nil && instances[0][0] == '{' {
		return d.rows.tensors(instances)
	}
	fillers := make([]*filler, len(d.inputs))
	for i, in := range d.inputs {
		fillers[i] = newFiller(in, len(instances))
	}
	for i, raw := range instances {
		if raw[0] == '"' {
			return nil, badRequest("instance %d is a text, and the model has no vectorizer to read it with (see dlkit.Model.Attach); want %s", i, d.wanted())
		}
		if raw[0] == '{' && len(d.inputs) == 1 {
			return nil, badRequest("instance %d is an object, and %s; want %s", i, d.noRows(), d.wanted())
		}
		parts := []json.RawMessage{raw}
		if len(d.inputs) > 1 {
			var err error
			if parts, err = d.parts(raw); err != nil {
				return nil, badRequest("instance %d: %v", i, err)
			}
		}
		for k, part := range parts {
			if err := fillers[k].add(part); err != nil {
				return nil, badRequest("instance %d: %v", i, err)
			}
		}
	}
	out := make([]*tensor.Tensor, len(fillers))
	for i, f := range fillers {
		var err error
		if out[i], err = f.tensor(len(instances)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// wanted describes an example.
func (d *model) wanted() string {
	switch {
	case d.words != nil:
		return "a text, or " + d.inputs[0].wanted()
	case d.rows != nil:
		return d.rows.wanted()
	}
	return d.inputs[0].wanted()
}

// noRows says why an object cannot be read.
func (d *model) noRows() string {
	if d.rows == nil {
		return "the model has no table's pipeline to read it with (see dlkit.Model.Attach)"
	}
	return "the first one is none"
}

// parts takes an example of several inputs apart.
func (d *model) parts(raw json.RawMessage) ([]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	err := json.Unmarshal(raw, &fields)
	out := make([]json.RawMessage, len(d.inputs))
	var names []string
	for i, in := range d.inputs {
		out[i] = fields[in.Name]
		names = append(names, in.Name)
		if out[i] == nil {
			err = errors.New("missing")
		}
	}
	if err != nil || len(fields) != len(names) {
		return nil, fmt.Errorf("want an object with the fields %s, one for each input of the model", strings.Join(names, ", "))
	}
	return out, nil
}

// texts turns texts into the model's input.
func (d *model) texts(instances []json.RawMessage) ([]*tensor.Tensor, error) {
	list := make([]string, len(instances))
	for i, raw := range instances {
		if err := json.Unmarshal(raw, &list[i]); err != nil || raw[0] != '"' {
			return nil, badRequest("instance %d is no text, but the first one is; want all of a kind", i)
		}
	}
	x, err := d.words.Transform(list...)
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	return []*tensor.Tensor{x}, nil
}

// filler gathers the numbers of one input of all examples.
type filler struct {
	input
	floats []float32
	ints   []int32 // instead of floats where whole numbers are wanted
}

func newFiller(in input, n int) *filler {
	f := &filler{input: in}
	if in.whole {
		f.ints = make([]int32, 0, n*in.Shape.Size())
	} else {
		f.floats = make([]float32, 0, n*in.Shape.Size())
	}
	return f
}

func (f *filler) tensor(n int) (*tensor.Tensor, error) {
	shape := append([]int{n}, f.Shape...)
	if f.whole {
		return tensor.New(f.ints, shape...)
	}
	return tensor.New(f.floats, shape...)
}

// add appends one example's numbers.
func (f *filler) add(raw []byte) error {
	w := walker{data: raw}
	shape := f.layout(raw)
	err := w.list(shape, f)
	if errors.Is(err, errShape) {
		return fmt.Errorf("it is %s; want %s", shapeOf(raw, shape), f.wanted())
	}
	return err
}

// layout is the shape in which the numbers come: the input's own, without
// trailing axes of size 1 or as one flat list if there are fewer lists in lists.
func (f *filler) layout(raw []byte) tensor.Shape {
	depth := depthOf(raw)
	if depth == len(f.Shape) {
		return f.Shape
	}
	short := f.Shape
	for len(short) > 0 && short[len(short)-1] == 1 {
		short = short[:len(short)-1]
		if depth == len(short) {
			return short
		}
	}
	if depth == 1 {
		return tensor.Shape{f.Shape.Size()}
	}
	return f.Shape
}

func (in input) wanted() string {
	kind := "numbers"
	if in.whole {
		kind = "whole numbers"
	}
	return fmt.Sprintf("%s of shape %v", kind, in.Shape)
}

// number takes over one number.
func (f *filler) number(v float64) error {
	if f.whole {
		if v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return fmt.Errorf("%v is no whole number of 32 bits; %s takes %s", v, f.Name, f.wanted())
		}
		f.ints = append(f.ints, int32(v))
		return nil
	}
	if math.Abs(v) > math.MaxFloat32 {
		return fmt.Errorf("%v is too large for a 32-bit float", v)
	}
	f.floats = append(f.floats, float32(v))
	return nil
}
