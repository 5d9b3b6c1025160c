package table

import (
	"math"
	"slices"
)

// Field is a column that decides what a fitted pipeline makes of a row.
type Field struct {
	Name string
	// Kind is what the cells are; 0 for a column that no step treats, which holds
	// numbers or truth values.
	Kind Kind
	// Levels are the names that the training rows had, where the pipeline turns
	// names into numbers; nil otherwise. Others become what its steps say.
	Levels []string
	// MayMiss says that a missing cell is fine: a step puts something in its place.
	MayMiss bool
}

// Fields lists the columns that matter to the pipeline, in the order of the
// training rows: what to ask for where a row is typed in or sent. Columns that
// its steps leave out are not among them.
func (p *Fitted) Fields() []Field {
	fields, open := make(map[string]*Field, len(p.needs)), make(map[string]*Field, len(p.needs))
	for _, name := range p.needs {
		fields[name] = &Field{Name: name}
		open[name] = fields[name]
	}
	flagged := map[string]bool{}
	for _, step := range p.steps {
		if s, ok := step.(*fittedSelect); ok {
			for name := range open {
				if !slices.Contains(s.Columns, name) {
					delete(open, name)
					if !flagged[name] {
						delete(fields, name)
					}
				}
			}
		}
		for name, t := range telling(step) {
			f := open[name]
			if f == nil {
				continue // a column that a step made
			}
			f.learn(t)
			flagged[name] = flagged[name] || t.flags
			if t.final {
				delete(open, name)
			}
		}
	}
	var out []Field
	for _, name := range p.needs {
		if f := fields[name]; f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// told is what a step tells of a column that it treats.
type told struct {
	kind   Kind
	levels []string
	fills  bool // a missing cell
	flags  bool // in a column of its own, whether the cell is missing
	final  bool // the column is no more: others took its place
}

// learn takes over what the first step to tell says.
func (f *Field) learn(t told) {
	if f.Kind == 0 {
		f.Kind, f.Levels = t.kind, slices.Clone(t.levels)
	} else if f.Kind == t.kind && f.Levels == nil {
		f.Levels = slices.Clone(t.levels)
	}
	f.MayMiss = f.MayMiss || t.fills
}

// telling is what a step tells, by column.
func telling(step fittedStep) map[string]told {
	out := map[string]told{}
	switch s := step.(type) {
	case *fittedImpute:
		for _, c := range s.Columns {
			out[c.Column] = told{kind: c.Kind, fills: true, flags: c.Flag}
		}
	case *fittedOneHot:
		for _, c := range s.Columns {
			out[c.Column] = told{kind: c.Kind, levels: c.Levels, fills: true, final: true}
		}
	case *fittedOrdinal:
		for _, c := range s.Columns {
			out[c.Column] = told{kind: c.Kind, levels: c.Levels}
		}
	case *fittedScale:
		for _, c := range s.Columns {
			out[c.Column] = told{kind: Number}
		}
	case *fittedBucketize:
		for _, c := range s.Columns {
			out[c.Column] = told{kind: Number}
		}
	}
	return out
}

// completed is a frame with columns of missing cells for those that are not there
// and do not matter.
func (p *Fitted) completed(f *Frame) (*Frame, error) {
	var absent []string
	for _, name := range p.needs {
		if _, ok := f.byName[name]; !ok {
			absent = append(absent, name)
		}
	}
	if absent == nil {
		return f, nil
	}
	for _, field := range p.Fields() {
		absent = slices.DeleteFunc(absent, func(name string) bool { return name == field.Name })
	}
	nothing := make([]float64, f.n)
	for i := range nothing {
		nothing[i] = math.NaN()
	}
	for _, name := range absent {
		var err error
		if f, err = f.With(Numbers(name, nothing...)); err != nil {
			return nil, err
		}
	}
	return f, nil
}
