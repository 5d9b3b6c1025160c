//go:build goexperiment.simd

package pictures

import "simd"

// The transforms of winograd along one axis, for tiles with n inputs, 4 or 6.
// They are functions and not methods: a method that uses vectors is more than Go
// 1.27's compiler can take. What they read lies distance numbers apart, what they
// write apart numbers; length numbers of each are worked on.

// sumLine makes n sums of n inputs: Bᵀ.
func sumLine(n int, to []float32, apart int, from []float32, distance, length int) {
	if n == 4 {
		sumLine4(to, apart, from, distance, length)
		return
	}
	v := simd.VectorBitSize() / 32
	two, four, five := simd.BroadcastFloat32s(2), simd.BroadcastFloat32s(4), simd.BroadcastFloat32s(5)
	for q := 0; q < length; q += v {
		d0, d1, d2 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:]), simd.LoadFloat32s(from[2*distance+q:])
		d3, d4, d5 := simd.LoadFloat32s(from[3*distance+q:]), simd.LoadFloat32s(from[4*distance+q:]), simd.LoadFloat32s(from[5*distance+q:])
		d0.MulAdd(four, d4).Sub(d2.Mul(five)).Store(to[q:])
		a, b := d4.Sub(d2.Mul(four)), d3.Sub(d1.Mul(four))
		a.Add(b).Store(to[apart+q:])
		a.Sub(b).Store(to[2*apart+q:])
		a, b = d4.Sub(d2), d3.Sub(d1).Mul(two)
		a.Add(b).Store(to[3*apart+q:])
		a.Sub(b).Store(to[4*apart+q:])
		d1.MulAdd(four, d5).Sub(d3.Mul(five)).Store(to[5*apart+q:])
	}
}

func sumLine4(to []float32, apart int, from []float32, distance, length int) {
	v := simd.VectorBitSize() / 32
	for q := 0; q < length; q += v {
		d0, d1 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:])
		d2, d3 := simd.LoadFloat32s(from[2*distance+q:]), simd.LoadFloat32s(from[3*distance+q:])
		d0.Sub(d2).Store(to[q:])
		d1.Add(d2).Store(to[apart+q:])
		d2.Sub(d1).Store(to[2*apart+q:])
		d1.Sub(d3).Store(to[3*apart+q:])
	}
}

// collectLine makes outputs of n products, of which it writes the first few: Aᵀ.
func collectLine(n int, to []float32, apart, outputs int, from []float32, distance, length int) {
	if n == 4 {
		collectLine4(to, apart, outputs, from, distance, length)
		return
	}
	v := simd.VectorBitSize() / 32
	two, four, eight := simd.BroadcastFloat32s(2), simd.BroadcastFloat32s(4), simd.BroadcastFloat32s(8)
	for q := 0; q < length; q += v {
		m0, m1, m2 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:]), simd.LoadFloat32s(from[2*distance+q:])
		m3, m4, m5 := simd.LoadFloat32s(from[3*distance+q:]), simd.LoadFloat32s(from[4*distance+q:]), simd.LoadFloat32s(from[5*distance+q:])
		a, b, c, d := m1.Add(m2), m1.Sub(m2), m3.Add(m4), m3.Sub(m4)
		m0.Add(a).Add(c).Store(to[q:])
		if outputs > 1 {
			d.MulAdd(two, b).Store(to[apart+q:])
		}
		if outputs > 2 {
			c.MulAdd(four, a).Store(to[2*apart+q:])
		}
		if outputs > 3 {
			d.MulAdd(eight, b).Add(m5).Store(to[3*apart+q:])
		}
	}
}

func collectLine4(to []float32, apart, outputs int, from []float32, distance, length int) {
	v := simd.VectorBitSize() / 32
	for q := 0; q < length; q += v {
		m0, m1 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:])
		m2, m3 := simd.LoadFloat32s(from[2*distance+q:]), simd.LoadFloat32s(from[3*distance+q:])
		m0.Add(m1).Add(m2).Store(to[q:])
		if outputs > 1 {
			m1.Sub(m2).Sub(m3).Store(to[apart+q:])
		}
	}
}

// weighLine makes n weights of three taps: G.
func weighLine(n int, to []float32, apart int, from []float32, distance, length int) {
	v := simd.VectorBitSize() / 32
	half, quarter, sixth := simd.BroadcastFloat32s(1.0/2), simd.BroadcastFloat32s(1.0/4), simd.BroadcastFloat32s(1.0/6)
	for q := 0; q < length; q += v {
		a, b, c := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:]), simd.LoadFloat32s(from[2*distance+q:])
		if n == 4 {
			sum, middle := a.Add(c).Mul(half), b.Mul(half)
			a.Store(to[q:])
			sum.Add(middle).Store(to[apart+q:])
			sum.Sub(middle).Store(to[2*apart+q:])
			c.Store(to[3*apart+q:])
			continue
		}
		quartered := a.Mul(quarter)
		quartered.Store(to[q:])
		sum, middle := a.Add(c).Mul(sixth), b.Mul(sixth)
		sum.Add(middle).Neg().Store(to[apart+q:])
		middle.Sub(sum).Store(to[2*apart+q:])
		sum, middle = quartered.Mul(sixth).Add(c.Mul(sixth)), middle.Mul(half)
		sum.Add(middle).Store(to[3*apart+q:])
		sum.Sub(middle).Store(to[4*apart+q:])
		c.Store(to[5*apart+q:])
	}
}

// spreadLine makes n sums of as many gradients as a tile has outputs: A.
func spreadLine(n int, to []float32, apart int, from []float32, distance, length int) {
	v := simd.VectorBitSize() / 32
	two, four, eight := simd.BroadcastFloat32s(2), simd.BroadcastFloat32s(4), simd.BroadcastFloat32s(8)
	for q := 0; q < length; q += v {
		e0, e1 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:])
		e0.Store(to[q:])
		if n == 4 {
			e0.Add(e1).Store(to[apart+q:])
			e0.Sub(e1).Store(to[2*apart+q:])
			e1.Neg().Store(to[3*apart+q:])
			continue
		}
		e2, e3 := simd.LoadFloat32s(from[2*distance+q:]), simd.LoadFloat32s(from[3*distance+q:])
		a, b := e0.Add(e2), e1.Add(e3)
		a.Add(b).Store(to[apart+q:])
		a.Sub(b).Store(to[2*apart+q:])
		a, b = e2.MulAdd(four, e0), e3.MulAdd(eight, e1.Mul(two))
		a.Add(b).Store(to[3*apart+q:])
		a.Sub(b).Store(to[4*apart+q:])
		e3.Store(to[5*apart+q:])
	}
}

// gatherLine makes three taps' gradients of those by n weights: Gᵀ.
func gatherLine(n int, to []float32, apart int, from []float32, distance, length int) {
	v := simd.VectorBitSize() / 32
	half, quarter, sixth := simd.BroadcastFloat32s(1.0/2), simd.BroadcastFloat32s(1.0/4), simd.BroadcastFloat32s(1.0/6)
	for q := 0; q < length; q += v {
		m0, m1, m2 := simd.LoadFloat32s(from[q:]), simd.LoadFloat32s(from[distance+q:]), simd.LoadFloat32s(from[2*distance+q:])
		m3 := simd.LoadFloat32s(from[3*distance+q:])
		if n == 4 {
			sum := m1.Add(m2).Mul(half)
			m0.Add(sum).Store(to[q:])
			m1.Sub(m2).Mul(half).Store(to[apart+q:])
			sum.Add(m3).Store(to[2*apart+q:])
			continue
		}
		m4, m5 := simd.LoadFloat32s(from[4*distance+q:]), simd.LoadFloat32s(from[5*distance+q:])
		a, b := m1.Add(m2).Mul(sixth), m3.Add(m4).Mul(sixth)
		m0.Add(b).Mul(quarter).Sub(a).Store(to[q:])
		m3.Sub(m4).Mul(half).Add(m2.Sub(m1)).Mul(sixth).Store(to[apart+q:])
		b.Sub(a).Add(m5).Store(to[2*apart+q:])
	}
}
