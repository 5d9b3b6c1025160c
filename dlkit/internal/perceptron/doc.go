// Package perceptron runs fully connected layers that follow one another,
// forward and backward, outside a graph: their matrices are multiplied where they
// lie, without packing and turning.
//
// Results do not depend on the number of processors: whatever is summed up is
// summed up in the same order.
package perceptron
