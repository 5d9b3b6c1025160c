//go:build goexperiment.simd

package sequence

import (
	"simd"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// lstmForwardRow is lstmForward for one example.
func lstmForwardRow(z, before, cell, bent, h []float32) {
	v, n := simd.VectorBitSize()/32, len(h)
	zi, zf, zg, zo := z[:n], z[n:2*n], z[2*n:3*n], z[3*n:4*n]
	for j := 0; j+v <= n; j += v {
		i, f := rows.Sigmoid(simd.LoadFloat32s(zi[j:])), rows.Sigmoid(simd.LoadFloat32s(zf[j:]))
		g, o := rows.Tanh(simd.LoadFloat32s(zg[j:])), rows.Sigmoid(simd.LoadFloat32s(zo[j:]))
		c := f.MulAdd(simd.LoadFloat32s(before[j:]), i.Mul(g))
		b := rows.Tanh(c)
		i.Store(zi[j:])
		f.Store(zf[j:])
		g.Store(zg[j:])
		o.Store(zo[j:])
		c.Store(cell[j:])
		b.Store(bent[j:])
		o.Mul(b).Store(h[j:])
	}
}

// lstmBackwardRow is lstmBackward for one example, but for the sum.
func lstmBackwardRow(z, before, bent, dh, dcell []float32) {
	v, n, one := simd.VectorBitSize()/32, len(dh), simd.BroadcastFloat32s(1)
	zi, zf, zg, zo := z[:n], z[n:2*n], z[2*n:3*n], z[3*n:4*n]
	for j := 0; j+v <= n; j += v {
		i, f := simd.LoadFloat32s(zi[j:]), simd.LoadFloat32s(zf[j:])
		g, o := simd.LoadFloat32s(zg[j:]), simd.LoadFloat32s(zo[j:])
		b, d := simd.LoadFloat32s(bent[j:]), simd.LoadFloat32s(dh[j:])
		dc := d.Mul(o).MulAdd(one.Sub(b.Mul(b)), simd.LoadFloat32s(dcell[j:]))
		dc.Mul(g).Mul(i).Mul(one.Sub(i)).Store(zi[j:])
		dc.Mul(simd.LoadFloat32s(before[j:])).Mul(f).Mul(one.Sub(f)).Store(zf[j:])
		dc.Mul(i).Mul(one.Sub(g.Mul(g))).Store(zg[j:])
		d.Mul(b).Mul(o).Mul(one.Sub(o)).Store(zo[j:])
		dc.Mul(f).Store(dcell[j:])
	}
}

// gruForwardRow is gruForward for one example.
func gruForwardRow(z, before, h []float32) {
	v, n := simd.VectorBitSize()/32, len(h)
	zg, zz, zr, zs := z[:n], z[n:2*n], z[2*n:3*n], z[3*n:4*n]
	for j := 0; j+v <= n; j += v {
		u, r := rows.Sigmoid(simd.LoadFloat32s(zz[j:])), rows.Sigmoid(simd.LoadFloat32s(zr[j:]))
		g := rows.Tanh(r.MulAdd(simd.LoadFloat32s(zs[j:]), simd.LoadFloat32s(zg[j:])))
		u.Store(zz[j:])
		r.Store(zr[j:])
		g.Store(zg[j:])
		u.MulAdd(simd.LoadFloat32s(before[j:]).Sub(g), g).Store(h[j:])
	}
}

// gruBackwardRow is gruBackward for one example, but for the sum.
func gruBackwardRow(z, before, dh, dbefore []float32) {
	v, n, one := simd.VectorBitSize()/32, len(dh), simd.BroadcastFloat32s(1)
	zg, zz, zr, zs := z[:n], z[n:2*n], z[2*n:3*n], z[3*n:4*n]
	for j := 0; j+v <= n; j += v {
		g, u := simd.LoadFloat32s(zg[j:]), simd.LoadFloat32s(zz[j:])
		r, s := simd.LoadFloat32s(zr[j:]), simd.LoadFloat32s(zs[j:])
		d := simd.LoadFloat32s(dh[j:])
		rest := one.Sub(u)
		dg := d.Mul(rest).Mul(one.Sub(g.Mul(g)))
		dg.Store(zg[j:])
		d.Mul(simd.LoadFloat32s(before[j:]).Sub(g)).Mul(u).Mul(rest).Store(zz[j:])
		dg.Mul(s).Mul(r).Mul(one.Sub(r)).Store(zr[j:])
		dg.Mul(r).Store(zs[j:])
		d.Mul(u).Store(dbefore[j:])
	}
}

// add adds x to sum.
func add(sum, x []float32) {
	v := simd.VectorBitSize() / 32
	j := 0
	for ; j+v <= len(sum); j += v {
		simd.LoadFloat32s(sum[j:]).Add(simd.LoadFloat32s(x[j:])).Store(sum[j:])
	}
	for ; j < len(sum); j++ {
		sum[j] += x[j]
	}
}
