package setup

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cellFlags are the GOFLAGS of every cell. Linking is what a changed cell waits
// for, and without symbol tables it takes half as long.
const cellFlags = "'-ldflags=-s -w' -buildvcs=false"

// kernelEnv is the environment that the kernel and so every cell is given, and
// that setup builds everything with: the build cache is shared only between
// builds whose settings are the same.
func kernelEnv(p Places, t Toolchain, path string) map[string]string {
	env := map[string]string{
		"GOFLAGS":               cellFlags,
		"GOEXPERIMENT":          "simd", // the Go backend's AVX kernels
		"GOWORK":                "",     // the kernel has a workspace of its own
		"GOMLX_BACKEND":         "go",
		"GOMLX_NO_AUTO_INSTALL": "1",
		"FROMZERO_BIN":          filepath.Join(p.Bin, "fromzero"),
		"PATH":                  kernelPath(p, t, path),
	}
	if t.Switch != "" {
		env["GOTOOLCHAIN"] = t.Switch
	}
	if data := os.Getenv("FROMZERO_DATA"); data != "" {
		if abs, err := filepath.Abs(data); err == nil {
			env["FROMZERO_DATA"] = abs
		}
	}
	return env
}

// CellEnv is the environment in which cells are built, for a checkout named by
// any path in it or found as FindPlaces finds it, and that checkout's root.
func CellEnv(ctx context.Context, repo string) (root string, env []string, err error) {
	p, err := FindPlaces(repo)
	if err != nil {
		return "", nil, err
	}
	t, err := FindGo(ctx)
	if err != nil {
		return "", nil, err
	}
	return p.Repo, overlay(os.Environ(), kernelEnv(p, t, os.Getenv("PATH"))), nil
}

// kernelPath is the PATH of cells: GoNB's helpers and go come first, then what
// the user has. Folders that come and go are left out.
func kernelPath(p Places, t Toolchain, path string) string {
	dirs := []string{p.Bin, filepath.Dir(t.Command)}
	for _, dir := range filepath.SplitList(path) {
		fleeting := strings.HasPrefix(dir, os.TempDir()) || strings.Contains(dir, "toolchain@")
		if dir != "" && !fleeting && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return strings.Join(dirs, string(filepath.ListSeparator))
}

// overlay is base with the variables of set replaced or added.
func overlay(base []string, set map[string]string) []string {
	var env []string
	for _, kv := range base {
		name, _, _ := strings.Cut(kv, "=")
		if _, over := set[name]; !over {
			env = append(env, kv)
		}
	}
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	return env
}
