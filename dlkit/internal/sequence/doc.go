// Package sequence runs a recurrent layer over whole sequences, forwards and
// backwards, in float32: what a graph of small operations, one after another
// for every step, spends on moving data and on the operations' own overhead is
// several times the arithmetic.
//
// Every matrix product is made of tiles that stay in the processor's vector
// registers. They are written in assembly for AVX-512 and with package simd for
// other processors; without either the package works too, but slowly: see Fast.
package sequence
