package tensor

import (
	"fmt"
	"runtime"
	"sync"
)

// MatMul is the matrix product: (m, k) times (k, n) is (m, n), where element
// (i, j) is the sum of row i of t times column j of other. A vector on the left
// counts as one row, one on the right as one column, and that axis is dropped
// from the result; axes before the last two are stacks of matrices, broadcast
// as in Add. Types are brought together as in Add.
//
// Each element is summed in order from the first of its k products to the last,
// so a row's result depends neither on the rows around it nor on how many
// processors share the work. It returns an error if the inner sizes differ, one
// side is a scalar or the stacks do not fit together.
func (t *Tensor) MatMul(other *Tensor) (*Tensor, error) {
	const verb = "matrix-multiply"
	if err := usable(verb, t, other); err != nil {
		return nil, err
	}
	a, b := t.shape, other.shape
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("tensor: cannot matrix-multiply shapes %v and %v: a scalar is no matrix; use Mul or MulScalar", a, b)
	}
	if len(a) == 1 {
		a = Shape{1, a[0]}
	}
	if len(b) == 1 {
		b = Shape{b[0], 1}
	}
	m, k, n := a[len(a)-2], a[len(a)-1], b[len(b)-1]
	if b[len(b)-2] != k {
		return nil, fmt.Errorf("tensor: cannot matrix-multiply shapes %v and %v: the left has %d columns and the right %d rows; they must be equal, perhaps one wants Transpose",
			t.shape, other.shape, k, b[len(b)-2])
	}
	stack, err := broadcastShape(verb, a[:len(a)-2], b[:len(b)-2])
	if err != nil {
		return nil, fmt.Errorf("%w, here of the axes before the last two", err)
	}
	shape := append(stack.Clone(), m, n)
	if err := shape.Check(); err != nil {
		return nil, err
	}
	dtype := promote(t.dtype, other.dtype)
	out := blank(dtype, shape)
	multiplyStack(out, t.as(dtype), other.as(dtype), matrixSizes{m, k, n},
		newLayout(stack, broadcastStrides(a[:len(a)-2], stack), broadcastStrides(b[:len(b)-2], stack)))
	if len(t.shape) == 1 {
		out.shape = out.shape.replace(len(stack), len(stack)+1)
	}
	if len(other.shape) == 1 {
		out.shape = out.shape[:len(out.shape)-1]
	}
	return out, nil
}

// Dot is the inner product of two vectors of equal length: the sum of their
// products. It returns an error if one is no vector or the lengths differ. For
// matrices see MatMul.
func (t *Tensor) Dot(other *Tensor) (float64, error) {
	if err := usable("multiply", t, other); err != nil {
		return 0, err
	}
	if len(t.shape) != 1 || !t.shape.Equal(other.shape) {
		return 0, fmt.Errorf("tensor: cannot take the dot product of shapes %v and %v: both must be vectors of one length; use MatMul for matrices", t.shape, other.shape)
	}
	sum, b := 0.0, Values[float64](other)
	for i, v := range Values[float64](t) {
		sum += float64(v * b[i])
	}
	return sum, nil
}

// matrixSizes are those of (m, k) times (k, n).
type matrixSizes struct{ m, k, n int }

// multiplyStack multiplies every pair of matrices that the walk over the stack
// finds.
func multiplyStack(out, a, b *Tensor, s matrixSizes, stack layout) {
	switch dst := out.data.(type) {
	case []float32:
		multiplyEach(dst, a, b, s, stack, multiplyFloat32)
	case []float64:
		multiplyEach(dst, a, b, s, stack, multiplyFloat64)
	case []int32:
		multiplyEach(dst, a, b, s, stack, multiplyPlain)
	case []int64:
		multiplyEach(dst, a, b, s, stack, multiplyPlain)
	case []uint8:
		multiplyEach(dst, a, b, s, stack, multiplyPlain)
	}
}

func multiplyEach[T Number](dst []T, a, b *Tensor, s matrixSizes, stack layout, multiply func(c, a, b []T, s matrixSizes)) {
	if len(dst) == 0 {
		return
	}
	x, y := a.data.([]T), b.data.([]T)
	sizeA, sizeB, sizeC := s.m*s.k, s.k*s.n, s.m*s.n
	stack.eachRun(func(at, n int, from []int) {
		for i := range n {
			p, q, r := (from[0]+i*stack.step(0))*sizeA, (from[1]+i*stack.step(1))*sizeB, (at+i)*sizeC
			multiply(dst[r:r+sizeC], x[p:p+sizeA], y[q:q+sizeB], s)
		}
	})
}

// multiplyPlain adds a·b to c, which is zero, on all processors: for types and
// machines without vector instructions.
func multiplyPlain[T Number](c, a, b []T, s matrixSizes) {
	inParallel(s.m, 1, s.m*s.k*s.n, func(from, to int) {
		for i := from; i < to; i++ {
			addRows(c[i*s.n:(i+1)*s.n], a[i*s.k:(i+1)*s.k], b)
		}
	})
}

// addRows adds to c the rows of b, each times its element of a. Four at a time
// keep c in a register meanwhile; the order of the additions stays that of a.
func addRows[T Number](c, a, b []T) {
	n, p := len(c), 0
	for ; p+4 <= len(a); p += 4 {
		a0, a1, a2, a3 := a[p], a[p+1], a[p+2], a[p+3]
		b0, b1, b2, b3 := b[p*n:(p+1)*n], b[(p+1)*n:(p+2)*n], b[(p+2)*n:(p+3)*n], b[(p+3)*n:(p+4)*n]
		for j := range c {
			c[j] = c[j] + T(a0*b0[j]) + T(a1*b1[j]) + T(a2*b2[j]) + T(a3*b3[j])
		}
	}
	for ; p < len(a); p++ {
		for j, v := range b[p*n : (p+1)*n] {
			c[j] += T(a[p] * v)
		}
	}
}

// inParallel calls do for stretches of [0, n) that together cover it, each a
// multiple of block long but for the last, at once on all processors if the
// work, counted in multiplications, is worth it.
func inParallel(n, block, work int, do func(from, to int)) {
	const worth = 1 << 18
	blocks := (n + block - 1) / block
	workers := min(runtime.GOMAXPROCS(0), blocks, work/worth+1)
	if workers <= 1 {
		do(0, n)
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() { do(w*blocks/workers*block, min((w+1)*blocks/workers*block, n)) })
	}
	all.Wait()
}
