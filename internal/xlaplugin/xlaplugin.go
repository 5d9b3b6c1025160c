// Package xlaplugin finds XLA's plugins on disk, without loading them. They are
// shared libraries that export the PJRT interface; go-xla, which loads them,
// looks in the same folders.
package xlaplugin

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// PathEnv is the environment variable with the folders to look in instead of
// the usual ones.
const PathEnv = "PJRT_PLUGIN_LIBRARY_PATH"

// Plugin is one plugin.
type Plugin struct {
	// Name is what it computes on: "cpu", "cuda", "rocm". A version may follow:
	// "cpu_v0.83.1".
	Name string
	// Path is the library's file, absolute.
	Path string
}

// rank sorts the kinds of plugin, the faster ones first.
var rank = []string{"cuda", "rocm", "cpu"}

// Find returns the plugins that this machine can use, the one to prefer first.
// Those for graphics cards count only where such a card's driver is loaded.
func Find() []Plugin {
	var found []Plugin
	for _, dir := range Folders() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // most of the folders do not exist
		}
		for _, e := range entries {
			name := nameOf(e.Name())
			known := slices.ContainsFunc(found, func(p Plugin) bool { return p.Name == name })
			if name == "" || known || !usable(name) {
				continue
			}
			found = append(found, Plugin{name, filepath.Join(dir, e.Name())})
		}
	}
	slices.SortStableFunc(found, func(a, b Plugin) int { return rankOf(a.Name) - rankOf(b.Name) })
	return found
}

func rankOf(name string) int {
	for i, kind := range rank {
		if strings.HasPrefix(name, kind) {
			return i
		}
	}
	return len(rank)
}

// HomeFolder is the user's own folder for plugins, where installers put them.
// It is empty where the user has no home.
func HomeFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "go-xla")
	case "windows":
		return filepath.Join(home, "AppData", "Local", "go-xla")
	}
	return filepath.Join(home, ".local", "lib", "go-xla")
}

// Folders are the folders that are searched, in order.
func Folders() []string {
	if paths, set := os.LookupEnv(PathEnv); set {
		return absolute(filepath.SplitList(paths))
	}
	var dirs []string
	for _, dir := range []string{HomeFolder(), "/usr/local/lib/go-xla"} {
		if dir != "" {
			dirs = append(dirs, dir, filepath.Join(dir, "nvidia"))
		}
	}
	return append(dirs, absolute(filepath.SplitList(os.Getenv("LD_LIBRARY_PATH")))...)
}

func absolute(dirs []string) []string {
	return slices.DeleteFunc(dirs, func(dir string) bool { return !filepath.IsAbs(dir) })
}

var fileNames = regexp.MustCompile(`^(?:pjrt_c_api_(.+)_plugin|pjrt[-_]plugin[-_](.+))\.(?:so|dylib|dll)$`)

// nameOf is the plugin's name by its file's, or "" if it is no plugin.
func nameOf(file string) string {
	m := fileNames.FindStringSubmatch(file)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// usable reports whether a plugin for a graphics card finds its driver.
func usable(name string) bool {
	device := ""
	switch rankOf(name) {
	case 0:
		device = "/dev/nvidiactl"
	case 1:
		device = "/dev/kfd"
	default:
		return true
	}
	_, err := os.Stat(device)
	return err == nil
}
