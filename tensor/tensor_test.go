package tensor

import (
	"math"
	"slices"
	"testing"
)

func TestPromotion(t *testing.T) {
	order := []DType{Bool, Uint8, Int32, Int64, Float32, Float64}
	for i, a := range order {
		for j, b := range order {
			want := order[max(i, j)]
			if want == Bool {
				want = Int64
			}
			got := Must(Must(Ones(a, 2)).Add(Must(Ones(b, 2))))
			if got.DType() != want || !slices.Equal(Values[float64](got), []float64{2, 2}) {
				t.Errorf("%v + %v is %v %v, want %v", a, b, got.DType(), got, want)
			}
		}
	}
}

func TestScalarsKeepTheType(t *testing.T) {
	for _, c := range []struct {
		got  *Tensor
		want DType
	}{
		{Must(Ones(Float32, 1)).AddScalar(0.1), Float32},
		{Must(Ones(Float32, 1)).AddScalar(1), Float32},
		{Must(Ones(Uint8, 1)).AddScalar(255), Uint8},
		{Must(Ones(Uint8, 1)).AddScalar(256), Int64},
		{Must(Ones(Uint8, 1)).AddScalar(-1), Int64},
		{Must(Ones(Int32, 1)).MulScalar(2), Int32},
		{Must(Ones(Int32, 1)).MulScalar(2.0), Float64},
		{Must(Ones(Int32, 1)).MulScalar(float32(2)), Float64},
		{Must(Ones(Int32, 1)).MulScalar(1 << 40), Int64},
		{Must(Ones(Bool, 1)).MulScalar(2), Int64},
		{Must(Ones(Int64, 1)).DivScalar(2), Float64},
		{Must(Ones(Float32, 1)).DivScalar(2), Float32},
		{Must(Ones(Int32, 1)).PowScalar(2), Int32},
		{Must(Ones(Int32, 1)).PowScalar(-2), Float64},
		{Must(Ones(Bool, 1)).Abs(), Bool},
		{Must(Ones(Uint8, 1)).Neg(), Int64},
	} {
		if c.got.DType() != c.want {
			t.Errorf("got %v %v, want %v", c.got.DType(), c.got, c.want)
		}
	}
}

func TestConvertDrawsFloatsIn(t *testing.T) {
	x := Must(New([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 254.9, -0.9}))
	for dtype, want := range map[DType][]int64{
		Uint8: {0, 255, 0, 255, 0, 254, 0},
		Int32: {0, math.MaxInt32, math.MinInt32, math.MaxInt32, math.MinInt32, 254, 0},
		Int64: {0, math.MaxInt64, math.MinInt64, math.MaxInt64, math.MinInt64, 254, 0},
	} {
		if got := Values[int64](x.Convert(dtype)); !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", dtype, got, want)
		}
	}
}

func TestResultsShareNothing(t *testing.T) {
	m := Must(FromRows([][]float32{{1, 2}, {3, 4}}))
	for name, r := range map[string]*Tensor{
		"Clone": m.Clone(), "Convert": m.Convert(Float32), "Flatten": m.Flatten(), "Reshape": Must(m.Reshape(4)),
		"Row": Must(m.Row(0)), "Slice": Must(m.Slice()), "Squeeze": Must(m.Squeeze()), "ExpandDims": Must(m.ExpandDims(0)),
		"BroadcastTo": Must(m.BroadcastTo(2, 2)), "Transpose": Must(m.Transpose(0, 1)), "Abs": m.Abs(), "Floor": m.Floor(),
		"Concatenate": Must(Concatenate(0, m)), "Stack": Must(Stack(0, m)), "Split": Must(m.Split(1, 0))[0], "Take": Must(m.Take(0, 1)),
		"Where": Must(Where(m, m, m)), "Map": m.Map(math.Abs), "Sum": Must(Must(m.Row(0)).KeepDims().Sum()), "Max": Must(m.KeepDims().Max(0)),
	} {
		data, _ := Flat[float32](r)
		data[0] = -100
		r.Shape()[0] = 77
		if v := Must(m.At(0, 0)); v != 1 || !m.Shape().Equal(Shape{2, 2}) {
			t.Fatalf("%s shares its data or shape with the tensor", name)
		}
	}
}

func TestFloorDivAndModAgree(t *testing.T) {
	r := NewRandom(3)
	x, y := Must(r.Normal(0, 100, 200)), Must(r.Normal(0, 3, 200))
	q, m := Must(x.FloorDiv(y)), Must(x.Mod(y))
	back := Must(Must(q.Mul(y)).Add(m))
	if !back.AllClose(x, 1e-9, 1e-9) || !q.Equal(q.Floor()) {
		t.Error("x is not (x // y)·y + x % y")
	}
}

func TestRandom(t *testing.T) {
	a, b := NewRandom(5), &Random{}
	x := Must(a.Normal(3, 2, 20000))
	if mean, std := Must(Must(x.Mean()).Item()), Must(Must(x.Std()).Item()); math.Abs(mean-3) > 0.05 || math.Abs(std-2) > 0.05 {
		t.Errorf("mean %v and deviation %v, want 3 and 2", mean, std)
	}
	if x.Equal(Must(NewRandom(6).Normal(3, 2, 20000))) || !x.Equal(Must(NewRandom(5).Normal(3, 2, 20000))) {
		t.Error("the seed must decide the numbers")
	}
	if !Must(b.Uniform(0, 1, 3)).Equal(Must(NewRandom(0).Uniform(0, 1, 3))) {
		t.Error("the zero Random must have seed 0")
	}
	u := Must(a.Uniform(-1, 1, 5000))
	if lo, hi := Must(Must(u.Min()).Item()), Must(Must(u.Max()).Item()); lo < -1 || hi >= 1 || lo > -0.99 || hi < 0.99 {
		t.Errorf("uniform from %v to %v", lo, hi)
	}
	p := a.Permutation(100)
	slices.Sort(p)
	if !slices.Equal(p, counting(100)) || len(a.Permutation(-1)) != 0 {
		t.Error("a permutation must have every number once")
	}
}

func TestEqual(t *testing.T) {
	for d := Float32; d <= Bool; d++ {
		a, b := Must(Ones(d, 2, 2)), Must(Ones(d, 2, 2))
		if !a.Equal(b) {
			t.Errorf("%v: equal tensors are not", d)
		}
		if err := b.Set(0, -1, -1); err != nil || a.Equal(b) || a.Equal(a.Flatten()) || a.Equal(nil) {
			t.Errorf("%v: different tensors are equal (%v)", d, err)
		}
	}
	inf := Must(New([]float64{math.Inf(1), math.NaN()}))
	if inf.AllClose(inf, 1, 1) || inf.AllClose(Must(New([]float64{1, 1})), 1, 1) || !Must(inf.Take(0)).AllClose(Must(inf.Take(0)), 0, 0) {
		t.Error("AllClose on Inf or NaN")
	}
}
