package serve

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// model is what requests and answers must know about a model.
type model struct {
	inputs  []input
	outputs []output
	classes []string         // nil if unknown
	words   *text.Vectorizer // nil if texts cannot come in
	rows    *rows            // nil if rows of a table cannot come in
}

// input is one input of the model.
type input struct {
	Name  string       `json:"name"`
	Shape tensor.Shape `json:"shape"` // of an example
	DType string       `json:"dtype"`
	whole bool         // whole numbers are wanted
}

type output struct {
	Name  string       `json:"name"`
	Shape tensor.Shape `json:"shape"`
}

func describe(m *dlkit.Model, c Config) (model, error) {
	var d model
	if m == nil {
		return d, errors.New("serve: the model is nil")
	}
	w, err := m.Wiring()
	if err != nil {
		return d, err
	}
	for i, shape := range w.Inputs {
		in := input{Name: fmt.Sprintf("input_%d", i+1), Shape: shape, DType: "float32"}
		if w.InputDTypes[i].IsInt() {
			in.DType, in.whole = "int32", true
		}
		d.inputs = append(d.inputs, in)
	}
	for _, at := range w.Outputs {
		l := w.Layers[at-len(w.Inputs)]
		d.outputs = append(d.outputs, output{uniqueName(l.Name, d.outputs), l.Out})
	}
	if err := d.findWords(m, c); err != nil {
		return d, err
	}
	if err := d.findRows(m, c); err != nil {
		return d, err
	}
	return d, d.nameClasses(m, c)
}

// uniqueName tells outputs of the same layer, used twice, apart.
func uniqueName(name string, others []output) string {
	n := 1
	for _, o := range others {
		if o.Name == name || strings.HasPrefix(o.Name, name+"_") {
			n++
		}
	}
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s_%d", name, n)
}

// nameClasses takes the names of the classes, where the output is a list of
// probabilities or a single one.
func (d *model) nameClasses(m *dlkit.Model, c Config) error {
	names := c.Classes
	if names == nil {
		names = m.Classes()
	}
	if names == nil && d.rows != nil && d.fits(d.rows.pipeline.ClassNames()) {
		names = d.rows.pipeline.ClassNames()
	}
	if names == nil {
		return nil
	}
	if !d.fits(names) {
		return fmt.Errorf("serve: %d names of classes for a model with %d outputs, the first of shape %v; want one output, and a name for each of its values (two for a single value)", len(names), len(d.outputs), d.outputs[0].Shape)
	}
	d.classes = names
	return nil
}

// fits reports whether there is a name for each value of the only output, or two
// for its single value.
func (d *model) fits(names []string) bool {
	out := d.outputs[0].Shape
	return len(d.outputs) == 1 && len(out) == 1 && (len(names) == out[0] || out[0] == 1 && len(names) == 2)
}

// findWords takes the vectorizer that fits the model's only input.
func (d *model) findWords(m *dlkit.Model, c Config) error {
	if c.Words != nil {
		if len(d.inputs) != 1 {
			return fmt.Errorf("serve: a vectorizer for a model with %d inputs; want one input", len(d.inputs))
		}
		fitted, err := fit(c.Words, d.inputs[0])
		d.words = fitted
		return err
	}
	if len(d.inputs) != 1 {
		return nil
	}
	for _, name := range m.Attachments() {
		var v text.Vectorizer
		if m.Attachment(name, &v) != nil || v.Len() <= 2 {
			continue // something else
		}
		if fitted, err := fit(&v, d.inputs[0]); err == nil {
			d.words = fitted
			return nil
		}
	}
	return nil
}

// fit makes the vectorizer's output the model's input. A vectorizer without a
// length of its own gets the model's.
func fit(v *text.Vectorizer, in input) (*text.Vectorizer, error) {
	c := v.Config()
	if c.Mode == text.Sequence && c.Length == 0 && len(in.Shape) == 1 {
		c.Length = in.Shape[0]
		const special = 2 // padding and unknown words
		longer, err := text.FromVocabulary(v.Vocabulary()[special:], c)
		if err != nil {
			return nil, fmt.Errorf("serve: %w", err)
		}
		v = longer
	}
	x, err := v.Transform("")
	if err != nil {
		return nil, fmt.Errorf("serve: the vectorizer: %w", err)
	}
	if got := x.Shape()[1:]; !got.Equal(in.Shape) {
		return nil, fmt.Errorf("serve: the vectorizer makes examples of shape %v, the model wants %v; give the vectorizer that the model was trained with", got, in.Shape)
	}
	return v, nil
}
