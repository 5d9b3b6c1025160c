package tensor

import (
	"math"
	"strings"
	"testing"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	m := Must(Zeros(Float32, 2, 3))
	v4 := Must(Zeros(Float32, 4))
	whole := Must(New([]int32{1, 0}))
	scalar := Scalar(1.0)
	empty := Must(Zeros(Float32, 0, 3))
	fail := func(_ any, err error) error { return err }
	for want, err := range map[string]error{
		"cannot add shapes (2, 3) and (4,): axis -1 has 3 and 4; axis sizes must be equal or 1 (broadcasting)": fail(m.Add(v4)),
		"cannot compare shapes (2, 3) and (4,)":                        fail(m.Gt(v4)),
		"cannot combine the truth values of shapes":                    fail(m.And(v4)),
		"cannot choose between shapes":                                 fail(Where(m, m, v4)),
		"cannot subtract: tensor 2 of 2 is nil":                        fail(m.Sub(nil)),
		"cannot add: tensor 1 of 2 is nil":                             fail((*Tensor)(nil).Add(m)),
		"the divisor int32 (2,) has a zero":                            fail(whole.FloorDiv(whole)),
		"the divisor int32 () has a zero":                              fail(whole.ModScalar(0)),
		"integers to a negative power":                                 fail(whole.Pow(whole.Neg())),
		"the left has 3 columns and the right 4 rows":                  fail(m.MatMul(v4)),
		"a scalar is no matrix":                                        fail(m.MatMul(scalar)),
		"both must be vectors of one length":                           fail(m.Dot(m)),
		"axis 2 of shape (2, 3); axes go from 0 to 1":                  fail(m.Sum(2)),
		"axis 1 of shape (2, 3) is given twice":                        fail(m.Sum(1, -1)),
		"axis 0 of a scalar, which has no axes":                        fail(scalar.Sum(0)),
		"shape (0, 3) has no elements along axes [0]":                  fail(empty.Max(0)),
		"cannot average: shape (0, 3)":                                 fail(empty.Mean()),
		"along 2 axes; give one axis":                                  fail(m.ArgMax(0, 1)),
		"index 2 on axis 0 of shape (2, 3); it goes":                   fail(m.At(2, 0)),
		"1 indices for shape (2, 3), which has 2 axes":                 fail(m.At(1)),
		"index 0 on axis 0 of shape (0, 3), which is empty":            fail(empty.Row(0)),
		"3 ranges for shape (2, 3)":                                    fail(m.Slice(All(), All(), All())),
		"axis 1: step 0":                                               fail(m.Slice(All(), All().By(0))),
		"index -3 on axis 0":                                           fail(m.Take(0, -3)),
		"cannot take rows of a scalar":                                 fail(scalar.Take()),
		"uint8 holds 0 to 255":                                         Must(Zeros(Uint8, 1)).Set(256, 0),
		"to NaN: int32 holds":                                          whole.Clone().Set(math.NaN(), 0),
		"cannot reshape (2, 3) with 6 elements to (4,), which needs 4": fail(m.Reshape(4)),
		"only one size may be -1":                                      fail(m.Reshape(-1, -1)),
		"its 6 elements cannot be divided by 0":                        fail(m.Reshape(-1, 0)),
		"axis 1 is -2; sizes must be 0 or more":                        fail(m.Reshape(3, -2)),
		"cannot put a new axis at 3 into shape (2, 3)":                 fail(m.ExpandDims(3)),
		"cannot squeeze axis 0 of shape (2, 3): its size is 2":         fail(m.Squeeze(0)),
		"name each of its 2 axes once":                                 fail(m.Transpose(0)),
		"axis 0 of shape (2, 3) is given":                              fail(m.Transpose(0, -2)),
		"cannot broadcast shape (2, 3) to (1, 3)":                      fail(m.BroadcastTo(1, 3)),
		"nothing to concatenate":                                       fail(Concatenate(0)),
		"cannot concatenate along axis 0":                              fail(Concatenate(0, m, v4)),
		"cannot stack: tensor 0 has shape (2, 3), tensor 1 has (4,)":   fail(Stack(0, m, v4)),
		"into 2 equal parts; use Slice":                                fail(m.Split(2, 1)),
		"mask of shape (3,) for a tensor of shape (2, 3)":              fail(m.Filter(Must(Zeros(Bool, 3)))),
		"Item of a tensor of shape (2, 3) with 6 elements":             fail(m.Item()),
		"in steps of 0 never ends":                                     fail(Arange(0, 1, 0.0)),
		"too many values":                                              fail(Arange(0, 1, 1e-300)),
		"has too many values, or some that are":                        fail(Arange(0, math.NaN(), 1)),
		"row 1 has 1 values but row 0 has 2":                           fail(FromRows([][]int32{{1, 2}, {3}})),
		"unknown DType 9":                                              fail(Zeros(DType(9), 1)),
		"has more elements than fit in memory":                         fail(Zeros(Float32, 1<<20, 1<<20)),
		"(0, 1073741824, 1073741824) has more elements than":           fail(Zeros(Float32, 0, 1<<30, 1<<30)),
		"low must not be above high":                                   fail(NewRandom(1).Uniform(1, 0)),
		"high must be above low":                                       fail(NewRandom(1).Integers(3, 3)),
		"one-hot of float32 labels":                                    fail(OneHot(m, 3)),
		"label 1 at position 0; labels go from 0 to 0":                 fail(OneHot(whole, 1)),
		"weights of shape (2, 3) for a dataset of 2":                   fail(WithWeights(Must(FromTensors(m, nil)), m)),
		"weight 0 is -1":                                               fail(WithWeights(Must(FromTensors(m, nil)), Must(New([]float64{-1, 0})))),
		"for one-hot labels take ArgMax(1) first":                      fail(BalancedWeights(m)),
		"label 0 is -1; class numbers are whole":                       fail(BalancedWeights(whole.Neg())),
		"example 2 of a dataset with 2 examples":                       fail(Must(FromTensors(m, nil)).Rows(t.Context(), []int{2}, Batch{})),
		"cannot split off a fraction of 1.5":                           fail(one3(Split(Must(FromTensors(m, nil)), 1.5, 1))),
		"a dataset needs at least one input":                           fail(FromBatch(Batch{})),
		"input 0 of the dataset is a scalar":                           fail(FromTensors(scalar, nil)),
		"target 0 has 4 rows (shape (4,)) but input 0 has 2; every":    fail(FromTensors(m, v4)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "tensor: ") {
			t.Errorf("got error %v\nwant one with %q", err, want)
		}
	}
}

func one3[A, B any](a A, _ B, err error) (A, error) { return a, err }

// Nothing in this package returns a nil or zero Tensor, but a variable can hold
// one; its methods must not panic.
func TestNilAndZeroTensorDoNotPanic(t *testing.T) {
	for _, x := range []*Tensor{nil, {}} {
		for name, f := range operations {
			args := []*Tensor{x, x, x}
			if _, err := f(args, []int{1, 1, 1}, []float64{0, 1, 1}); err == nil {
				switch name {
				case "exp", "log", "sqrt", "abs", "square", "tanh", "floor", "ceil", "rint", "negative", "sin", "cos",
					"flatten", "clip", "convert", "linspace", "arange", "eye":
				default:
					t.Errorf("%s of %v: no error", name, x)
				}
			}
		}
		if got := x.String(); got != "[]" {
			t.Errorf("String is %q", got)
		}
		if got := x.Clone().Shape(); !got.Equal(Shape{0}) {
			t.Errorf("Clone has shape %v", got)
		}
		if _, err := x.At(); err == nil {
			t.Error("At: no error")
		}
		if _, err := x.MarshalJSON(); err != nil {
			t.Error(err)
		}
		if _, err := x.MarshalBinary(); err != nil {
			t.Error(err)
		}
		if n := len(x.NonZero()); n != 0 {
			t.Errorf("NonZero has %d", n)
		}
	}
}
