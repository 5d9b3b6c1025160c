package setup

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// twoJupyters is an installer on a machine with a Jupyter on the PATH and one in
// the private environment, whose Python cannot install anything.
func twoJupyters(t *testing.T) *installer {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "path", "jupyter-lab"), "#!/bin/sh\necho 3.0\n", 0o755)
	write(t, filepath.Join(dir, "path", "python3"), "#!/bin/sh\necho no modules >&2\nexit 1\n", 0o755)
	write(t, filepath.Join(dir, "venv", "bin", "jupyter-lab"), "#!/bin/sh\necho 4.6.6\n", 0o755)
	t.Setenv("PATH", filepath.Join(dir, "path"))
	return &installer{places: Places{Venv: filepath.Join(dir, "venv")}, state: &State{Steps: map[string]Done{}}, out: &bytes.Buffer{}}
}

func TestJupyterIsTheChosenOne(t *testing.T) {
	in := twoJupyters(t)
	for choice, origin := range map[JupyterChoice]string{"": "found", AnyJupyter: "found", SystemJupyter: "found", PrivateJupyter: "private"} {
		in.state.JupyterChoice = choice
		if j, err := in.getJupyter(t.Context()); err != nil || j.Origin != origin {
			t.Errorf("%q: %v, %v; wanted the %s one", choice, j, err, origin)
		}
	}
}

// With a private one wished for, what is on the PATH must not hide that it cannot
// be installed.
func TestPrivateJupyterHasNoSubstitute(t *testing.T) {
	in := twoJupyters(t)
	in.places.Venv = filepath.Join(t.TempDir(), "none")
	in.state.JupyterChoice = PrivateJupyter
	j, err := in.getJupyter(t.Context())
	if err == nil {
		t.Fatalf("found %v", j)
	}
	for _, want := range []string{"as a private environment", "no modules", "--jupyter=auto"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "system packages: ") {
		t.Errorf("the system's packages were tried:\n%v", err)
	}
}

func TestJupyterChoiceIsKept(t *testing.T) {
	in := twoJupyters(t)
	keys := map[string]bool{}
	for _, wish := range []JupyterChoice{PrivateJupyter, "", SystemJupyter} {
		if err := in.state.choose(wish); err != nil {
			t.Fatal(err)
		}
		keys[in.jupyterStep().key] = true
	}
	if in.state.JupyterChoice != SystemJupyter || len(keys) != 2 {
		t.Errorf("choice is %q, the step had %d keys; wanted the last wish and one key for each", in.state.JupyterChoice, len(keys))
	}
	if err := in.state.choose("conda"); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("an unknown wish: %v", err)
	}
}
