package datasets

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// form says how Go values of one type become rows of a tensor: numbers, slices
// and arrays of them at any depth, or tensors.
type form struct {
	dtype  tensor.DType
	tensor bool // values are *tensor.Tensor, and dtype that of the first
}

var tensorType = reflect.TypeFor[*tensor.Tensor]()

// formOf returns an error for a type that is no number and has none inside.
func formOf(t reflect.Type) (form, error) {
	if t == tensorType {
		return form{tensor: true}, nil
	}
	leaf := t
	for leaf.Kind() == reflect.Slice || leaf.Kind() == reflect.Array {
		leaf = leaf.Elem()
	}
	switch leaf.Kind() {
	case reflect.Float32, reflect.Float64:
		return form{dtype: tensor.Float32}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint16:
		return form{dtype: tensor.Int32}, nil
	case reflect.Int64, reflect.Uint, reflect.Uint32, reflect.Uint64:
		return form{dtype: tensor.Int64}, nil
	case reflect.Uint8:
		return form{dtype: tensor.Uint8}, nil
	case reflect.Bool:
		return form{dtype: tensor.Bool}, nil
	}
	return form{}, fmt.Errorf("datasets: examples of type %v; numbers, bools, (nested) slices and arrays of them, and *tensor.Tensor can be used", t)
}

// describe returns type and shape of a value's row. Only the first element at
// each depth is looked at; write finds the rest.
func (f form) describe(v reflect.Value) (tensor.DType, tensor.Shape, error) {
	if f.tensor {
		t, _ := v.Interface().(*tensor.Tensor)
		if t == nil || t.Shape() == nil {
			return 0, nil, fmt.Errorf("a tensor is nil")
		}
		return t.DType(), t.Shape(), nil
	}
	shape := tensor.Shape{}
	for v.Kind() == reflect.Slice || v.Kind() == reflect.Array {
		shape = append(shape, v.Len())
		if v.Len() == 0 {
			return 0, nil, fmt.Errorf("a slice is empty (its shape begins %v)", shape)
		}
		v = v.Index(0)
	}
	return f.dtype, shape, shape.Check()
}

// write stores a value as row i of dst.
func (f form) write(dst *tensor.Tensor, i int, v reflect.Value) error {
	shape := dst.Shape()[1:]
	if f.tensor {
		return f.writeTensor(dst, i, v)
	}
	w := rowWriter{at: i * shape.Size()}
	w.floats, _ = tensor.Flat[float32](dst)
	w.ints, _ = tensor.Flat[int32](dst)
	w.longs, _ = tensor.Flat[int64](dst)
	w.bytes, _ = tensor.Flat[uint8](dst)
	w.bools, _ = tensor.Flat[bool](dst)
	return w.write(v, shape)
}

func (f form) writeTensor(dst *tensor.Tensor, i int, v reflect.Value) error {
	dtype, shape, err := f.describe(v)
	if err != nil {
		return err
	}
	if want := dst.Shape()[1:]; dtype != dst.DType() || !shape.Equal(want) {
		return fmt.Errorf("a tensor is %v %v, the first one is %v %v", dtype, shape, dst.DType(), want)
	}
	src, _ := v.Interface().(*tensor.Tensor)
	copyFrom(dst, src, i*shape.Size())
	return nil
}

// copyAll copies src to the beginning of dst, which is of the same type.
func copyAll(dst, src *tensor.Tensor) { copyFrom(dst, src, 0) }

// copyFrom copies src into dst from position at on.
func copyFrom(dst, src *tensor.Tensor, at int) {
	switch dst.DType() {
	case tensor.Float32:
		copyFlat[float32](dst, src, at)
	case tensor.Float64:
		copyFlat[float64](dst, src, at)
	case tensor.Int32:
		copyFlat[int32](dst, src, at)
	case tensor.Int64:
		copyFlat[int64](dst, src, at)
	case tensor.Uint8:
		copyFlat[uint8](dst, src, at)
	case tensor.Bool:
		copyFlat[bool](dst, src, at)
	}
}

func copyFlat[T tensor.Elem](dst, src *tensor.Tensor, at int) {
	to, _ := tensor.Flat[T](dst)
	from, _ := tensor.Flat[T](src)
	copy(to[at:], from)
}

// rowWriter writes numbers one behind the other into the one slice that is not
// nil.
type rowWriter struct {
	at     int
	floats []float32
	ints   []int32
	longs  []int64
	bytes  []uint8
	bools  []bool
}

func (w *rowWriter) write(v reflect.Value, shape tensor.Shape) error {
	if len(shape) == 0 {
		return w.number(v)
	}
	if v.Len() != shape[0] {
		return fmt.Errorf("%d values where the first example has %d; all examples must have one shape", v.Len(), shape[0])
	}
	if len(shape) == 1 && w.copy(v) {
		return nil
	}
	for i := range shape[0] {
		if err := w.write(v.Index(i), shape[1:]); err != nil {
			return err
		}
	}
	return nil
}

// copy writes a whole slice if it is of one of the usual types.
func (w *rowWriter) copy(v reflect.Value) bool {
	if v.Kind() != reflect.Slice {
		return false
	}
	switch s := v.Interface().(type) {
	case []float32:
		copy(w.floats[w.at:], s)
	case []float64:
		for i, x := range s {
			w.floats[w.at+i] = float32(x)
		}
	case []int32:
		copy(w.ints[w.at:], s)
	case []uint8:
		copy(w.bytes[w.at:], s)
	default:
		return false
	}
	w.at += v.Len()
	return true
}

func (w *rowWriter) number(v reflect.Value) error {
	switch {
	case w.floats != nil:
		w.floats[w.at] = float32(v.Float())
	case w.bytes != nil:
		w.bytes[w.at] = uint8(v.Uint())
	case w.bools != nil:
		w.bools[w.at] = v.Bool()
	default:
		n, err := integer(v)
		if err != nil {
			return err
		}
		if w.longs != nil {
			w.longs[w.at] = n
			break
		}
		if n != int64(int32(n)) {
			return fmt.Errorf("%d does not fit int32; use int64", n)
		}
		w.ints[w.at] = int32(n)
	}
	w.at++
	return nil
}

func integer(v reflect.Value) (int64, error) {
	if v.CanInt() {
		return v.Int(), nil
	}
	if v.Uint() > math.MaxInt64 {
		return 0, fmt.Errorf("%d does not fit int64", v.Uint())
	}
	return int64(v.Uint()), nil
}

// columns turns examples of inputs X and targets Y into the tensors of a batch.
type columns struct {
	x, y form
	noY  bool
	// What the first example has, which all others must have, too.
	known bool
	shape [2]tensor.Shape
	dtype [2]tensor.DType
}

// None is the type of the targets of data that has none.
type None struct{}

func columnsOf[X, Y any]() (c columns, err error) {
	if c.x, err = formOf(reflect.TypeFor[X]()); err != nil {
		return c, err
	}
	if c.noY = reflect.TypeFor[Y]() == reflect.TypeFor[None](); c.noY {
		return c, nil
	}
	c.y, err = formOf(reflect.TypeFor[Y]())
	return c, err
}

// learn takes shapes and types from the first example.
func (c *columns) learn(x, y reflect.Value) (err error) {
	if c.known {
		return nil
	}
	if c.dtype[0], c.shape[0], err = c.x.describe(x); err != nil {
		return fmt.Errorf("input: %w", err)
	}
	if !c.noY {
		if c.dtype[1], c.shape[1], err = c.y.describe(y); err != nil {
			return fmt.Errorf("target: %w", err)
		}
	}
	c.shape = [2]tensor.Shape{slices.Clone(c.shape[0]), slices.Clone(c.shape[1])}
	c.known = true
	return nil
}

// batch is a batch of n rows to write to, in reuse where that fits.
func (c *columns) batch(n int, reuse tensor.Batch) tensor.Batch {
	b := tensor.Batch{Inputs: one(reuse.Inputs, tensor.Reuse(reuse.X(), c.dtype[0], append(tensor.Shape{n}, c.shape[0]...)))}
	if !c.noY {
		b.Targets = one(reuse.Targets, tensor.Reuse(reuse.Y(), c.dtype[1], append(tensor.Shape{n}, c.shape[1]...)))
	}
	return b
}

// write stores an example as row i.
func (c *columns) write(b tensor.Batch, i int, x, y reflect.Value) error {
	if err := c.x.write(b.X(), i, x); err != nil {
		return fmt.Errorf("input: %w", err)
	}
	if c.noY {
		return nil
	}
	if err := c.y.write(b.Y(), i, y); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	return nil
}
