// Package static turns charts into still pictures, SVG and PNG, without a
// browser: ECharts itself runs in a JavaScript engine written in Go and writes
// SVG, and a small rasteriser draws that SVG as PNG.
//
// Notebook cells do not link this package; they ask the fromzero program,
// which serves pictures with Serve. A plain program that wants pictures of its
// own imports it for its side effect:
//
//	import _ "github.com/gofromzero/fromzero/plotting/static"
package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

func init() {
	r := &renderer{}
	picture.Register(r.render)
}

// Serve answers requests for pictures until r ends: each is one JSON object
// {"format", "width", "height", "scale", "option" or "drawing"}, each answer
// one line of JSON with the picture in base64 in "data", or the reason why
// there is none in "error". A picture that cannot be drawn is not an error of
// Serve; unreadable requests and a writer that fails are.
func Serve(r io.Reader, w io.Writer) error {
	draw := &renderer{}
	requests, answers := json.NewDecoder(r), json.NewEncoder(w)
	for {
		var req picture.Request
		if err := requests.Decode(&req); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("static: reading a request for a picture: %w", err)
		}
		var resp picture.Response
		data, err := draw.render(req)
		if err != nil {
			resp.Error = err.Error()
		} else {
			resp.Data = data
		}
		if err := answers.Encode(resp); err != nil {
			return fmt.Errorf("static: sending a picture: %w", err)
		}
	}
}

// renderer draws pictures one at a time. It starts the JavaScript engine with
// the first chart and keeps it for the next ones.
type renderer struct {
	mu     sync.Mutex
	engine *engine
}

// maxDots bounds a picture's dots, so that a slip of the pen in a width does
// not take the machine's memory: a dot takes four bytes.
const maxDots = 64 << 20

func (r *renderer) render(req picture.Request) (data []byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			data, err = nil, fmt.Errorf("static: drawing failed: %v", p)
		}
	}()
	if req.Scale == 0 {
		req.Scale = 1
	}
	if w, h := float64(req.Width)*req.Scale, float64(req.Height)*req.Scale; !(w >= 1 && h >= 1 && w*h <= maxDots) {
		return nil, fmt.Errorf("static: a picture of %d×%d at scale %g; it must have at least one dot and at most %d",
			req.Width, req.Height, req.Scale, maxDots)
	}
	svg := req.Drawing
	if svg == "" {
		if svg, err = r.chart(req); err != nil {
			return nil, err
		}
	}
	switch req.Format {
	case picture.SVG:
		return []byte(svg), nil
	case picture.PNG:
		return rasterise(svg, req.Width, req.Height, req.Scale)
	}
	return nil, fmt.Errorf("static: picture format %q; want svg or png", req.Format)
}

func (r *renderer) chart(req picture.Request) (string, error) {
	if len(req.Option) == 0 {
		return "", errors.New("static: a request with neither an option nor a drawing; nothing to draw")
	}
	if r.engine == nil {
		e, err := newEngine()
		if err != nil {
			return "", err
		}
		r.engine = e
	}
	svg, err := r.engine.svg(req.Option, req.Width, req.Height)
	if err != nil {
		r.engine = nil // a chart that failed may have left the engine in disorder
	}
	return svg, err
}
