package tensor

// layout is a way to walk over all positions of a shape in row-major order
// while following one or more flat slices, each with strides of its own:
// stride 0 repeats an element (broadcasting), a negative one walks backwards.
type layout struct {
	shape   Shape
	strides [][]int
}

// newLayout simplifies the walk: axes of size 1 go, and neighbouring axes that
// every slice can walk through in one go become one. What is left has long
// inner runs, which is what makes the loops fast.
func newLayout(shape Shape, strides ...[]int) layout {
	l := layout{strides: make([][]int, len(strides))}
	for axis, size := range shape {
		if size == 1 {
			continue
		}
		if last := len(l.shape) - 1; last >= 0 && l.joins(last, strides, axis, size) {
			l.shape[last] *= size
			for k := range strides {
				l.strides[k][last] = strides[k][axis]
			}
			continue
		}
		l.shape = append(l.shape, size)
		for k := range strides {
			l.strides[k] = append(l.strides[k], strides[k][axis])
		}
	}
	if len(l.shape) == 0 {
		l.shape = Shape{1}
		for k := range l.strides {
			l.strides[k] = []int{0}
		}
	}
	return l
}

// joins reports whether the axis can be walked together with the one before.
func (l layout) joins(last int, strides [][]int, axis, size int) bool {
	for k := range strides {
		if l.strides[k][last] != strides[k][axis]*size {
			return false
		}
	}
	return true
}

// step is the stride of slice k along a run.
func (l layout) step(k int) int { return l.strides[k][len(l.shape)-1] }

// eachRun calls visit for every run along the last axis: n positions from
// position at on; from[k] is where the run starts in slice k.
func (l layout) eachRun(visit func(at, n int, from []int)) {
	outer, n := l.shape[:len(l.shape)-1], l.shape[len(l.shape)-1]
	runs := outer.Size()
	if n == 0 {
		return
	}
	index := make([]int, len(outer))
	from := make([]int, len(l.strides))
	for run := range runs {
		visit(run*n, n, from)
		for axis := len(outer) - 1; axis >= 0; axis-- {
			index[axis]++
			for k := range from {
				from[k] += l.strides[k][axis]
			}
			if index[axis] < outer[axis] {
				break
			}
			for k := range from {
				from[k] -= l.strides[k][axis] * outer[axis]
			}
			index[axis] = 0
		}
	}
}

// gather copies the elements that a walk finds into a new tensor: element i of
// the result, counted along each axis, is i·strides from offset in t.
func gather(t *Tensor, shape Shape, strides []int, offset int) *Tensor {
	return &Tensor{shape: shape, dtype: t.dtype, data: t.elements().gather(newLayout(shape, strides), offset, shape.Size())}
}

func gatherRuns[T Elem](dst, src []T, l layout, offset int) []T {
	step := l.step(0)
	l.eachRun(func(at, n int, from []int) {
		start := offset + from[0]
		if step == 1 {
			copy(dst[at:at+n], src[start:])
			return
		}
		for i := range n {
			dst[at+i] = src[start+i*step]
		}
	})
	return dst
}
