//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package xla

import (
	"github.com/gofromzero/fromzero/dlkit/internal/backends"
	"github.com/gofromzero/fromzero/internal/xlaplugin"
	goxla "github.com/gomlx/go-xla/compute/xla" // registers the backend
)

const built = true

func init() {
	goxla.EnableAutoInstall(false) // whatever else the program imports
	if found := xlaplugin.Find(); len(found) > 0 {
		backends.Prefer(config(found[0]))
	}
}
