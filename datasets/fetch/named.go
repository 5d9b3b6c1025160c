package fetch

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/internal/wire"
)

// Named downloads the set called name ("mnist") into the data directory dir;
// "" is the usual one, datasets.DataDir. It returns nil at once if the set is
// there, in whatever form package datasets reads it, and otherwise the errors of
// Get, or one that lists the known names.
//
// It is what `fromzero fetch` does. Where package datasets started that
// program (it sets environment variables that say so), the progress goes to
// standard output for it to read, instead of to r.
func Named(ctx context.Context, name, dir string, r datasets.Reporter) error {
	spec, err := datasets.FindSpec(name)
	if err != nil {
		return err
	}
	if dir == "" {
		if dir, err = datasets.DataDir(); err != nil {
			return err
		}
	}
	request := datasets.Request{Spec: spec, Dir: dir, Reporter: r}
	// Package datasets has looked already when it starts this program.
	if os.Getenv(wire.Progress) == "" {
		err := datasets.Local(ctx, name, dir)
		if err == nil {
			return nil
		}
		request.Replace = datasets.Damaged(err, spec)
	}
	if os.Getenv(wire.Progress) == "json" {
		request.Reporter = wire.Writer{To: os.Stdout}
		request.Log = func(message string) { fmt.Println(message) }
	}
	if names := os.Getenv(wire.Replace); names != "" {
		request.Replace = strings.Split(names, ",")
	}
	return Get(ctx, request)
}
