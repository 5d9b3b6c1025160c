package tensor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// reference is what NumPy says; testdata/make_reference.py writes it.
type reference struct {
	Cases []struct {
		Op     string
		Args   []referenceTensor
		Ints   []int
		Floats []float64
		Want   referenceTensor
		Exact  bool
	}
	Prints []struct {
		Tensor  referenceTensor
		Options struct {
			Precision int
			LineWidth int `json:"max_line_width"`
			Threshold int
			EdgeItems int
		}
		Want string
	}
}

// referenceTensor is a tensor whose data may be the word "arange".
type referenceTensor struct{ *Tensor }

func (r *referenceTensor) UnmarshalJSON(data []byte) error {
	r.Tensor = new(Tensor)
	if !bytes.Contains(data, []byte(`"arange"`)) {
		return json.Unmarshal(data, r.Tensor)
	}
	var in struct {
		DType string
		Shape Shape
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	counting := Must(Must(Arange(0, float64(in.Shape.Size()), 1)).Reshape(in.Shape...))
	for d := Float32; d <= Bool; d++ {
		if d.String() == in.DType {
			// By way of Int64, so that numbers wrap around in Uint8.
			r.Tensor = counting.Convert(Int64).Convert(d)
		}
	}
	return nil
}

func readReference(t *testing.T) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

type operation func(a []*Tensor, ints []int, floats []float64) (*Tensor, error)

func two(f func(a, b *Tensor) (*Tensor, error)) operation {
	return func(a []*Tensor, _ []int, _ []float64) (*Tensor, error) { return f(a[0], a[1]) }
}

func one(f func(a *Tensor) *Tensor) operation {
	return func(a []*Tensor, _ []int, _ []float64) (*Tensor, error) { return f(a[0]), nil }
}

func axes(f func(a *Tensor, axes ...int) (*Tensor, error)) operation {
	return func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) { return f(a[0], ints...) }
}

func keep(f func(r Reduction, axes ...int) (*Tensor, error)) operation {
	return func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) { return f(a[0].KeepDims(), ints...) }
}

var operations = map[string]operation{
	"add": two((*Tensor).Add), "sub": two((*Tensor).Sub), "mul": two((*Tensor).Mul), "div": two((*Tensor).Div),
	"pow": two((*Tensor).Pow), "maximum": two((*Tensor).Maximum), "minimum": two((*Tensor).Minimum),
	"floordiv": two((*Tensor).FloorDiv), "mod": two((*Tensor).Mod), "matmul": two((*Tensor).MatMul),
	"eq": two((*Tensor).Eq), "ne": two((*Tensor).Ne), "lt": two((*Tensor).Lt), "le": two((*Tensor).Le),
	"gt": two((*Tensor).Gt), "ge": two((*Tensor).Ge), "filter": two((*Tensor).Filter),

	"exp": one((*Tensor).Exp), "log": one((*Tensor).Log), "sqrt": one((*Tensor).Sqrt), "abs": one((*Tensor).Abs),
	"square": one((*Tensor).Square), "tanh": one((*Tensor).Tanh), "floor": one((*Tensor).Floor), "ceil": one((*Tensor).Ceil),
	"rint": one((*Tensor).Round), "negative": one((*Tensor).Neg), "sin": one((*Tensor).Sin), "cos": one((*Tensor).Cos),
	"flatten": one((*Tensor).Flatten),

	"sum": axes((*Tensor).Sum), "mean": axes((*Tensor).Mean), "std": axes((*Tensor).Std), "var": axes((*Tensor).Var),
	"min": axes((*Tensor).Min), "max": axes((*Tensor).Max), "argmin": axes((*Tensor).ArgMin), "argmax": axes((*Tensor).ArgMax),
	"any": axes((*Tensor).Any), "all": axes((*Tensor).All),
	"keep_sum": keep(Reduction.Sum), "keep_mean": keep(Reduction.Mean), "keep_std": keep(Reduction.Std), "keep_var": keep(Reduction.Var),
	"keep_min": keep(Reduction.Min), "keep_max": keep(Reduction.Max), "keep_argmin": keep(Reduction.ArgMin), "keep_argmax": keep(Reduction.ArgMax),

	"reshape": axes((*Tensor).Reshape), "transpose": axes((*Tensor).Transpose), "squeeze": axes((*Tensor).Squeeze),
	"broadcast": axes((*Tensor).BroadcastTo), "take": axes((*Tensor).Take),
	"expand": func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) { return a[0].ExpandDims(ints[0]) },
	"concatenate": func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) {
		return Concatenate(ints[0], a...)
	},
	"stack": func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) { return Stack(ints[0], a...) },
	"where": func(a []*Tensor, _ []int, _ []float64) (*Tensor, error) { return Where(a[0], a[1], a[2]) },
	"slice": func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) {
		return a[0].Slice(referenceRange(ints[0], ints[1]).By(ints[2]))
	},
	"clip": func(a []*Tensor, _ []int, f []float64) (*Tensor, error) { return a[0].Clip(f[0], f[1]), nil },
	"convert": func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) {
		return a[0].Convert(DType(ints[0])), nil
	},
	"softmax":  func(a []*Tensor, ints []int, _ []float64) (*Tensor, error) { return a[0].Softmax(ints[0]) },
	"linspace": func(_ []*Tensor, ints []int, f []float64) (*Tensor, error) { return Linspace(f[0], f[1], ints[0]) },
	"arange":   func(_ []*Tensor, _ []int, f []float64) (*Tensor, error) { return Arange(f[0], f[1], f[2]) },
	"eye":      func(_ []*Tensor, ints []int, _ []float64) (*Tensor, error) { return Eye(Float32, ints[0]) },
}

// referenceRange reads 99 as "not given".
func referenceRange(start, stop int) Range {
	const none = 99
	switch {
	case start == none && stop == none:
		return All()
	case start == none:
		return UpTo(stop)
	case stop == none:
		return From(start)
	}
	return Between(start, stop)
}

func TestLikeNumPy(t *testing.T) {
	ref := readReference(t)
	seen := map[string]int{}
	for i, c := range ref.Cases {
		seen[c.Op]++
		args := make([]*Tensor, len(c.Args))
		for k, a := range c.Args {
			args[k] = a.Tensor
		}
		f, ok := operations[c.Op]
		if !ok {
			t.Fatalf("case %d: unknown operation %q", i, c.Op)
		}
		got, err := f(args, c.Ints, c.Floats)
		what := fmt.Sprintf("case %d, %s of %v, %v %v", i, c.Op, args, c.Ints, c.Floats)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		rel := 1e-12
		if c.Exact {
			rel = 0
		} else if got.DType() == Float32 {
			rel = 1e-6
		}
		if !sameValues(got, c.Want.Tensor, rel) {
			t.Errorf("%s:\ngot  %v %v\n%v\nwant %v %v\n%v", what, got.DType(), got.Shape(), got, c.Want.DType(), c.Want.Shape(), c.Want)
		}
	}
	for name := range operations {
		if seen[name] == 0 {
			t.Errorf("no case for %s", name)
		}
	}
}

// sameValues is AllClose for which NaN is close to NaN, and with equal types.
func sameValues(a, b *Tensor, rel float64) bool {
	if a.DType() != b.DType() || !a.Shape().Equal(b.Shape()) {
		return false
	}
	nan := func(t *Tensor) *Tensor { return Must(t.Ne(t)) }
	zero := Scalar[float32](0)
	return nan(a).Equal(nan(b)) && Must(Where(nan(a), zero, a)).AllClose(Must(Where(nan(b), zero, b)), rel, rel)
}

func TestPrintsLikeNumPy(t *testing.T) {
	for i, p := range readReference(t).Prints {
		o := PrintOptions{Precision: p.Options.Precision, LineWidth: p.Options.LineWidth, Threshold: p.Options.Threshold, EdgeItems: p.Options.EdgeItems}
		if got := p.Tensor.Text(o); got != p.Want {
			t.Errorf("print %d, %v %v:\ngot\n%s\nwant\n%s", i, p.Tensor.DType(), p.Tensor.Shape(), got, p.Want)
		}
	}
}
