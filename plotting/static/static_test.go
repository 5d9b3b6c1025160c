package static

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

const line = `{"xAxis":{"type":"category","data":["a","b"]},"yAxis":{},"series":[{"type":"line","data":[1,2]}]}`

func TestServeAnswersEachRequest(t *testing.T) {
	requests := strings.Join([]string{
		`{"format":"svg","width":200,"height":100,"option":` + line + `}`,
		`{"format":"png","width":200,"height":100,"scale":2,"option":` + line + `}`,
		`{"format":"gif","width":200,"height":100,"option":` + line + `}`,
		`{"format":"png","width":200,"height":100}`,
		`{"format":"png","width":2000000,"height":100,"option":` + line + `}`,
		`{"format":"svg","width":200,"height":100,"option":{"xAxis":{},"series":[{"type":"line"}]}}`,
		`{"format":"png","width":8,"height":4,"drawing":"<svg><rect width='4' height='4' fill='red'/></svg>"}`,
	}, "\n")
	var out bytes.Buffer
	if err := Serve(strings.NewReader(requests), &out); err != nil {
		t.Fatal(err)
	}
	want := []string{"<svg", "\x89PNG", "error", "error", "error", "error", "\x89PNG"}
	answers := json.NewDecoder(&out)
	for i, begins := range want {
		var resp picture.Response
		if err := answers.Decode(&resp); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if begins == "error" {
			if resp.Error == "" {
				t.Errorf("answer %d has no error", i)
			}
		} else if !bytes.HasPrefix(resp.Data, []byte(begins)) {
			t.Errorf("answer %d begins %.20q, error %q; want %q", i, resp.Data, resp.Error, begins)
		}
	}
	if err := Serve(strings.NewReader("no request"), io.Discard); err == nil {
		t.Error("nonsense was taken for a request")
	}
}

// drawn rasterises a drawing at one dot to a pixel.
func drawn(t *testing.T, svg string, w, h int) image.Image {
	t.Helper()
	data, err := rasterise(svg, w, h, 1)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func at(img image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func TestShapesAndPaint(t *testing.T) {
	img := drawn(t, `<svg>
		<style><![CDATA[ .a { fill: red } ]]></style>
		<rect width="10" height="10" fill="#00f" class="a"/>
		<rect x="10" width="10" height="10" fill="none"/>
		<rect x="20" width="10" height="10" fill="transparent"/>
		<g transform="translate(30 0)"><rect width="10" height="10" style="fill:rgb(255,0,0);fill-opacity:0.5"/></g>
		<path d="M40 5L50 5" stroke="black" stroke-width="10"/>
		<circle cx="55" cy="5" r="4" fill="rgba(0,128,0,1)"/>
		<polyline points="60 0 70 0 70 10" fill="lime" stroke="none"/>
		<polygon points="70,0 80,0 80,10 70,10"/>
		<path d="M80 5L90 5" stroke="black" stroke-width="10" stroke-dasharray="5 5"/>
	</svg>`, 90, 10)
	for x, want := range map[int]color.NRGBA{
		5: {0, 0, 255, 255}, 15: {255, 255, 255, 255}, 25: {255, 255, 255, 255}, 35: {255, 127, 127, 255},
		45: {0, 0, 0, 255}, 55: {0, 128, 0, 255}, 75: {0, 0, 0, 255}, 82: {0, 0, 0, 255}, 88: {255, 255, 255, 255},
	} {
		if got := at(img, x, 5); !near(got, want) {
			t.Errorf("dot %d is %v; want %v", x, got, want)
		}
	}
}

func near(a, b color.NRGBA) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) <= 3 }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && d(a.A, b.A)
}

func TestClipsAndGradientsMayFollowTheirUse(t *testing.T) {
	img := drawn(t, `<svg>
		<g clip-path="url(#c)"><rect width="20" height="10" fill="black"/></g>
		<rect x="20" width="100" height="10" transform="matrix(-1 0 0 1 140 0)" fill="url(#g)"/>
		<defs>
			<clipPath id="c"><path d="M0 0L10 0L10 10L0 10Z"/></clipPath>
			<linearGradient id="g" x1="0" y1="0" x2="1" y2="0"><stop offset="0%" stop-color="black"/><stop offset="100%" stop-color="white"/></linearGradient>
		</defs></svg>`, 120, 10)
	if at(img, 5, 5).R != 0 || at(img, 15, 5).R != 255 {
		t.Error("the clip path does not clip")
	}
	if l, r := at(img, 22, 5).R, at(img, 117, 5).R; l < 240 || r > 15 {
		t.Errorf("a mirrored gradient goes from %d to %d; want from white to black", l, r)
	}
}

// box is the smallest rectangle around what is not white.
func box(img image.Image) image.Rectangle {
	var out image.Rectangle
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if at(img, x, y).R < 200 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

func TestTextStandsWhereItShould(t *testing.T) {
	for _, test := range []struct {
		attrs  string
		left   int // of the box
		middle int // of the box, from the top
	}{
		{`x="100" y="50" dominant-baseline="central" text-anchor="middle"`, 70, 50},
		{`x="100" y="50" dominant-baseline="central" text-anchor="start"`, 100, 50},
		{`x="100" y="50" dominant-baseline="central" text-anchor="end"`, 40, 50},
		{`x="100" y="50"`, 100, 39},
	} {
		img := drawn(t, `<svg><text font-size="30" `+test.attrs+`>训练</text></svg>`, 200, 100)
		b := box(img)
		if b.Min.X < test.left || b.Min.X > test.left+4 || b.Dx() < 52 || b.Dx() > 60 {
			t.Errorf("%s: letters from %d to %d; want them from %d, 60 wide", test.attrs, b.Min.X, b.Max.X, test.left)
		}
		if mid := (b.Min.Y + b.Max.Y) / 2; mid < test.middle-2 || mid > test.middle+2 {
			t.Errorf("%s: middle at %d; want %d", test.attrs, mid, test.middle)
		}
	}
}

func TestTextWidths(t *testing.T) {
	if w := textWidth("国国", 12); w != 24 {
		t.Errorf("two Chinese characters of 12 are %g wide; want 24", w)
	}
	if w := textWidth("iii", 12); w <= 0 || w >= textWidth("MMM", 12) {
		t.Errorf("iii is %g wide, MMM %g", w, textWidth("MMM", 12))
	}
	if textWidth("", 12) != 0 {
		t.Error("no text has a width")
	}
}

func TestCommonCharactersAreEmbedded(t *testing.T) {
	f := face()
	for _, r := range "ABC xyz 0123 .,% àéü αβσ → × ± ≤ ² 训练损失准确率混淆矩阵验证轮次层真实预测类别，。：" {
		f.mu.Lock()
		_, ok := f.lookUp(r, f.fonts[:1])
		f.mu.Unlock()
		if !ok {
			t.Errorf("the embedded font lacks %q", r)
		}
	}
}

func TestParsePath(t *testing.T) {
	for d, want := range map[string]path{
		"M1 2L3-4":          {{op: 'M', pts: [3]point{{1, 2}}}, {op: 'L', pts: [3]point{{3, -4}}}},
		"m1,2 3,4z":         {{op: 'M', pts: [3]point{{1, 2}}}, {op: 'L', pts: [3]point{{4, 6}}}, {op: 'Z'}},
		"M.5.5h1v-1e1":      {{op: 'M', pts: [3]point{{.5, .5}}}, {op: 'L', pts: [3]point{{1.5, .5}}}, {op: 'L', pts: [3]point{{1.5, -9.5}}}},
		"M0 0Q1 1 2 0T4 0":  {{op: 'M'}, {op: 'Q', pts: [3]point{{1, 1}, {2, 0}}}, {op: 'Q', pts: [3]point{{3, -1}, {4, 0}}}},
		"M0 0c0 1 1 1 1 0s": {{op: 'M'}, {op: 'C', pts: [3]point{{0, 1}, {1, 1}, {1, 0}}}},
	} {
		got, err := parsePath(d)
		if len(got) != len(want) {
			t.Errorf("%q: %v, %v; want %v", d, got, err, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q, segment %d: %v; want %v", d, i, got[i], want[i])
			}
		}
	}
	for _, bad := range []string{"M1", "X1 2", "M0 0L", "M0 0A1 1 0 2 0 1 1", "M1 2 3"} {
		if _, err := parsePath(bad); err == nil {
			t.Errorf("%q was read without an error", bad)
		}
	}
}

func TestArcsReachTheirEnds(t *testing.T) {
	for _, d := range []string{"M10 20A5 5 0 1 1 20 20", "M10 20A5 9 30 01 20 20", "M10 20A1 1 0 0 0 20 20", "M10 20A0 5 0 0 0 20 20"} {
		p, err := parsePath(d)
		if err != nil {
			t.Fatal(err)
		}
		last := p[len(p)-1]
		end := last.pts[pointsOf(last.op)-1]
		if dx, dy := end.x-20, end.y-20; dx*dx+dy*dy > 1e-12 {
			t.Errorf("%s ends at %v; want 20 20", d, end)
		}
	}
	lo, hi := extent(circlePath(5, 5, 3))
	if lo.x < 1.99 || hi.x > 8.01 || lo.y < 1.99 || hi.y > 8.01 {
		t.Errorf("a circle of radius 3 spans %v to %v", lo, hi)
	}
}

func TestColors(t *testing.T) {
	for s, want := range map[string]color.NRGBA{
		"#1a2B3c": {0x1a, 0x2b, 0x3c, 255}, "#fff": {255, 255, 255, 255}, "#12345680": {0x12, 0x34, 0x56, 0x80},
		"rgb(1,2,3)": {1, 2, 3, 255}, "rgba(1, 2, 3, 0.5)": {1, 2, 3, 128}, " Black ": {0, 0, 0, 255},
	} {
		if got, ok := parseColor(s); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "none", "transparent", "#12", "rgb(1,2)", "url(#x)", "rgb(a,b,c)"} {
		if _, ok := parseColor(s); ok {
			t.Errorf("%q was taken for a colour", s)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add("M1 2L3-4a1 1 0 0 1 5 5z")
	f.Fuzz(func(t *testing.T, d string) {
		parsePath(d)
		parseTransform(d)
		parseColor(d)
	})
}

func FuzzRasterise(f *testing.F) {
	f.Add(`<svg><rect width="4" height="4"/><text font-size="9">x</text></svg>`)
	f.Fuzz(func(t *testing.T, svg string) {
		r := renderer{}
		r.render(picture.Request{Format: picture.PNG, Width: 16, Height: 16, Drawing: svg})
	})
}
