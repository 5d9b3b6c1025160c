package plotting

import (
	"fmt"
	"os"
	"os/exec"
	"sync"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

// still draws a picture: with plotting/static where it is linked into this
// program, else from the cache of pictures, else with the fromzero program.
func still(req picture.Request) ([]byte, error) {
	if render := picture.Registered(); render != nil {
		return render(req)
	}
	return program().render(req)
}

// program is the fromzero program that draws this process's pictures. Loading
// ECharts takes it a fifth of a second, so it is started once, with the first
// picture, and ends with this process, when its input does.
var program = sync.OnceValue(func() *cached {
	path, err := findProgram(os.Getenv)
	return &cached{dir: cacheDir(), next: &client{path: path, err: err}}
})

// findProgram finds the fromzero program: the one that setup wrote into the
// environment of the notebook's kernel, else one on the PATH.
func findProgram(getenv func(string) string) (string, error) {
	if path := getenv("FROMZERO_BIN"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("plotting: FROMZERO_BIN: %w: %w", err, ErrNoRenderer)
		}
		return path, nil
	}
	path, err := exec.LookPath("fromzero")
	if err != nil {
		return "", fmt.Errorf("plotting: %w", ErrNoRenderer)
	}
	return path, nil
}

// drawer draws pictures.
type drawer interface {
	render(picture.Request) ([]byte, error)
}

// errProgram wraps ErrNoRenderer for a program that was found but does not
// draw, which setup mends as well.
func errProgram(path string, err error) error {
	return fmt.Errorf("plotting: %s render: %w: %w", path, err, ErrNoRenderer)
}

// errDrawing is what the renderer says of a picture that it could not draw.
type errDrawing struct{ said string }

func (e errDrawing) Error() string { return "plotting: " + e.said }
