package tensor

import (
	"runtime"
	"sync"
	"unsafe"
)

// elements is a tensor's flat data seen without its type, for everything that
// moves or looks at elements and does not count with them.
type elements interface {
	// gather returns a new slice of n elements, found as layout l says.
	gather(l layout, offset, n int) any
	// copyAt copies n elements of src, from position from on, to position at.
	copyAt(at int, src elements, from, n int)
	// takeRows fills the slice with the rows of src at the given positions.
	takeRows(src elements, rows []int)
	// float is element i; a Bool is 0 or 1.
	float(i int) float64
	// setFloat stores v at i. The caller has seen that v fits.
	setFloat(i int, v float64)
}

// elements returns the tensor's own data; writing to it writes to the tensor.
func (t *Tensor) elements() elements {
	switch d := t.data.(type) {
	case []float32:
		return numbers[float32](d)
	case []float64:
		return numbers[float64](d)
	case []int32:
		return numbers[int32](d)
	case []int64:
		return numbers[int64](d)
	case []uint8:
		return numbers[uint8](d)
	case []bool:
		return bools(d)
	}
	return numbers[float32](nil)
}

type numbers[T Number] []T

func (e numbers[T]) gather(l layout, offset, n int) any {
	return gatherRuns(make([]T, n), e, l, offset)
}

func (e numbers[T]) copyAt(at int, src elements, from, n int) {
	copy(e[at:at+n], src.(numbers[T])[from:])
}

func (e numbers[T]) takeRows(src elements, rows []int) { takeRows(e, src.(numbers[T]), rows) }
func (e numbers[T]) float(i int) float64               { return float64(e[i]) }
func (e numbers[T]) setFloat(i int, v float64)         { e[i] = T(v) }

type bools []bool

func (e bools) gather(l layout, offset, n int) any {
	return gatherRuns(make([]bool, n), e, l, offset)
}

func (e bools) copyAt(at int, src elements, from, n int) { copy(e[at:at+n], src.(bools)[from:]) }
func (e bools) takeRows(src elements, rows []int)        { takeRows(e, src.(bools), rows) }
func (e bools) setFloat(i int, v float64)                { e[i] = v != 0 }

func (e bools) float(i int) float64 {
	if e[i] {
		return 1
	}
	return 0
}

// shareBytes is what one processor copies before others are asked to help: some
// ten microseconds of work.
const shareBytes = 1 << 17

func takeRows[T Elem](dst, src []T, rows []int) {
	if len(rows) == 0 {
		return
	}
	w := len(dst) / len(rows)
	take := func(first, end int) {
		for i, r := range rows[first:end] {
			copy(dst[(first+i)*w:(first+i+1)*w], src[r*w:])
		}
	}
	var one T
	parts := min(len(dst)*int(unsafe.Sizeof(one))/shareBytes, runtime.GOMAXPROCS(0), len(rows))
	if parts < 2 {
		take(0, len(rows))
		return
	}
	var wg sync.WaitGroup
	for k := 1; k < parts; k++ {
		wg.Go(func() { take(k*len(rows)/parts, (k+1)*len(rows)/parts) })
	}
	take(0, len(rows)/parts)
	wg.Wait()
}
