package plotting

import (
	"errors"
	"fmt"
	"math"
)

// What can be wrong with the data of a chart. Errors of this package wrap
// them and say where and what.
var (
	// ErrNoData says that there is nothing to draw.
	ErrNoData = errors.New("no data")
	// ErrNaN says that a value is not a number.
	ErrNaN = errors.New("a value is NaN")
	// ErrInf says that a value is infinite.
	ErrInf = errors.New("a value is infinite")
	// ErrLength says that two things that belong together differ in length.
	ErrLength = errors.New("lengths differ")
	// ErrShape says that a tensor or a matrix has a shape that cannot be drawn.
	ErrShape = errors.New("wrong shape")
	// ErrNoRenderer says that SVG and PNG pictures cannot be made here.
	ErrNoRenderer = errors.New("no renderer for pictures: run \"fromzero setup\", or import the package plotting/static")
)

// Number is what values can be given as.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// floats converts values to float64 in a slice of its own.
func floats[T Number](values []T) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// whole reports whether a type has whole numbers only.
func whole[T Number]() bool {
	one, two := T(1), T(2)
	return one/two == 0
}

// checkFinite returns an error for the first value that is NaN or infinite;
// what names the values in it.
func checkFinite(what string, values []float64) error {
	for i, v := range values {
		if err := finite(v); err != nil {
			return fmt.Errorf("plotting: %s: %w (number %d of %d); look for missing values or a division by zero before drawing",
				what, err, i+1, len(values))
		}
	}
	return nil
}

func finite(v float64) error {
	switch {
	case math.IsNaN(v):
		return ErrNaN
	case math.IsInf(v, 0):
		return ErrInf
	}
	return nil
}
