package kernel

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gofromzero/fromzero/kernel/kept"
)

// NotebookEnv names the environment variable that tells a kernel which notebook
// it runs, as an absolute path. "fromzero run" sets it; it comes before
// anything else that could be found out.
const NotebookEnv = "FROMZERO_NOTEBOOK"

// where is the place for this notebook's, or program's, kept values.
type where struct {
	store kept.Store
	note  string // added to the line that says that something was kept
	err   error  // why nothing can be kept there
}

var thisNotebook = sync.OnceValue(func() where {
	wd, err := os.Getwd()
	if err != nil {
		wd = "."
	}
	return whereIs(surroundings{
		inNotebook: InNotebook(),
		getenv:     os.Getenv,
		dir:        wd,
		program:    programName(),
		ask:        askJupyter,
		inherited:  inheritedEnv,
	})
})

// surroundings is what the notebook's name is found out from.
type surroundings struct {
	inNotebook bool
	getenv     func(string) string
	dir        string // the current directory
	program    string
	// ask asks the Jupyter server with this process id which notebook file the
	// kernel belongs to.
	ask func(pid, kernelID string) (file string, a answer)
	// inherited says whether the process with this id had the variable set to
	// this value itself, so that it says nothing about its kernels; known is
	// false where the system does not show that.
	inherited func(pid, name, value string) (yes, known bool)
}

// answer is what became of asking the Jupyter server.
type answer int

const (
	noServer answer = iota // there is none
	noAnswer               // it did not say
	found
	several // notebooks share the kernel
)

// whereIs never gives two notebooks the same place. A notebook's file decides,
// which is why it must be known for certain: from the one who runs the
// notebook, from the Jupyter server (which knows of renames), or from the name
// that the server gave the kernel when it started it. Else the values belong to
// the kernel alone.
func whereIs(s surroundings) where {
	if !s.inNotebook {
		return where{store: inDir(s.dir, "program-"+s.program)}
	}
	// The id outlives a restart of the kernel, GoNB's folder does not. But where
	// GoNB cannot tell the id, it may be that of a kernel around this one.
	kernel := s.getenv("GONB_JUPYTER_KERNEL_ID")
	if kernel == "" || s.getenv("JPY_PARENT_PID") == "" || s.fromParent("GONB_JUPYTER_KERNEL_ID", true) {
		kernel += " " + s.getenv("GONB_TMP_DIR")
	}
	if file := s.notebookFile(); file != "" {
		store, err := kept.Open(kept.Notebook{File: file, Kernel: kernel})
		return where{store: store, err: err}
	}
	return where{
		store: inDir(s.dir, "kernel-"+shortHash(kernel)),
		note:  " (until this kernel is shut down: the notebook's name is not known; fromzero run, Jupyter Notebook and JupyterLab tell it)",
	}
}

func (s surroundings) notebookFile() string {
	if file := s.getenv(NotebookEnv); file != "" && !s.fromParent(NotebookEnv, false) {
		return file
	}
	file, asked := "", noServer
	if pid := s.getenv("JPY_PARENT_PID"); pid != "" {
		file, asked = s.ask(pid, s.getenv("GONB_JUPYTER_KERNEL_ID"))
	}
	switch {
	case asked == found:
		return existing(file)
	case asked == several, s.fromParent("JPY_SESSION_NAME", asked == noServer):
		return ""
	}
	return existing(s.getenv("JPY_SESSION_NAME"))
}

// fromParent says whether the process that started this kernel had the variable
// with the same value already: then it is about another kernel, around this
// one. unknown is the answer where the system does not tell.
func (s surroundings) fromParent(name string, unknown bool) bool {
	pid, value := s.getenv("JPY_PARENT_PID"), s.getenv(name)
	if pid == "" || value == "" {
		return false
	}
	inherited, known := s.inherited(pid, name, value)
	if !known {
		return unknown
	}
	return inherited
}

// VS Code names its sessions on a Jupyter server after the notebook, with an
// addition of its own.
var vscodeSession = regexp.MustCompile(`-jvsc-[0-9a-f-]{36}(\.ipynb)$`)

// existing returns the absolute path of the notebook, or nothing where there is
// no such file: a name of another kind, or a notebook that was renamed.
func existing(file string) string {
	if !filepath.IsAbs(file) {
		return ""
	}
	file = vscodeSession.ReplaceAllString(file, "$1")
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return ""
	}
	return file
}

func inDir(dir, name string) kept.Store {
	return kept.Store{Dir: filepath.Join(dir, filepath.FromSlash(kept.Dir), name)}
}

// programName is the program's, with a hash of its package's path, so that two
// programs called main do not share their values.
func programName() string {
	name := filepath.Base(os.Args[0])
	if exe, err := os.Executable(); err == nil {
		name = filepath.Base(exe)
	}
	name = strings.TrimSuffix(name, ".exe")
	if info, ok := debug.ReadBuildInfo(); ok {
		name += "-" + shortHash(info.Path)
	}
	return name
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// inheritedEnv looks into the other process's environment, as it was when that
// process started.
func inheritedEnv(pid, name, value string) (yes, known bool) {
	env, err := os.ReadFile(filepath.Join("/proc", filepath.Base(pid), "environ"))
	if err != nil {
		return false, false
	}
	for entry := range strings.SplitSeq(string(env), "\x00") {
		if entry == name+"="+value {
			return true, true
		}
	}
	return false, true
}
