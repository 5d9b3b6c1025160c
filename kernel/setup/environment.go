package setup

import (
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
