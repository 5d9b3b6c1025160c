// Package pictures runs chains of layers over pictures, forward and backward,
// outside a graph: convolution, batch normalisation, activations, pooling and
// dropout, on all processors. Sequences are pictures of one column.
//
// The examples of a batch lie innermost, 32 of them together: 32 numbers that go
// through the same arithmetic, and fill two of the longest vectors. A pixel's
// channels follow one another, so that the window of a convolution is one piece
// of memory for each of its rows. A convolution is then a product of the kernel
// with that piece, without any copying, and so are both of its gradients.
//
// Results do not depend on the number of processors: whatever is summed up is
// summed up in the same order.
package pictures
