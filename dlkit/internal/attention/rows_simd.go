//go:build goexperiment.simd

package attention

import "simd"

// softmax makes of the scores in s, which fill whole vectors, numbers that are
// to each other as e to the power of scale·s, and gives the largest score, whose
// number is 1, and the sum.
func softmax(s []float32, scale float32) (top, sum float32) {
	v := simd.VectorBitSize() / 32
	most := simd.LoadFloat32s(s)
	for j := v; j < len(s); j += v {
		most = most.Max(simd.LoadFloat32s(s[j:]))
	}
	top = largest(most)
	factor, level, total := simd.BroadcastFloat32s(scale), simd.BroadcastFloat32s(-scale*top), simd.BroadcastFloat32s(0)
	for j := 0; j < len(s); j += v {
		p := exp(simd.LoadFloat32s(s[j:]).MulAdd(factor, level))
		p.Store(s[j:])
		total = total.Add(p)
	}
	return top, sumOf(total)
}

// weightsAgain makes of the scores in s the weights p = e^(scale·s − level)·share,
// and of their gradients in dp those by the scores, p·(dp − mean)·scale.
func weightsAgain(s, dp []float32, scale, level, share, mean float32) {
	v := simd.VectorBitSize() / 32
	factor, low := simd.BroadcastFloat32s(scale), simd.BroadcastFloat32s(-level)
	part, middle := simd.BroadcastFloat32s(share), simd.BroadcastFloat32s(mean)
	dp = dp[:len(s)]
	for j := 0; j < len(s); j += v {
		p := exp(simd.LoadFloat32s(s[j:]).MulAdd(factor, low)).Mul(part)
		p.Store(s[j:])
		p.Mul(factor).Mul(simd.LoadFloat32s(dp[j:]).Sub(middle)).Store(dp[j:])
	}
}

// exp is e to the power of x, which must be below 87, and 0 where x is below
// lowest: 2 to a whole power times a polynomial for what remains, that of
// Cephes' expf.
func exp(x simd.Float32s) simd.Float32s {
	low := simd.BroadcastFloat32s(lowest)
	counts := x.GreaterEqual(low)
	x = x.Max(low)
	// Adding 1.5·2²³ rounds to a whole number, which then lies in the low bits.
	shift := simd.BroadcastFloat32s(12582912)
	shifted := x.MulAdd(simd.BroadcastFloat32s(1.44269504088896341), shift)
	whole := shifted.Sub(shift)
	x = whole.MulAdd(simd.BroadcastFloat32s(-0.693359375), x)
	x = whole.MulAdd(simd.BroadcastFloat32s(2.12194440e-4), x)
	p := x.MulAdd(simd.BroadcastFloat32s(1.9875691500e-4), simd.BroadcastFloat32s(1.3981999507e-3))
	p = p.MulAdd(x, simd.BroadcastFloat32s(8.3334519073e-3))
	p = p.MulAdd(x, simd.BroadcastFloat32s(4.1665795894e-2))
	p = p.MulAdd(x, simd.BroadcastFloat32s(1.6666665459e-1))
	p = p.MulAdd(x, simd.BroadcastFloat32s(5.0000001201e-1))
	p = p.MulAdd(x.Mul(x), x).Add(simd.BroadcastFloat32s(1))
	return p.ToBits().Add(shifted.ToBits().ShiftAllLeft(23)).BitsToFloat32().Masked(counts)
}

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
