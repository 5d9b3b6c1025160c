package table

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// Pipeline says how a frame becomes numbers that a model can learn from. Fit it
// on the training rows only: what it learns there, such as means and
// categories, is then used for all other rows as well, and must be saved with
// the model.
type Pipeline struct {
	// Target names the column to predict; "" for data without one. A Number
	// column gives Float32 targets; the other kinds classes, Int32 from 0, in
	// the order of Column.Levels.
	Target string
	// Classes says that a Target of numbers holds classes: each number that
	// occurs is one, in rising order.
	Classes bool
	// Steps are done in order on all columns but the target. Nil is Usual().
	Steps []Step
}

// Usual returns the steps that suit most tables: texts are dropped, missing
// numbers become the median and missing categories the most frequent one,
// numbers are standardised and categories one-hot encoded.
func Usual() []Step { return []Step{DropTexts{}, Impute{}, Standardize{}, OneHot{}} }

// Step is one step of a Pipeline: Impute, OneHot, Ordinal, Standardize, MinMax,
// Bucketize, Select, Drop or DropTexts.
type Step interface {
	fit(f *Frame) (fittedStep, error)
}

// fittedStep is a step that knows what it learnt. It is saved as JSON.
type fittedStep interface {
	apply(f *Frame) (*Frame, error)
	stepName() string
}

// Fitted is a pipeline that learnt from training rows. Nothing changes it, so
// it may be used by several goroutines. It is saved with json.Marshal, or Save.
type Fitted struct {
	target  string
	classes []string // the names of classes; nil without a target and for numbers
	steps   []fittedStep
	needs   []string // columns that a frame must have
	inputs  []string
}

// Fit learns from the training rows. It returns an error if a column isn't there
// or not of a step's kind, the target is missing somewhere, or columns are left
// at the end that are no numbers or have missing cells.
func (p Pipeline) Fit(train *Frame) (*Fitted, error) {
	if train.Len() == 0 {
		return nil, fmt.Errorf("table: a pipeline can't learn from a table without rows")
	}
	out := &Fitted{target: p.Target}
	f := train
	if p.Target != "" {
		target, err := train.Column(p.Target)
		if err != nil {
			return nil, err
		}
		if target.kind != Number || p.Classes {
			out.classes = classNames(target)
		}
		if _, err := out.targets(train); err != nil {
			return nil, err
		}
		if f, err = train.Drop(p.Target); err != nil {
			return nil, err
		}
	}
	out.needs = f.Names()
	steps := p.Steps
	if steps == nil {
		steps = Usual()
	}
	for i, step := range steps {
		done, err := step.fit(f)
		if err != nil {
			return nil, fmt.Errorf("%w (step %d, %T)", err, i, step)
		}
		if f, err = done.apply(f); err != nil {
			return nil, err
		}
		out.steps = append(out.steps, done)
	}
	out.inputs = f.Names()
	if len(out.inputs) == 0 {
		return nil, fmt.Errorf("table: the pipeline's steps leave no column")
	}
	_, err := matrix(f)
	return out, err
}

// classNames lists the classes of a target column.
func classNames(c *Column) []string {
	if c.kind == Category || c.kind == Bool {
		return c.Levels()
	}
	var names []string
	if c.kind == Number {
		values := c.present()
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			names = append(names, exact(v))
		}
		return names
	}
	return Categories("", c.texts...).levels
}

// Transform does the pipeline's steps on the rows of a frame. A target column is
// passed over if there is one. It returns an error if one of the columns that
// Fields lists is missing; others that the training rows had may be.
func (p *Fitted) Transform(f *Frame) (*Frame, error) {
	f, err := p.completed(f)
	if err != nil {
		return nil, err
	}
	f, err = f.Select(p.needs...)
	if err != nil {
		return nil, fmt.Errorf("%w (the pipeline was fitted on a table that had it)", err)
	}
	for _, step := range p.steps {
		if f, err = step.apply(f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Inputs makes the model's input of a frame: Float32 of shape (rows, columns).
// The columns are those of InputNames.
func (p *Fitted) Inputs(f *Frame) (*tensor.Tensor, error) {
	f, err := p.Transform(f)
	if err != nil {
		return nil, err
	}
	return matrix(f)
}

// Targets makes the model's targets of a frame, shape (rows,): Int32 classes or
// Float32 numbers. It returns an error if one is missing, or is a class that the
// training rows did not have.
func (p *Fitted) Targets(f *Frame) (*tensor.Tensor, error) {
	if p.target == "" {
		return nil, fmt.Errorf("table: the pipeline has no Target")
	}
	return p.targets(f)
}

// Dataset makes data to train or evaluate on of a frame. Its targets are missing
// if the pipeline has none.
func (p *Fitted) Dataset(f *Frame) (*Dataset, error) {
	x, err := p.Inputs(f)
	if err != nil {
		return nil, err
	}
	var y *tensor.Tensor
	if p.target != "" {
		if y, err = p.targets(f); err != nil {
			return nil, err
		}
	}
	memory, err := tensor.FromTensors(x, y)
	if err != nil {
		return nil, err
	}
	return &Dataset{Memory: memory, classes: p.ClassNames(), inputs: p.InputNames()}, nil
}

// InputNames lists the columns of the input, in order, such as "age" and
// "sex=male".
func (p *Fitted) InputNames() []string { return slices.Clone(p.inputs) }

// ClassNames lists the classes, in order; nil if the target is a number.
func (p *Fitted) ClassNames() []string { return slices.Clone(p.classes) }

func (p *Fitted) targets(f *Frame) (*tensor.Tensor, error) {
	c, err := f.Column(p.target)
	if err != nil {
		return nil, err
	}
	labels, numbers := make([]int32, c.Len()), make([]float32, c.Len())
	for i := range labels {
		if c.IsMissing(i) {
			return nil, fmt.Errorf("table: the target %q is missing in row %d; leave such rows out with Filter", p.target, i)
		}
		if p.classes == nil {
			numbers[i] = float32(c.number(i))
			continue
		}
		name := c.text(i)
		k := slices.Index(p.classes, name)
		if k < 0 {
			return nil, fmt.Errorf("table: the target %q is %.40q in row %d; the training rows had only %s", p.target, name, i, strings.Join(p.classes, ", "))
		}
		labels[i] = int32(k)
	}
	if p.classes == nil {
		if c.kind != Number && c.kind != Bool {
			return nil, fmt.Errorf("table: the target %q is of kind %v; numbers are wanted, as in training", p.target, c.kind)
		}
		return tensor.New(numbers, len(numbers))
	}
	return tensor.New(labels, len(labels))
}

// matrix makes one tensor of columns that are all numbers or truth values.
func matrix(f *Frame) (*tensor.Tensor, error) {
	out := make([]float32, f.n*len(f.columns))
	for k, c := range f.columns {
		if c.kind != Number && c.kind != Bool {
			return nil, fmt.Errorf("table: column %q is of kind %v; a model needs numbers: use OneHot, Ordinal or Drop on it", c.name, c.kind)
		}
		for i := range f.n {
			v := c.number(i)
			if math.IsNaN(v) {
				return nil, fmt.Errorf("table: column %q is missing in row %d; use Impute on it, or leave the row out with Filter", c.name, i)
			}
			if math.Abs(v) > math.MaxFloat32 {
				return nil, fmt.Errorf("table: column %q is %v in row %d, too large for float32; correct it, or leave the row out with Filter", c.name, v, i)
			}
			out[i*len(f.columns)+k] = float32(v)
		}
	}
	return tensor.New(out, f.n, len(f.columns))
}

// Dataset is a table as numbers: Float32 inputs of shape (n, columns), and
// targets of shape (n,).
type Dataset struct {
	*tensor.Memory
	classes []string
	inputs  []string
	codes   []bool // columns of Raw whose numbers stand for names
}

// ClassNames implements tensor.Classes; nil if the target is a number.
func (d *Dataset) ClassNames() []string { return slices.Clone(d.classes) }

// InputNames lists the columns of the input, in order.
func (d *Dataset) InputNames() []string { return slices.Clone(d.inputs) }
