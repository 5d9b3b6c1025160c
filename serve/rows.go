package serve

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// rows turns rows of a table, which come as objects, into the model's input.
type rows struct {
	pipeline *table.Fitted
	fields   []table.Field
}

// field describes a field of a row to the client.
type field struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind,omitempty"`
	Values  []string `json:"values,omitempty"` // that the training rows had
	MayMiss bool     `json:"may_be_null"`
}

func (r *rows) describe() []field {
	if r == nil {
		return nil
	}
	var out []field
	for _, f := range r.fields {
		d := field{Name: f.Name, Values: f.Levels, MayMiss: f.MayMiss}
		if f.Kind != 0 {
			d.Kind = f.Kind.String()
		}
		out = append(out, d)
	}
	return out
}

// findRows takes the pipeline that fits the model's only input.
func (d *model) findRows(m *dlkit.Model, c Config) error {
	if c.Rows != nil {
		if len(d.inputs) != 1 {
			return fmt.Errorf("serve: a pipeline for a model with %d inputs; want one input", len(d.inputs))
		}
		return d.useRows(c.Rows)
	}
	if len(d.inputs) != 1 || d.words != nil {
		return nil
	}
	for _, name := range m.Attachments() {
		var p table.Fitted
		if m.Attachment(name, &p) == nil && d.useRows(&p) == nil {
			return nil
		}
	}
	return nil
}

func (d *model) useRows(p *table.Fitted) error {
	shape := tensor.Shape{len(p.InputNames())}
	if !shape.Equal(d.inputs[0].Shape) || d.inputs[0].whole {
		return fmt.Errorf("serve: the pipeline makes numbers of shape %v, the model wants %s; give the pipeline that the model was trained with", shape, d.inputs[0].wanted())
	}
	d.rows = &rows{pipeline: p, fields: p.Fields()}
	return nil
}

// tensors turns objects into the model's input.
func (r *rows) tensors(instances []json.RawMessage) ([]*tensor.Tensor, error) {
	cells := make([]cells, len(r.fields))
	for i, raw := range instances {
		if err := r.add(cells, raw); err != nil {
			return nil, badRequest("instance %d: %v", i, err)
		}
	}
	columns := make([]*table.Column, len(r.fields))
	for k, f := range r.fields {
		columns[k] = cells[k].column(f)
	}
	frame, err := table.New(columns...)
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	x, err := r.pipeline.Inputs(frame)
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	return []*tensor.Tensor{x}, nil
}

// add takes the cells of one row.
func (r *rows) add(to []cells, raw json.RawMessage) error {
	var row map[string]json.RawMessage
	if raw[0] != '{' || json.Unmarshal(raw, &row) != nil {
		return fmt.Errorf("it is %s; want %s", kindOf(raw), r.wanted())
	}
	var missing []string
	for _, f := range r.fields {
		if row[f.Name] == nil {
			missing = append(missing, strconv.Quote(f.Name))
		}
	}
	if missing != nil {
		return fmt.Errorf("the fields %s are missing%s; want %s", strings.Join(missing, ", "), r.others(row), r.wanted())
	}
	for k, f := range r.fields {
		if err := to[k].add(f, row[f.Name]); err != nil {
			return fmt.Errorf("field %q: %w", f.Name, err)
		}
	}
	return nil
}

// others tells of fields that came and are none of the pipeline's: where one is
// missing, they may be misspelt.
func (r *rows) others(row map[string]json.RawMessage) string {
	for _, f := range r.fields {
		delete(row, f.Name)
	}
	if len(row) == 0 {
		return ""
	}
	const few = 5
	var names []string
	for _, name := range slices.Sorted(maps.Keys(row)) {
		names = append(names, fmt.Sprintf("%.40q", name))
	}
	if len(names) > few {
		names = append(names[:few], "…")
	}
	return fmt.Sprintf(", and nobody knows %s", strings.Join(names, ", "))
}

// wanted describes a row.
func (r *rows) wanted() string {
	var parts []string
	for _, f := range r.fields {
		parts = append(parts, fmt.Sprintf("%q (%s)", f.Name, wantedCell(f)))
	}
	return "an object with " + strings.Join(parts, ", ")
}

// wantedCell describes a cell.
func wantedCell(f table.Field) string {
	const few = 6
	text := map[table.Kind]string{0: "a number, true or false", table.Number: "a number", table.Bool: "true or false"}[f.Kind]
	switch {
	case text != "":
	case len(f.Levels) == 0:
		text = "a text"
	case len(f.Levels) <= few:
		text = quoted(f.Levels)
	default:
		text = "a text such as " + quoted(f.Levels[:few])
	}
	if f.MayMiss {
		return text + ", or null"
	}
	return text
}

func quoted(names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, fmt.Sprintf("%.40q", name))
	}
	return strings.Join(out, ", ")
}

// cells are the cells of one field of all rows.
type cells struct {
	numbers []float64
	names   []string // "" where it is missing
}

func (c *cells) column(f table.Field) *table.Column {
	if numeric(f) {
		return table.Numbers(f.Name, c.numbers...)
	}
	return table.Categories(f.Name, c.names...)
}

// numeric reports whether the cells are kept as numbers.
func numeric(f table.Field) bool { return f.Kind == table.Number || f.Kind == 0 }

// add takes one cell. Numbers may come as texts and the other way round: what was
// a number in training may come from a form.
func (c *cells) add(f table.Field, raw json.RawMessage) error {
	text, err := plain(raw)
	switch {
	case err != nil:
		return fmt.Errorf("%w; want %s", err, wantedCell(f))
	case text == "" && !f.MayMiss:
		return fmt.Errorf("it is empty, and the model has learnt from no such rows; want %s", wantedCell(f))
	case numeric(f):
		if truth, ok := map[string]string{"true": "1", "false": "0"}[text]; ok && f.Kind == 0 {
			text = truth
		}
		v, err := number(text)
		if err != nil {
			return fmt.Errorf("%w; want %s", err, wantedCell(f))
		}
		c.numbers = append(c.numbers, v)
	case f.Kind == table.Bool && text != "" && text != "true" && text != "false":
		return fmt.Errorf("it is %.40q; want %s", text, wantedCell(f))
	default:
		c.names = append(c.names, text)
	}
	return nil
}

// plain is a cell as text; "" for null.
func plain(raw json.RawMessage) (string, error) {
	var text string
	switch {
	case raw[0] == '{' || raw[0] == '[':
		return "", fmt.Errorf("it is %s", kindOf(raw))
	case raw[0] != '"':
		return strings.TrimPrefix(string(raw), "null"), nil
	}
	err := json.Unmarshal(raw, &text)
	return text, err
}

// number reads a cell; NaN for "".
func number(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(v, 0) || math.Abs(v) > math.MaxFloat32:
		return 0, fmt.Errorf("%.40s is too large a number", text)
	case err != nil || math.IsNaN(v):
		return 0, fmt.Errorf("it is %.40q", text)
	}
	return v, nil
}
