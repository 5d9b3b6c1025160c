// Package tensor is the ground floor of fromzero: arrays of numbers with a
// shape (Tensor), and the way examples travel from data to a model (Batch,
// Dataset). It is also the reader's NumPy: create, index, reshape, transpose,
// calculate with broadcasting, multiply matrices, reduce, print.
//
// It imports nothing but the standard library. Functions that can be called
// wrongly return an error that says what arrived and what was wanted; Must
// turns such an error into a panic, for notebooks and tests.
package tensor

// Must returns v, or panics if err is not nil. It is for notebook cells, tests
// and examples, where stopping at once is the right thing.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
