// Package rows has what layers outside the graph do to rows of float32, number by
// number. Rows may have any length. What is no number (NaN) stays so: a training
// that diverges is told by it.
package rows
