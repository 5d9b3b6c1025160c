package static

import (
	"fmt"
	"math"
	"strconv"
)

// matrix is an affine map (x, y) → (ax + cy + e, bx + dy + f), in SVG's order.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul is the map that applies n first and then m.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) apply(p point) point {
	return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

// scale is how much the map enlarges lengths, on average over directions.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

type point struct{ x, y float64 }

// A segment of a path: op is M (1 point), L (1), Q (2), C (3) or Z (0).
type segment struct {
	op  byte
	pts [3]point
}

// path is an outline in absolute coordinates.
type path []segment

func (p *path) move(a point)       { *p = append(*p, segment{'M', [3]point{a}}) }
func (p *path) line(a point)       { *p = append(*p, segment{'L', [3]point{a}}) }
func (p *path) cube(a, b, c point) { *p = append(*p, segment{'C', [3]point{a, b, c}}) }
func (p *path) quad(a, b point)    { *p = append(*p, segment{'Q', [3]point{a, b}}) }
func (p *path) close()             { *p = append(*p, segment{op: 'Z'}) }

func (p path) transform(m matrix) path {
	out := make(path, len(p))
	for i, s := range p {
		for j := range s.pts {
			s.pts[j] = m.apply(s.pts[j])
		}
		out[i] = s
	}
	return out
}

func rectPath(x, y, w, h float64) path {
	var p path
	p.move(point{x, y})
	p.line(point{x + w, y})
	p.line(point{x + w, y + h})
	p.line(point{x, y + h})
	p.close()
	return p
}

func circlePath(cx, cy, r float64) path {
	var p path
	p.move(point{cx + r, cy})
	p.arc(point{cx + r, cy}, r, r, 0, false, true, point{cx - r, cy})
	p.arc(point{cx - r, cy}, r, r, 0, false, true, point{cx + r, cy})
	p.close()
	return p
}

func polyPath(points []float64, closed bool) path {
	var p path
	for i := 0; i+1 < len(points); i += 2 {
		at := point{points[i], points[i+1]}
		if i == 0 {
			p.move(at)
		} else {
			p.line(at)
		}
	}
	if closed && len(p) > 0 {
		p.close()
	}
	return p
}

// arc adds SVG's elliptical arc from one point to another as cubic curves of
// at most a quarter turn; the formulas are those of the SVG specification's
// notes on elliptical arcs.
func (p *path) arc(from point, rx, ry, rotation float64, large, sweep bool, to point) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		p.line(to)
		return
	}
	sin, cos := math.Sincos(rotation * math.Pi / 180)
	dx, dy := (from.x-to.x)/2, (from.y-to.y)/2
	x, y := cos*dx+sin*dy, -sin*dx+cos*dy
	if s := x*x/(rx*rx) + y*y/(ry*ry); s > 1 { // too small to reach: grow
		rx, ry = rx*math.Sqrt(s), ry*math.Sqrt(s)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*y/ry, -k*ry*x/rx
	start := math.Atan2((y-cy)/ry, (x-cx)/rx)
	turn := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - start
	switch {
	case sweep && turn < 0:
		turn += 2 * math.Pi
	case !sweep && turn > 0:
		turn -= 2 * math.Pi
	}
	m := matrix{cos * rx, sin * rx, -sin * ry, cos * ry, cos*cx - sin*cy + (from.x+to.x)/2, sin*cx + cos*cy + (from.y+to.y)/2}
	n := int(math.Ceil(math.Abs(turn)/(math.Pi/2) - 1e-9))
	step := turn / float64(n)
	h := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		s0, c0 := math.Sincos(start + float64(i)*step)
		s1, c1 := math.Sincos(start + float64(i+1)*step)
		p.cube(m.apply(point{c0 - h*s0, s0 + h*c0}), m.apply(point{c1 + h*s1, s1 - h*c1}), m.apply(point{c1, s1}))
	}
}

// parsePath reads the d attribute of an SVG path.
func parsePath(d string) (path, error) {
	var p path
	var at, start, ctrl point // the pen, where the subpath began, the last control point
	var prev byte
	in := numbers{s: d}
	for {
		op, ok := in.command()
		if !ok {
			return p, in.err(d)
		}
		for first := true; first || in.more(); first = false {
			rel := point{}
			if op >= 'a' {
				rel = at
			}
			pt := func() point { return point{rel.x + in.next(), rel.y + in.next()} }
			switch upper := op &^ 0x20; upper {
			case 'M':
				at = pt()
				start = at
				p.move(at)
				op -= 'M' - 'L' // further pairs are lines
				prev = 'M'
				continue
			case 'L':
				at = pt()
				p.line(at)
			case 'H':
				at.x = rel.x + in.next()
				p.line(at)
			case 'V':
				at.y = rel.y + in.next()
				p.line(at)
			case 'C', 'S':
				a := at
				if upper == 'C' {
					a = pt()
				} else if prev == 'C' || prev == 'S' {
					a = point{2*at.x - ctrl.x, 2*at.y - ctrl.y}
				}
				b := pt()
				at = pt()
				ctrl = b
				p.cube(a, b, at)
			case 'Q', 'T':
				a := at
				if upper == 'Q' {
					a = pt()
				} else if prev == 'Q' || prev == 'T' {
					a = point{2*at.x - ctrl.x, 2*at.y - ctrl.y}
				}
				at = pt()
				ctrl = a
				p.quad(a, at)
			case 'A':
				rx, ry, rot := in.next(), in.next(), in.next()
				large, sweep := in.next() != 0, in.next() != 0
				to := pt()
				p.arc(at, rx, ry, rot, large, sweep, to)
				at = to
			case 'Z':
				p.close()
				at = start
			default:
				return p, fmt.Errorf("static: path command %q in %.40q", op, d)
			}
			prev = op &^ 0x20
			if op&^0x20 == 'Z' || in.bad {
				break
			}
		}
		if in.bad {
			return p, in.err(d)
		}
	}
}

// numbers reads the numbers and commands of SVG attributes, where separators
// may be spaces, commas or nothing at all ("1-2", "1.5.5").
type numbers struct {
	s   string
	bad bool
}

func (n *numbers) skip() {
	for len(n.s) > 0 && (n.s[0] == ' ' || n.s[0] == ',' || n.s[0] == '\n' || n.s[0] == '\t' || n.s[0] == '\r') {
		n.s = n.s[1:]
	}
}

func (n *numbers) command() (byte, bool) {
	n.skip()
	if n.bad || len(n.s) == 0 {
		return 0, false
	}
	c := n.s[0]
	n.s = n.s[1:]
	return c, true
}

// more reports whether a number comes next.
func (n *numbers) more() bool {
	n.skip()
	return len(n.s) > 0 && numberLength(n.s) > 0
}

func (n *numbers) next() float64 {
	n.skip()
	l := numberLength(n.s)
	v, err := strconv.ParseFloat(n.s[:l], 64)
	if err != nil {
		n.bad = true
	}
	n.s = n.s[l:]
	return v
}

func (n *numbers) err(of string) error {
	if n.bad {
		return fmt.Errorf("static: path %.40q ends early or has a bad number", of)
	}
	return nil
}

// numberLength is the length of the number at the beginning of s.
func numberLength(s string) int {
	i, dot, digits := 0, false, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.' && !dot:
			dot = true
		case (c == 'e' || c == 'E') && digits:
			if l := numberLength(s[i+1:]); l > 0 {
				return i + 1 + l
			}
			return i
		default:
			if !digits {
				return 0
			}
			return i
		}
	}
	if !digits {
		return 0
	}
	return i
}

// parseNumbers reads a list of numbers, stopping at what is none.
func parseNumbers(s string) []float64 {
	var out []float64
	in := numbers{s: s}
	for in.more() {
		out = append(out, in.next())
	}
	return out
}
