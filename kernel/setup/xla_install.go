package setup

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	goxla "github.com/gomlx/go-xla/installer"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
)

// goXLAPlugin is the release of go-xla's own builds of the CPU plugin that the
// go-xla of go.mod was tested with.
const goXLAPlugin = "v0.114.0"

// pluginFile is the name that go-xla looks for.
const pluginFile = "pjrt_c_api_cpu_plugin.so"

// errNoPlugin is what installXLA returns where no source gave a plugin.
var errNoPlugin = errors.New("setup: XLA's plugin could not be downloaded")

// source is a place that the CPU plugin can be had from.
type source struct {
	name    string // of the source, after "from"
	install func(ctx context.Context, dir string) error
}

// sources are where the plugin is looked for, in order. What is pinned by its
// SHA-256 comes first: go-xla's makers publish no sums of their builds.
func (in *installer) sources() []source {
	return []source{
		{"the Python package " + pinnedWheel.String(), func(ctx context.Context, dir string) error {
			return in.installWheel(ctx, pinnedWheel, filepath.Join(dir, pluginFile))
		}},
		{"go-xla's own installer", in.installGoXLA},
	}
}

// installXLA puts the CPU plugin into the first of the folders that are
// searched.
func (in *installer) installXLA(ctx context.Context, sources []source) error {
	folders := xlaplugin.Folders()
	if len(folders) == 0 {
		return fmt.Errorf("setup: no folder to put XLA's plugin into; set HOME, or %s to a folder", xlaplugin.PathEnv)
	}
	dir := folders[0]
	var failed []error
	for _, s := range sources {
		err := s.install(ctx, dir)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, errChanged) { // somebody's fault, or mischief: not to be passed over
			return fmt.Errorf("setup: from %s: %w", s.name, err)
		}
		in.note("from " + s.name + ": " + firstLine(err))
		failed = append(failed, fmt.Errorf("  from %s: %w", s.name, err))
	}
	return fmt.Errorf("%w.\n%w\nA file %s that you have from elsewhere can be put into %s",
		errNoPlugin, errors.Join(failed...), pluginFile, dir)
}

// installGoXLA downloads the build that go-xla's makers publish. Their installer
// has no way to be interrupted, so first it is seen whether their host answers.
func (in *installer) installGoXLA(ctx context.Context, dir string) error {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	if !slices.Contains(goxla.CPUSupportedPlatforms, platform) {
		return fmt.Errorf("it has no build for %s", platform)
	}
	probe, cancel := context.WithTimeoutCause(ctx, 20*time.Second, errors.New("its host does not answer"))
	defer cancel()
	if err := abandon(probe, func() error {
		_, err := goxla.CPUGetDownloadURL(platform, goXLAPlugin)
		return err
	}); err != nil {
		return err
	}
	in.note("downloading go-xla's build " + goXLAPlugin + ", of which there is no sum to check it against")
	return abandon(ctx, func() error {
		return goxla.CPUInstall(platform, goXLAPlugin, dir, false, goxla.Quiet)
	})
}

// abandon runs what cannot be interrupted, and leaves it alone when ctx ends.
func abandon(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
