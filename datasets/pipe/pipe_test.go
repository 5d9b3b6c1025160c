package pipe_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/tensor"
)

// counted has the examples first … first+n-1: input (i, -i), target 10i, weight
// 1+i.
func counted(first, n int) *tensor.Memory {
	var x, y, w []float32
	for i := first; i < first+n; i++ {
		x, y, w = append(x, float32(i), -float32(i)), append(y, 10*float32(i)), append(w, 1+float32(i))
	}
	return tensor.Must(tensor.FromBatch(tensor.Batch{
		Inputs:  []*tensor.Tensor{tensor.Must(tensor.New(x, n, 2))},
		Targets: []*tensor.Tensor{tensor.Must(tensor.New(y, n))},
		Weights: tensor.Must(tensor.New(w, n)),
	}))
}

// oneWay hides that a dataset can be read in any order, and its length if that
// is not to be known.
type oneWay struct {
	d       tensor.Dataset
	unknown bool
	passes  *int
	failAt  int // the batch that fails; 0 is none
}

var errDisk = errors.New("the disk")

func (o oneWay) Len() int {
	if o.unknown {
		return -1
	}
	return o.d.Len()
}

func (o oneWay) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		if o.passes != nil {
			*o.passes++
		}
		k := 0
		for b, err := range o.d.Batches(ctx, size) {
			if k++; k == o.failAt {
				yield(tensor.Batch{}, errDisk)
				return
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// ids lists which examples batches hold, and checks that inputs, targets and
// weights belong together, and that all batches but the last have the size.
func ids(t testing.TB, d tensor.Dataset, size int) []int {
	t.Helper()
	out, err := tryIDs(t, d, size)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryIDs(t testing.TB, d tensor.Dataset, size int) ([]int, error) {
	t.Helper()
	out, last := []int{}, size
	for b, err := range d.Batches(context.Background(), size) {
		if err != nil {
			return out, err
		}
		if last != size || b.Len() > size || b.Len() == 0 {
			t.Errorf("a batch of %d after one of %d", b.Len(), last)
		}
		last = b.Len()
		out = append(out, idsOf(t, b)...)
	}
	return out, nil
}

func idsOf(t testing.TB, b tensor.Batch) []int {
	t.Helper()
	x, y, w := tensor.Values[float32](b.X()), tensor.Values[float32](b.Y()), tensor.Values[float32](b.Weights)
	if len(x) != 2*len(y) || len(y) != len(w) {
		t.Fatalf("%d, %d and %d values", len(x), len(y), len(w))
	}
	var out []int
	for i := range y {
		if x[2*i] != -x[2*i+1] || y[i] != 10*x[2*i] || w[i] != 1+x[2*i] {
			t.Fatalf("an example of %v, %v, %v", x[2*i:2*i+2], y[i], w[i])
		}
		out = append(out, int(x[2*i]))
	}
	return out
}

func upTo(from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func even(b tensor.Batch, i int) bool { return int(tensor.Values[float32](b.X())[2*i])%2 == 0 }

// Every combinator gives the same examples for data that can be read in any
// order and for streams, at every batch size.
func TestCombinators(t *testing.T) {
	for name, c := range map[string]struct {
		make func(d tensor.Dataset, more tensor.Dataset) tensor.Dataset
		want []int
		lazy bool // a stream does not know its length
	}{
		"take":       {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Take(d, 7) }, upTo(0, 7), false},
		"take none":  {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Take(d, -1) }, []int{}, false},
		"take more":  {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Take(d, 99) }, upTo(0, 10), false},
		"skip":       {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Skip(d, 7) }, upTo(7, 10), false},
		"skip all":   {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Skip(d, 99) }, []int{}, false},
		"skip, take": {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Take(pipe.Skip(d, 2), 5) }, upTo(2, 7), false},
		"repeat":     {func(d, _ tensor.Dataset) tensor.Dataset { return tensor.Must(pipe.Repeat(d, 2)) }, append(upTo(0, 10), upTo(0, 10)...), false},
		"concat": {func(d, more tensor.Dataset) tensor.Dataset { return tensor.Must(pipe.Concat(d, more, d)) },
			slices.Concat(upTo(0, 10), upTo(100, 104), upTo(0, 10)), false},
		"filter":   {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Filter(d, even) }, []int{0, 2, 4, 6, 8}, true},
		"map":      {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Map(d, plus100) }, upTo(100, 110), false},
		"cache":    {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Cache(d) }, upTo(0, 10), false},
		"prefetch": {func(d, _ tensor.Dataset) tensor.Dataset { return pipe.Prefetch(d, 3) }, upTo(0, 10), false},
		"all": {func(d, more tensor.Dataset) tensor.Dataset {
			return pipe.Prefetch(pipe.Map(pipe.Filter(tensor.Must(pipe.Concat(pipe.Skip(d, 1), more)), even), plus100), 2)
		}, []int{102, 104, 106, 108, 200, 202}, true},
	} {
		for kind, wrap := range map[string]func(d tensor.Dataset) tensor.Dataset{
			"indexed":        func(d tensor.Dataset) tensor.Dataset { return d },
			"stream":         func(d tensor.Dataset) tensor.Dataset { return oneWay{d: d} },
			"unknown length": func(d tensor.Dataset) tensor.Dataset { return oneWay{d: d, unknown: true} },
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				d := c.make(wrap(counted(0, 10)), wrap(counted(100, 4)))
				for _, size := range []int{1, 2, 3, 7, 50} {
					if got := ids(t, d, size); !slices.Equal(got, c.want) {
						t.Errorf("size %d: %v, want %v", size, got, c.want)
					}
				}
				_, cached := d.(*pipe.Cached)
				switch n := d.Len(); {
				case kind == "indexed" || cached:
					if n != len(c.want) {
						t.Errorf("length %d", n)
					}
				case kind == "stream" && !c.lazy && n != len(c.want), (kind != "stream" || c.lazy) && n != -1:
					t.Errorf("length %d", n)
				}
				anyOrder(t, d, c.want)
				if _, err := tryIDs(t, d, 0); err == nil {
					t.Error("batch size 0: no error")
				}
			})
		}
	}
}

func plus100(b tensor.Batch) (tensor.Batch, error) {
	x, y, w := tensor.Values[float32](b.X()), tensor.Values[float32](b.Y()), tensor.Values[float32](b.Weights)
	for i := range y {
		x[2*i], x[2*i+1], y[i], w[i] = x[2*i]+100, x[2*i+1]-100, y[i]+1000, w[i]+100
	}
	return b, nil
}

// anyOrder reads an Indexed dataset backwards, twice, into reused tensors.
func anyOrder(t *testing.T, d tensor.Dataset, want []int) {
	t.Helper()
	rows, ok := d.(tensor.Indexed)
	if !ok || len(want) == 0 {
		return
	}
	at := upTo(0, len(want))
	slices.Reverse(at)
	want = slices.Clone(want)
	slices.Reverse(want)
	var b tensor.Batch
	for range 2 {
		b = tensor.Must(rows.Rows(context.Background(), at, b))
		if got := idsOf(t, b); !slices.Equal(got, want) {
			t.Errorf("backwards: %v, want %v", got, want)
		}
	}
	for _, bad := range []int{-1, len(want)} {
		if _, err := rows.Rows(context.Background(), []int{bad}, tensor.Batch{}); err == nil {
			t.Errorf("position %d of %d: no error", bad, len(want))
		}
	}
}

// An error of what a dataset was made of reaches the reader, once.
func TestErrorsPassThrough(t *testing.T) {
	d := oneWay{d: counted(0, 1000), failAt: 2}
	for name, d := range map[string]tensor.Dataset{
		"take": pipe.Take(d, 900), "skip": pipe.Skip(d, 1), "repeat": tensor.Must(pipe.Repeat(d, 2)),
		"concat": tensor.Must(pipe.Concat(d, d)), "filter": pipe.Filter(d, even), "map": pipe.Map(d, plus100),
		"prefetch": pipe.Prefetch(d, 2), "shuffle": pipe.Shuffle(d, 1), "zip": tensor.Must(pipe.Zip(d, d)),
		"window": tensor.Must(pipe.Window(d, pipe.WindowConfig{Size: 2})),
	} {
		n, errs := 0, 0
		for _, err := range d.Batches(context.Background(), 3) {
			n++
			if errors.Is(err, errDisk) {
				errs++
			}
		}
		if errs != 1 {
			t.Errorf("%s: %d batches, the error %d times", name, n, errs)
		}
	}
	many := oneWay{d: counted(0, 1000), failAt: 2}
	if err := pipe.Cache(many).Load(context.Background()); !errors.Is(err, errDisk) {
		t.Errorf("cache: %v", err)
	}
}

func TestMisuse(t *testing.T) {
	d := counted(0, 3)
	for name, f := range map[string]func() (tensor.Dataset, error){
		"repeat -1":   func() (tensor.Dataset, error) { return pipe.Repeat(d, -1) },
		"concat none": func() (tensor.Dataset, error) { return pipe.Concat() },
		"zip none":    func() (tensor.Dataset, error) { return pipe.Zip() },
		"zip lengths": func() (tensor.Dataset, error) { return pipe.Zip(d, counted(0, 4)) },
		"window 0":    func() (tensor.Dataset, error) { return pipe.Window(d, pipe.WindowConfig{}) },
		"window gap":  func() (tensor.Dataset, error) { return pipe.Window(d, pipe.WindowConfig{Size: 1, Gap: -1}) },
	} {
		if d, err := f(); err == nil {
			t.Errorf("%s: no error, %v", name, d)
		}
	}
	for name, d := range map[string]tensor.Dataset{
		"map fails":    pipe.Map(d, func(tensor.Batch) (tensor.Batch, error) { return tensor.Batch{}, errDisk }),
		"map shortens": pipe.Map(d, func(b tensor.Batch) (tensor.Batch, error) { b.Inputs[0] = tensor.Must(b.X().Take(0)); return b, nil }),
		"map empties":  pipe.Map(d, func(tensor.Batch) (tensor.Batch, error) { return tensor.Batch{}, nil }),
		"concat others": tensor.Must(pipe.Concat(oneWay{d: d},
			tensor.Must(tensor.FromTensors(tensor.Must(tensor.New([]float32{1})), nil)))),
		"zip streams": tensor.Must(pipe.Zip(oneWay{d: d, unknown: true}, oneWay{d: counted(0, 4), unknown: true})),
		"cache none":  pipe.Cache(pipe.Take(d, 0)),
	} {
		if got, err := tryIDs(t, d, 8); err == nil {
			t.Errorf("%s: no error, %v", name, got)
		}
	}
}

func TestRepeatForEver(t *testing.T) {
	for _, d := range []tensor.Dataset{counted(0, 4), oneWay{d: counted(0, 4)}} {
		endless := tensor.Must(pipe.Repeat(d, 0))
		if endless.Len() != -1 {
			t.Errorf("length %d", endless.Len())
		}
		if got := fmt.Sprint(ids(t, pipe.Take(endless, 10), 3)); got != "[0 1 2 3 0 1 2 3 0 1]" {
			t.Errorf("got %s", got)
		}
	}
	if got := ids(t, tensor.Must(pipe.Repeat(pipe.Take(counted(0, 4), 0), 0)), 3); len(got) != 0 {
		t.Errorf("nothing for ever: %v", got)
	}
}

func TestShuffle(t *testing.T) {
	for name, d := range map[string]tensor.Dataset{"indexed": counted(0, 100), "stream": oneWay{d: counted(0, 100)}} {
		t.Run(name, func(t *testing.T) {
			a, b, other := pipe.Shuffle(d, 1), pipe.Shuffle(d, 1), pipe.Shuffle(d, 2)
			first, second := ids(t, a, 7), ids(t, a, 7)
			if !slices.Equal(first, ids(t, b, 9)) || !slices.Equal(second, ids(t, pipe.Prefetch(b, 3), 4)) {
				t.Error("the same seed gives other orders")
			}
			if slices.Equal(first, second) || slices.Equal(first, ids(t, other, 7)) {
				t.Error("two passes, or two seeds, give one order")
			}
			slices.Sort(first)
			if !slices.Equal(first, upTo(0, 100)) {
				t.Errorf("not a permutation: %v", first)
			}
		})
	}
	small := ids(t, pipe.Shuffle(oneWay{d: counted(0, 100)}, 1, 10), 7)
	for place, i := range small {
		if i-place > 20 { // it came from behind the buffer
			t.Errorf("example %d came at %d", i, place)
		}
	}
	slices.Sort(small)
	if !slices.Equal(small, upTo(0, 100)) {
		t.Errorf("not a permutation: %v", small)
	}
}

func TestZipAndPair(t *testing.T) {
	ctx := context.Background()
	for name, wrap := range map[string]func(d tensor.Dataset) tensor.Dataset{
		"indexed": func(d tensor.Dataset) tensor.Dataset { return d },
		"stream":  func(d tensor.Dataset) tensor.Dataset { return oneWay{d: d} },
	} {
		t.Run(name, func(t *testing.T) {
			z := tensor.Must(pipe.Zip(wrap(counted(0, 5)), wrap(counted(10, 5))))
			p := tensor.Must(pipe.Pair(wrap(counted(0, 5)), wrap(counted(10, 5))))
			n := 0
			for b, err := range z.Batches(ctx, 2) {
				if err != nil || len(b.Inputs) != 2 || len(b.Targets) != 2 || b.Weights == nil {
					t.Fatalf("%v, %v", b, err)
				}
				x, y := tensor.Values[float32](b.Inputs[0]), tensor.Values[float32](b.Inputs[1])
				if x[0]+10 != y[0] {
					t.Errorf("%v beside %v", x, y)
				}
				n += b.Len()
			}
			if n != 5 || z.Len() != 5 || p.Len() != 5 {
				t.Errorf("%d examples, lengths %d and %d", n, z.Len(), p.Len())
			}
			for b, err := range p.Batches(ctx, 5) {
				if err != nil || len(b.Inputs) != 1 || len(b.Targets) != 1 || !b.Y().Shape().Equal(tensor.Shape{5, 2}) || tensor.Values[float32](b.Y())[0] != 10 {
					t.Errorf("%v, %v", b, err)
				}
			}
		})
	}
}

func TestCacheReadsOnce(t *testing.T) {
	passes := 0
	d := pipe.Cache(oneWay{d: counted(0, 10), passes: &passes})
	for range 3 {
		ids(t, d, 4)
	}
	if passes != 1 {
		t.Errorf("%d passes", passes)
	}
}

// Many goroutines read, the order stays, and none is left when reading stops in
// the middle.
func TestPrefetch(t *testing.T) {
	before := runtime.NumGoroutine()
	slow := pipe.Map(counted(0, 200), func(b tensor.Batch) (tensor.Batch, error) {
		time.Sleep(time.Duration(int(tensor.Values[float32](b.X())[0])%3) * 100 * time.Microsecond)
		return b, nil
	})
	for _, d := range []tensor.Dataset{pipe.Prefetch(slow, 4), pipe.Prefetch(oneWay{d: slow}, 0)} {
		if got := ids(t, d, 3); !slices.Equal(got, upTo(0, 200)) {
			t.Errorf("got %v", got)
		}
		for range d.Batches(context.Background(), 3) {
			break
		}
		ctx, cancel := context.WithCancel(context.Background())
		var last error
		n := 0
		for _, err := range d.Batches(ctx, 3) {
			last = err
			if n++; n == 2 {
				cancel()
			}
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("after cancel: %v", last)
		}
		cancel()
	}
	failing := pipe.Prefetch(pipe.Map(counted(0, 200), func(b tensor.Batch) (tensor.Batch, error) {
		if tensor.Values[float32](b.X())[0] >= 100 {
			return b, errDisk
		}
		return b, nil
	}), 4)
	if got, err := tryIDs(t, failing, 10); !errors.Is(err, errDisk) || len(got) != 100 {
		t.Errorf("%d examples, %v", len(got), err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// lazy is a dataset that must be loaded before it knows its length.
type lazy struct {
	*tensor.Memory
	loads *int
}

func (l lazy) Load(context.Context) error { *l.loads++; return nil }
func (l lazy) ClassNames() []string       { return []string{"no", "yes"} }

func TestLoadAndClassesPassThrough(t *testing.T) {
	loads := 0
	d := lazy{counted(0, 10), &loads}
	for name, d := range map[string]tensor.Dataset{
		"take": pipe.Take(d, 9), "skip": pipe.Skip(d, 1), "repeat": tensor.Must(pipe.Repeat(d, 2)),
		"concat": tensor.Must(pipe.Concat(d, d)), "filter": pipe.Filter(d, even), "map": pipe.Map(d, plus100),
		"prefetch": pipe.Prefetch(d, 2), "shuffle": pipe.Shuffle(d, 1), "zip": tensor.Must(pipe.Zip(counted(0, 10), d)),
		"cache": pipe.Cache(d), "window": tensor.Must(pipe.Window(d, pipe.WindowConfig{Size: 2})),
	} {
		loads = 0
		if err := d.(tensor.Loader).Load(context.Background()); err != nil || loads == 0 {
			t.Errorf("%s: %v, loaded %d times", name, err, loads)
		}
		if got := strings.Join(d.(tensor.Classes).ClassNames(), " "); got != "no yes" {
			t.Errorf("%s: classes %q", name, got)
		}
		if (name == "shuffle" || name == "prefetch") == isIndexed(d) {
			t.Errorf("%s: Indexed is %v", name, isIndexed(d))
		}
	}
}

func isIndexed(d tensor.Dataset) bool {
	_, ok := d.(tensor.Indexed)
	return ok
}
