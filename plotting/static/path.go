package static

import (
	"errors"
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

// parsePath reads the d attribute of an SVG path. With an error it returns
// what came before it, as SVG asks.
func parsePath(d string) (path, error) {
	r := pathReader{in: numbers{s: d}}
	for {
		op, ok := r.in.command()
		if !ok {
			return r.p, nil
		}
		for first := true; first || r.in.more(); first = false {
			if err := r.step(op); err != nil {
				return r.p, fmt.Errorf("static: path %.40q: %w", d, err)
			}
			if op = next(op); op == 0 {
				break
			}
		}
	}
}

// next is the command that further numbers after a command stand for.
func next(op byte) byte {
	switch op {
	case 'M':
		return 'L'
	case 'm':
		return 'l'
	case 'Z', 'z':
		return 0
	}
	return op
}

// pathReader is a pen that follows path commands.
type pathReader struct {
	in        numbers
	p         path
	at, start point // the pen, and where the subpath began
	control   point // the last control point
	prev      byte  // the last command in upper case
}

// step draws one command. Commands in lower case count from the pen.
func (r *pathReader) step(op byte) error {
	before := len(r.p)
	var rel point
	if op >= 'a' {
		rel = r.at
	}
	point := func() point { return point{rel.x + r.in.next(), rel.y + r.in.next()} }
	upper := op &^ 0x20
	switch upper {
	case 'M':
		r.at = point()
		r.start = r.at
		r.p.move(r.at)
	case 'L':
		r.at = point()
		r.p.line(r.at)
	case 'H':
		r.at.x = rel.x + r.in.next()
		r.p.line(r.at)
	case 'V':
		r.at.y = rel.y + r.in.next()
		r.p.line(r.at)
	case 'C', 'S':
		a := r.mirrored('C', 'S')
		if upper == 'C' {
			a = point()
		}
		r.control, r.at = point(), point()
		r.p.cube(a, r.control, r.at)
	case 'Q', 'T':
		a := r.mirrored('Q', 'T')
		if upper == 'Q' {
			a = point()
		}
		r.control, r.at = a, point()
		r.p.quad(a, r.at)
	case 'A':
		rx, ry, turn := r.in.next(), r.in.next(), r.in.next()
		large, sweep := r.in.flag(), r.in.flag()
		from := r.at
		r.at = point()
		r.p.arc(from, rx, ry, turn, large, sweep, r.at)
	case 'Z':
		r.p.close()
		r.at = r.start
	default:
		return fmt.Errorf("unknown command %q", op)
	}
	r.prev = upper
	if r.in.bad {
		r.p = r.p[:before]
		return errors.New("a number is missing")
	}
	return nil
}

// mirrored is the control point of a curve that goes on smoothly from one of
// the two kinds.
func (r *pathReader) mirrored(kind, smooth byte) point {
	if r.prev != kind && r.prev != smooth {
		return r.at
	}
	return point{2*r.at.x - r.control.x, 2*r.at.y - r.control.y}
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

// flag reads one digit: the flags of arcs may stand without separators.
func (n *numbers) flag() bool {
	n.skip()
	if len(n.s) == 0 || n.s[0] != '0' && n.s[0] != '1' {
		n.bad = true
		return false
	}
	set := n.s[0] == '1'
	n.s = n.s[1:]
	return set
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
