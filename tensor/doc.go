// Package tensor is the ground floor of fromzero: arrays of numbers with a
// shape (Tensor), and the way examples travel from data to a model (Batch,
// Dataset). It is also the reader's NumPy: create, index, reshape, transpose,
// calculate with broadcasting, multiply matrices, reduce, print. What it
// computes and prints is tested against NumPy's own values.
//
// A few rules hold everywhere:
//
//   - Every operation returns a new tensor that shares nothing with its
//     operands. Only New takes a slice over, and only Flat and Values hand one
//     out, without a copy.
//   - Axes and indices may be negative: -1 is the last.
//   - Shapes are broadcast and types brought together as Add says. Types decide
//     the type of a result, values never do, but for whole-number scalars that
//     a type cannot hold (see AddScalar).
//   - What can be called wrongly returns an error that says what arrived and
//     what was wanted; what cannot (Exp, AddScalar, …) returns a tensor only, so
//     that calls can be chained. Must turns an error into a panic, for notebooks
//     and tests.
//   - Results are the same on every run, however many processors there are.
//
// The package imports nothing but the standard library.
package tensor

// Must returns v, or panics if err is not nil. It is for notebook cells, tests
// and examples, where stopping at once is the right thing.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
