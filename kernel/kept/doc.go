// Package kept is the store behind kernel.Keep: values that one notebook cell
// built and later cells, and later runs, get back from disk.
//
// A notebook's values lie beside it, in .fromzero/keep/<notebook>/, one file a
// value. A file says what it holds before it holds it: the name, the Go type,
// the inputs it was built from, when and how long. So it can be listed without
// being decoded, checked against damage before it is trusted, and compared with
// the inputs of the next run, field by field.
//
// Most programs call kernel.Keep. This package is for those that look into the
// store, as the command "fromzero keep" does: see List and Remove.
package kept
