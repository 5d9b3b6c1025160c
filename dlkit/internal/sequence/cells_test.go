package sequence

import (
	"math"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// odd are numbers that arithmetic may stumble over.
var odd = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 1e-45, -1e-45, 1e-39, 1e-38, 1e-6, -1e-6, 0.3, -0.3, 8, -8, 16.7, -16.7,
	30, -30, 43, 44, 86.9, -86.9, 87, 88, -88, 104, -104, 1e10, -1e10, math.MaxFloat32, -math.MaxFloat32,
	float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
}

// cellRows are what the cells' functions work on: rows of units.
type cellRows struct {
	z, before, cell, bent, h, dh, dcell, dbias []float32
	ld, units, rows                            int
}

// newCellRows draws numbers, of which every so many is odd.
func newCellRows(units, rows, every int) cellRows {
	c := cellRows{units: product.Padded(units), rows: rows}
	c.ld = c.units + 3
	n := rows * c.units
	c.z, c.before, c.cell, c.bent = random(4*n, 6), random(n+1, 2), random(n+2, 1), random(n+3, 1)
	c.h, c.dh, c.dcell, c.dbias = random(rows*c.ld, 1), random(n+4, 1), random(n+5, 1), random(4*c.units, 1)
	if every > 0 {
		for i := 0; i < len(c.z); i += every {
			c.z[i] = odd[i/every%len(odd)]
		}
	}
	return c
}

func (c cellRows) clone() cellRows {
	for _, s := range []*[]float32{&c.z, &c.before, &c.cell, &c.bent, &c.h, &c.dh, &c.dcell, &c.dbias} {
		*s = slices.Clone(*s)
	}
	return c
}

// sameAs compares all numbers, what lies beside the rows too.
func (c cellRows) sameAs(t *testing.T, want cellRows) {
	t.Helper()
	numbers := func(c cellRows) [][]float32 {
		return [][]float32{c.z, c.before, c.cell, c.bent, c.h, c.dh, c.dcell, c.dbias}
	}
	for k, got := range numbers(c) {
		for i, w := range numbers(want)[k] {
			if !closeTo(got[i], float64(w), 1e-6) {
				t.Fatalf("units %d, rows %d: list %d has %v at %d, want %v", c.units, c.rows, k, got[i], i, w)
			}
		}
	}
}

// closeTo compares numbers, where NaN and infinity are to be themselves.
func closeTo(got float32, want, tolerance float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return float64(got) == want || got != got && math.IsNaN(want)
	}
	return math.Abs(float64(got)-want) <= tolerance*(1+math.Abs(want))
}

// One call for many examples must do what a call for each does, with odd numbers
// too.
func TestCellsOfManyRows(t *testing.T) {
	for _, units := range []int{1, 16, 20, 64, 100} {
		for rows := 1; rows < 8; rows++ {
			for _, every := range []int{0, 3} {
				checkLSTM(t, newCellRows(units, rows, every))
				checkGRU(t, newCellRows(units, rows, every))
			}
		}
	}
}

func checkLSTM(t *testing.T, c cellRows) {
	t.Helper()
	one, all, u := c.clone(), c.clone(), c.units
	for r := range c.rows {
		at := r * u
		lstmForwardRow(one.z[4*at:][:4*u], one.before[at:], one.cell[at:], one.bent[at:], one.h[r*c.ld:][:u])
	}
	lstmForward(all.z, all.before, all.cell, all.bent, all.h, c.ld, u, c.rows, 0)
	all.sameAs(t, one)
	all = one.clone()
	for r := range c.rows {
		at := r * u
		lstmBackwardRow(one.z[4*at:][:4*u], one.before[at:], one.bent[at:], one.dh[at:][:u], one.dcell[at:])
		add(one.dbias, one.z[4*at:][:4*u])
	}
	lstmBackward(all.z, all.before, all.bent, all.dh, all.dcell, all.dbias, u, c.rows, 0)
	all.sameAs(t, one)
}

func checkGRU(t *testing.T, c cellRows) {
	t.Helper()
	one, all, u := c.clone(), c.clone(), c.units
	for r := range c.rows {
		gruForwardRow(one.z[4*r*u:][:4*u], one.h[r*c.ld:], one.h[r*c.ld:][:u])
	}
	gruForward(all.z, all.h, all.h, c.ld, u, c.rows, 0)
	all.sameAs(t, one)
	all = one.clone()
	for r := range c.rows {
		at := r * u
		gruBackwardRow(one.z[4*at:][:4*u], one.h[r*c.ld:], one.dh[at:][:u], one.dcell[at:])
		add(one.dbias, one.z[4*at:][:4*u])
	}
	gruBackward(all.z, all.h, c.ld, all.dh, all.dcell, all.dbias, u, c.rows, 0)
	all.sameAs(t, one)
}

// Gates must be what the definition says, to the accuracy of float32, and what is
// no number must stay so.
func TestGatesAreExact(t *testing.T) {
	u := product.Padded(1)
	var x []float32
	for v := float32(-110); v < 110; v += 0.0173 {
		x = append(x, v)
	}
	x = append(x, odd...)
	for i := 0; i+u <= len(x); i += u {
		c := newCellRows(u, 1, 0)
		for g := range 4 {
			copy(c.z[g*u:], x[i:i+u])
		}
		lstmForward(c.z, c.before, c.cell, c.bent, c.h, c.ld, u, 1, 0)
		for j, v := range x[i : i+u] {
			c.checkGates(t, j, float64(v))
		}
	}
}

// checkGates compares the values of the gates of unit j, whose arguments were x.
func (c cellRows) checkGates(t *testing.T, j int, x float64) {
	t.Helper()
	u := c.units
	gate, tanh := 1/(1+math.Exp(-x)), math.Tanh(x)
	for g, want := range []float64{gate, gate, tanh, gate} {
		got := c.z[g*u+j]
		if !closeTo(got, want, 1.2e-7) || g != 2 && x > -86 && !closeTo(float32(float64(got)/want), 1, 2e-7) && got == got {
			t.Fatalf("gate %d of %v is %v, want %v", g, x, got, want)
		}
	}
	cell := float64(c.z[u+j])*float64(c.before[j]) + float64(c.z[j])*float64(c.z[2*u+j])
	if !closeTo(c.cell[j], cell, 2e-7) || !closeTo(c.bent[j], math.Tanh(cell), 3e-7) || !closeTo(c.h[j], float64(c.z[3*u+j])*math.Tanh(cell), 3e-7) {
		t.Fatalf("cell of %v is %v, tanh %v, output %v; want %v, %v, %v", x, c.cell[j], c.bent[j], c.h[j], cell, math.Tanh(cell), gate*math.Tanh(cell))
	}
}

// TestSmallerVectors runs the package's tests as on a processor whose vectors
// are shorter, or that has none.
func TestSmallerVectors(t *testing.T) {
	if os.Getenv("GODEBUG") != "" || testing.Short() {
		t.Skip("the tests already run in a special way")
	}
	for _, bits := range []string{"0", "+128", "+256"} {
		cmd := exec.Command(os.Args[0], "-test.run=Cells|Gates|Slopes|Predicting")
		cmd.Env = append(os.Environ(), "GODEBUG=simd="+bits)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("vectors of %s bits: %v\n%s", bits, err, out)
		}
	}
}

// BenchmarkCells is a step of 16 examples with 64 units.
func BenchmarkCells(b *testing.B) {
	c := newCellRows(64, 16, 0)
	for name, work := range map[string]func(){
		"LSTM forward":  func() { lstmForward(c.z, c.before, c.cell, c.bent, c.h, c.ld, c.units, c.rows, 0) },
		"LSTM backward": func() { lstmBackward(c.z, c.before, c.bent, c.dh, c.dcell, c.dbias, c.units, c.rows, 0) },
		"GRU forward":   func() { gruForward(c.z, c.h, c.h, c.ld, c.units, c.rows, 0) },
		"GRU backward":  func() { gruBackward(c.z, c.h, c.ld, c.dh, c.dcell, c.dbias, c.units, c.rows, 0) },
	} {
		b.Run(name, func(b *testing.B) {
			was := slices.Clone(c.z)
			b.ReportAllocs()
			for b.Loop() {
				copy(c.z, was) // what becomes ever smaller is slow in the end
				work()
			}
		})
	}
}
