package xla

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
)

// ErrNotBuilt is what Plugin returns in a program that was built without cgo.
var ErrNotBuilt = errors.New("xla: this program was built without cgo, so XLA is not in it; " +
	"install a C compiler and build with CGO_ENABLED=1, for linux, macOS (arm64) or windows (amd64)")

// ErrNoPlugin is what Plugin returns where no plugin is installed.
var ErrNoPlugin = errors.New("xla: no plugin is installed")

// Plugin returns the file of the plugin that models are calculated with unless
// GOMLX_BACKEND chooses otherwise. The error says why there is none; it wraps
// ErrNotBuilt or ErrNoPlugin.
func Plugin() (path string, err error) {
	if !built {
		return "", ErrNotBuilt
	}
	found := xlaplugin.Find()
	if len(found) == 0 {
		return "", fmt.Errorf("%w in %s; run `fromzero setup --xla`, or set %s to the folder of one",
			ErrNoPlugin, strings.Join(xlaplugin.Folders(), ", "), xlaplugin.PathEnv)
	}
	return found[0].Path, nil
}

// config is the backend's configuration for a plugin.
func config(p xlaplugin.Plugin) string {
	c := "xla:" + p.Path
	if strings.Contains(p.Name, "cuda") {
		// A notebook runs one process per cell: none may take the whole card.
		c += ",preallocate=false"
	}
	return c
}
