package serve

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/gofromzero/fromzero/tensor"
)

// answer writes the predictions for a request as JSON.
func (d *model) answer(r request, outputs []*tensor.Tensor) ([]byte, error) {
	n := len(r.instances)
	out := make([]byte, 0, 64+16*n*outputs[0].Size()/max(outputs[0].Len(), 1))
	field := `{"predictions": [`
	if r.single {
		field = `{"prediction": `
	}
	out = append(out, field...)
	for i := range n {
		if i > 0 {
			out = append(out, ", "...)
		}
		var err error
		if out, err = d.appendPrediction(out, outputs, i); err != nil {
			return nil, err
		}
	}
	if !r.single {
		out = append(out, ']')
	}
	if d.classes != nil {
		out = d.appendLabels(out, r, outputs[0])
	}
	return append(out, '}', '\n'), nil
}

// appendPrediction writes what the model makes of example i: a list, or an object
// of lists where the model has several outputs.
func (d *model) appendPrediction(out []byte, outputs []*tensor.Tensor, i int) (_ []byte, err error) {
	if len(outputs) > 1 {
		out = append(out, '{')
	}
	for k, y := range outputs {
		if len(outputs) > 1 {
			if k > 0 {
				out = append(out, ", "...)
			}
			out = append(strconv.AppendQuote(out, d.outputs[k].Name), ": "...)
		}
		values := tensor.Values[float32](y)
		width := len(values) / y.Len()
		if out, err = appendNumbers(out, values[i*width:(i+1)*width], y.Shape()[1:]); err != nil {
			return nil, fmt.Errorf("instance %d: %w", i, err)
		}
	}
	if len(outputs) > 1 {
		out = append(out, '}')
	}
	return out, nil
}

// appendNumbers writes values as lists in lists.
func appendNumbers(out []byte, values []float32, shape tensor.Shape) (_ []byte, err error) {
	if len(shape) == 0 {
		v := float64(values[0])
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &statusError{unprocessable, fmt.Sprintf("the model's output is %v, no number that JSON knows; its weights may be broken, or the input is far from what it was trained with", v)}
		}
		return strconv.AppendFloat(out, v, 'g', -1, 32), nil
	}
	out = append(out, '[')
	width := len(values) / max(shape[0], 1)
	for i := range shape[0] {
		if i > 0 {
			out = append(out, ", "...)
		}
		if out, err = appendNumbers(out, values[i*width:(i+1)*width], shape[1:]); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// appendLabels writes the most probable class of every example, and all names.
func (d *model) appendLabels(out []byte, r request, y *tensor.Tensor) []byte {
	values := tensor.Values[float32](y)
	width := len(values) / y.Len()
	labels := make([]string, len(r.instances))
	for i := range labels {
		labels[i] = d.label(values[i*width : (i+1)*width])
	}
	if r.single {
		out = appendField(out, "label", labels[0])
	} else {
		out = appendField(out, "labels", labels)
	}
	return appendField(out, "classes", d.classes)
}

// label names the class with the largest value; a single value above 1/2 is the
// second of two.
func (d *model) label(values []float32) string {
	if len(values) == 1 && len(d.classes) == 2 {
		if values[0] > 0.5 {
			return d.classes[1]
		}
		return d.classes[0]
	}
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return d.classes[best]
}

func appendField(out []byte, name string, v any) []byte {
	out = append(strconv.AppendQuote(append(out, ", "...), name), ": "...)
	text, err := json.Marshal(v)
	if err != nil { // texts can always be written
		text = []byte("null")
	}
	return append(out, text...)
}
