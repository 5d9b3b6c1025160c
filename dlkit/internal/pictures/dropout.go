//go:build goexperiment.simd

package pictures

import "math/rand/v2"

// dropout sets a random share of x to zero, and scales the rest.
type dropout struct {
	Layer
	x, y, dx, dy *plane
	kept         *plane // what x is multiplied with
}

// forward draws anew, from the seed.
func (d *dropout) forward(seed uint64) {
	scale, least := 1/(1-d.Rate), uint64(float64(d.Rate)*(1<<16))
	eachLine(d.y, func(g, y int) {
		kept := d.kept.line(g, y)
		random := rand.NewPCG(seed, uint64(g*d.y.h+y))
		for i := 0; i < len(kept); i += 4 {
			for k, bits := 0, random.Uint64(); k < 4; k, bits = k+1, bits>>16 {
				if kept[i+k] = scale; bits&0xffff < least {
					kept[i+k] = 0
				}
			}
		}
		multiplyLine(d.y.line(g, y), d.x.line(g, y), kept)
	})
}

func (d *dropout) backward() {
	eachLine(d.y, func(g, y int) { multiplyLine(d.dx.line(g, y), d.dy.line(g, y), d.kept.line(g, y)) })
}
