//go:build goexperiment.simd

package attention

import "simd"

// sumOf is the sum of a vector's numbers.
func sumOf(x simd.Float32s) float32 {
	var n [16]float32
	x.Store(n[:])
	return (n[0] + n[4] + n[8] + n[12]) + (n[1] + n[5] + n[9] + n[13]) + (n[2] + n[6] + n[10] + n[14]) + (n[3] + n[7] + n[11] + n[15])
}

// largest is the largest of a vector's numbers.
func largest(x simd.Float32s) float32 {
	var n [16]float32
	x.Store(n[:])
	most := n[0]
	for _, v := range n[:x.Len()] {
		if v > most {
			most = v
		}
	}
	return most
}

// dot is the sum of the products of two rows.
func dot(x, y []float32) float32 {
	v, j := simd.VectorBitSize()/32, 0
	sum := simd.BroadcastFloat32s(0)
	for ; j+v <= len(x); j += v {
		sum = simd.LoadFloat32s(x[j:]).MulAdd(simd.LoadFloat32s(y[j:]), sum)
	}
	return sumOf(sum) + dotFrom(x, y, j)
}

// add adds x to sum.
func add(sum, x []float32) {
	v, j := simd.VectorBitSize()/32, 0
	for ; j+v <= len(sum); j += v {
		simd.LoadFloat32s(sum[j:]).Add(simd.LoadFloat32s(x[j:])).Store(sum[j:])
	}
	addFrom(sum, x, j)
}

// multiply multiplies x with a number.
func multiply(x []float32, factor float32) {
	v, j, by := simd.VectorBitSize()/32, 0, simd.BroadcastFloat32s(factor)
	for ; j+v <= len(x); j += v {
		simd.LoadFloat32s(x[j:]).Mul(by).Store(x[j:])
	}
	multiplyFrom(x, factor, j)
}

// places are the numbers of a vector's places.
var places = [16]uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// dropRow zeroes the numbers of a row for which less than limit is drawn, and
// scales the others.
func dropRow(row []float32, key1, key2, limit uint32, scale float32) {
	v, j := simd.VectorBitSize()/32, 0
	start, step := simd.BroadcastUint32s(key1), simd.BroadcastUint32s(0x9e3779b1)
	other, least, factor := simd.BroadcastUint32s(key2), simd.BroadcastUint32s(limit), simd.BroadcastFloat32s(scale)
	at := simd.LoadUint32s(places[:])
	for ; j+v <= len(row); j += v {
		x := at.Add(simd.BroadcastUint32s(uint32(j))).Mul(step).Add(start)
		x = x.Xor(x.ShiftAllRight(16)).Mul(simd.BroadcastUint32s(0x21f0aaad)).Xor(other)
		x = x.Xor(x.ShiftAllRight(15)).Mul(simd.BroadcastUint32s(0x735a2d97))
		x = x.Xor(x.ShiftAllRight(15))
		simd.LoadFloat32s(row[j:]).Mul(factor).Masked(x.GreaterEqual(least)).Store(row[j:])
	}
	dropOneByOne(row, j, key1, key2, limit, scale)
}
