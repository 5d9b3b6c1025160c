package setup

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Module is the path of the module whose checkout holds the course.
const Module = "github.com/gofromzero/fromzero"

// KernelName is the kernel's name as notebooks ask for it, DisplayName the one
// that Jupyter shows.
const (
	KernelName  = "fromzero"
	DisplayName = "Go (fromzero)"
)

// Places says where everything lies. All paths are absolute.
type Places struct {
	Repo      string // the checkout: library, notebooks, pinned tools
	Data      string // what setup installs: $FROMZERO_HOME, else fromzero in the user's data folder
	Bin       string // Data/bin: gonb, goimports, gopls, fromzero
	Venv      string // Data/jupyter: the private Python environment, if one was needed
	StateFile string // Data/state.json: what was installed, from what
	KernelDir string // where Jupyter finds the kernel: its kernel.json and logos
}

// FindPlaces works out the places for a checkout. With an empty repo, it is the
// one that the current folder is in, else the one that setup ran for last.
func FindPlaces(repo string) (Places, error) {
	var p Places
	data, jupyter, err := dataDirs()
	if err != nil {
		return p, err
	}
	p.Data = data
	p.Bin = filepath.Join(data, "bin")
	p.Venv = filepath.Join(data, "jupyter")
	p.StateFile = filepath.Join(data, "state.json")
	p.KernelDir = filepath.Join(jupyter, "kernels", KernelName)
	p.Repo, err = findRepo(repo, p.StateFile)
	return p, err
}

// dataDirs are this program's data folder and Jupyter's, by the rules of either.
func dataDirs() (own, jupyter string, err error) {
	own, jupyter = os.Getenv("FROMZERO_HOME"), os.Getenv("JUPYTER_DATA_DIR")
	if own != "" && jupyter != "" {
		return own, jupyter, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", "", fmt.Errorf("setup: no home folder to install into: %w; set HOME or FROMZERO_HOME", err)
	}
	share := os.Getenv("XDG_DATA_HOME")
	if share == "" {
		share = filepath.Join(home, ".local", "share")
	}
	ownDefault, jupyterDefault := filepath.Join(share, "fromzero"), filepath.Join(share, "jupyter")
	if runtime.GOOS == "darwin" {
		// Not "Application Support": Python's scripts can't have a space in their path.
		ownDefault, jupyterDefault = filepath.Join(home, "Library", "fromzero"), filepath.Join(home, "Library", "Jupyter")
	}
	if own == "" {
		own = ownDefault
	}
	if jupyter == "" {
		jupyter = jupyterDefault
	}
	return own, jupyter, nil
}

// errNoRepo is returned where no checkout can be found.
var errNoRepo = errors.New("setup: no checkout of " + Module + " here; clone the repository, " +
	"change into its folder and try again (or name it with --repo)")

func findRepo(repo, stateFile string) (string, error) {
	if repo != "" {
		root := repoAround(repo)
		if root == "" {
			return "", fmt.Errorf("setup: %s is not in a checkout of %s", repo, Module)
		}
		return root, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("setup: %w", err)
	}
	if root := repoAround(wd); root != "" {
		return root, nil
	}
	if st, err := readState(stateFile); err == nil && st.Repo != "" && repoAround(st.Repo) != "" {
		return st.Repo, nil
	}
	return "", errNoRepo
}

// repoAround is the checkout that path lies in, or "".
func repoAround(path string) string {
	dir, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for {
		if modulePath(filepath.Join(dir, "go.mod")) == Module {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// modulePath is the module line of a go.mod, or "".
func modulePath(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close() // only read
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if path, ok := strings.CutPrefix(sc.Text(), "module "); ok {
			return strings.TrimSpace(path)
		}
	}
	return ""
}
