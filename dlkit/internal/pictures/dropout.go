//go:build goexperiment.simd

package pictures

import (
	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// dropout sets a random share of x to zero, and scales the rest.
type dropout struct {
	Layer
	x, y, dx, dy *plane
	kept         *plane // what x is multiplied with
}

// forward draws anew, from the seed.
func (d *dropout) forward(seed uint64) {
	eachLine(d.y, func(g, y int) {
		kept := d.kept.line(g, y)
		rows.Draw(kept, d.Rate, seed, uint64(g*d.y.h+y))
		rows.Multiply(d.y.line(g, y), d.x.line(g, y), kept)
	})
}

func (d *dropout) backward() {
	eachLine(d.y, func(g, y int) { rows.Multiply(d.dx.line(g, y), d.dy.line(g, y), d.kept.line(g, y)) })
}
