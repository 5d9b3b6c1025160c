// Package picture is the contract between package plotting, which describes
// charts, and plotting/static, which turns them into still pictures. The two
// meet in one program, or talk over a pipe as JSON.
package picture

import (
	"encoding/json"
	"sync"
)

// Version changes whenever the same request gives another picture, so that
// cached pictures are not mixed up.
const Version = 1

// Formats of a picture.
const (
	SVG = "svg"
	PNG = "png"
)

// Request asks for one picture.
type Request struct {
	// Format is SVG or PNG.
	Format string `json:"format"`
	// Width and Height are the size in CSS pixels.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Scale is the number of dots per CSS pixel in a PNG; 0 means 1.
	Scale float64 `json:"scale,omitempty"`
	// Option is the ECharts option to draw.
	Option json.RawMessage `json:"option,omitempty"`
	// Drawing is a ready SVG document to draw instead of Option.
	Drawing string `json:"drawing,omitempty"`
}

// Response answers one Request: the picture, or an error in words.
type Response struct {
	Data  []byte `json:"data,omitempty"`
	Error string `json:"error,omitempty"`
}

// Renderer draws one picture.
type Renderer func(Request) ([]byte, error)

var registry struct {
	sync.Mutex
	render Renderer
}

// Register makes r the renderer of this program. Package plotting/static calls
// it when it is imported.
func Register(r Renderer) {
	registry.Lock()
	defer registry.Unlock()
	registry.render = r
}

// Registered is the renderer of this program, nil if there is none.
func Registered() Renderer {
	registry.Lock()
	defer registry.Unlock()
	return registry.render
}
