package table

import "slices"

// Select is a step that keeps only the named columns, in this order.
type Select struct{ Columns []string }

// Drop is a step that leaves out the named columns.
type Drop struct{ Columns []string }

// DropTexts is a step that leaves out all columns that were of kind Text in the
// training rows.
type DropTexts struct{}

type fittedSelect struct {
	Columns []string `json:"columns"`
}

func (s Select) fit(f *Frame) (fittedStep, error) {
	_, err := f.Select(s.Columns...)
	return &fittedSelect{slices.Clone(s.Columns)}, err
}

func (s Drop) fit(f *Frame) (fittedStep, error) {
	rest, err := f.Drop(s.Columns...)
	if err != nil {
		return nil, err
	}
	return &fittedSelect{rest.Names()}, nil
}

func (s DropTexts) fit(f *Frame) (fittedStep, error) {
	out := &fittedSelect{}
	for _, c := range f.columns {
		if c.kind != Text {
			out.Columns = append(out.Columns, c.name)
		}
	}
	return out, nil
}

func (s *fittedSelect) stepName() string { return "select" }

func (s *fittedSelect) apply(f *Frame) (*Frame, error) { return f.Select(s.Columns...) }
