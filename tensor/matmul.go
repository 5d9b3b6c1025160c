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
	if err := usable("matrix-multiply", t, other); err != nil {
		return nil, err
	}
	p, err := planProduct(t.shape, other.shape)
	if err != nil {
		return nil, err
	}
	dtype := promote(t.dtype, other.dtype)
	out := blank(dtype, p.shape)
	p.multiply(out, t.as(dtype), other.as(dtype))
	return out, nil
}

// product says how two tensors are matrix-multiplied.
type product struct {
	shape Shape // of the result
	sizes matrixSizes
	stack layout // over the stack of results, following both stacks of factors
}

// matrixSizes are those of (m, k) times (k, n).
type matrixSizes struct{ m, k, n int }

func planProduct(left, right Shape) (product, error) {
	var p product
	if len(left) == 0 || len(right) == 0 {
		return p, fmt.Errorf("tensor: cannot matrix-multiply shapes %v and %v: a scalar is no matrix; use Mul or MulScalar", left, right)
	}
	a, b := left, right
	if len(left) == 1 {
		a = Shape{1, left[0]}
	}
	if len(right) == 1 {
		b = Shape{right[0], 1}
	}
	stackA, stackB := a[:len(a)-2], b[:len(b)-2]
	m, k, n := a[len(a)-2], a[len(a)-1], b[len(b)-1]
	if rows := b[len(b)-2]; rows != k {
		return p, fmt.Errorf("tensor: cannot matrix-multiply shapes %v and %v: the left has %d columns and the right %d rows; they must be equal, perhaps one wants Transpose",
			left, right, k, rows)
	}
	stack, err := broadcastShape("matrix-multiply stacks of", stackA, stackB)
	if err != nil {
		return p, err
	}
	p.shape = stack.Clone()
	if len(left) > 1 {
		p.shape = append(p.shape, m)
	}
	if len(right) > 1 {
		p.shape = append(p.shape, n)
	}
	p.sizes = matrixSizes{m, k, n}
	p.stack = newLayout(stack, broadcastStrides(stackA, stack), broadcastStrides(stackB, stack))
	return p, p.shape.Check()
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

// multiply multiplies every pair of matrices of two tensors of out's type.
func (p product) multiply(out, a, b *Tensor) {
	switch dst := out.data.(type) {
	case []float32:
		multiplyEach(p, dst, a, b, multiplyFloat32)
	case []float64:
		multiplyEach(p, dst, a, b, multiplyFloat64)
	case []int32:
		multiplyEach(p, dst, a, b, multiplyPlain)
	case []int64:
		multiplyEach(p, dst, a, b, multiplyPlain)
	case []uint8:
		multiplyEach(p, dst, a, b, multiplyPlain)
	}
}

func multiplyEach[T Number](p product, dst []T, a, b *Tensor, multiply func(c, a, b []T, s matrixSizes)) {
	if len(dst) == 0 {
		return
	}
	s, x, y := p.sizes, a.data.([]T), b.data.([]T)
	sizeA, sizeB, sizeC := s.m*s.k, s.k*s.n, s.m*s.n
	p.stack.eachRun(func(at, n int, from []int) {
		for i := range n {
			atA, atB, atC := (from[0]+i*p.stack.step(0))*sizeA, (from[1]+i*p.stack.step(1))*sizeB, (at+i)*sizeC
			multiply(dst[atC:atC+sizeC], x[atA:atA+sizeA], y[atB:atB+sizeB], s)
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
