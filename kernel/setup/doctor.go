package setup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// Check is one thing that the course needs, or is better with.
type Check struct {
	// Name is what was looked for.
	Name string
	// OK is whether it is there.
	OK bool
	// Needed is false for what the course runs without.
	Needed bool
	// Found is what is there, with its version.
	Found string
	// Path is the program or file that was found; may be empty.
	Path string
	// Advice is what to do where something is missing.
	Advice string
}

// Doctor looks at everything that Setup cares for and changes nothing. It
// returns an error only where it cannot even look.
func Doctor(ctx context.Context, repo string) ([]Check, error) {
	places, err := FindPlaces(repo)
	if err != nil {
		return nil, err
	}
	d := &doctor{ctx: ctx, places: places}
	d.goCommand()
	for _, t := range kernelTools {
		d.tool(t)
	}
	d.program()
	d.jupyter()
	d.kernel()
	d.xla()
	d.cpu()
	d.data()
	return d.checks, nil
}

type doctor struct {
	ctx    context.Context
	places Places
	found  Toolchain
	checks []Check
}

const adviceSetup = "run: fromzero setup"

func (d *doctor) add(name string, ok bool, found, advice string) {
	d.checks = append(d.checks, Check{Name: name, OK: ok, Needed: true, Found: found, Advice: advice})
}

func (d *doctor) goCommand() {
	t, err := FindGo(d.ctx)
	if err != nil {
		d.add("go", false, strings.TrimPrefix(err.Error(), "setup: "), "install Go from https://go.dev/dl/")
		return
	}
	d.found = t
	cmd := exec.CommandContext(d.ctx, t.Command, "version")
	cmd.Env = overlay(os.Environ(), kernelEnv(d.places, t, os.Getenv("PATH")))
	cmd.Dir = d.places.Repo
	out, err := cmd.Output()
	if err != nil {
		d.add("go", false, t.String()+" does not run", adviceSetup)
		return
	}
	d.add("go", true, strings.TrimPrefix(strings.TrimSpace(string(out)), "go version "), "")
}

// tool checks one of the kernel's programs; go can tell its version.
func (d *doctor) tool(name string) {
	file := filepath.Join(d.places.Bin, name)
	if !isProgram(file) {
		d.add(name, false, "not in "+d.places.Bin, adviceSetup)
		return
	}
	d.add(name, true, d.moduleVersion(file)+" in "+d.places.Bin, "")
}

// moduleVersion is the version of the module that a Go program was built from.
func (d *doctor) moduleVersion(file string) string {
	if d.found.Command == "" {
		return "present"
	}
	out, err := exec.CommandContext(d.ctx, d.found.Command, "version", "-m", file).Output()
	if err != nil {
		return "present"
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 3 && f[0] == "mod" {
			return f[2]
		}
	}
	return "present"
}

func (d *doctor) program() {
	file := filepath.Join(d.places.Bin, "fromzero")
	if !isProgram(file) {
		d.add("fromzero", false, "not in "+d.places.Bin, adviceSetup)
		return
	}
	d.add("fromzero", true, file, "")
}

func (d *doctor) jupyter() {
	st, err := readState(d.places.StateFile)
	if err != nil || st.Jupyter == nil {
		d.add("jupyter", false, "not set up", adviceSetup)
		return
	}
	dir := []string{filepath.Dir(st.Jupyter.Command)}
	j := findJupyter(d.ctx, dir, st.Jupyter.Origin)
	if j == nil {
		d.add("jupyter", false, st.Jupyter.Command+" does not run", adviceSetup+" --force")
		return
	}
	d.add("jupyter", true, j.String(), "")
	d.checks[len(d.checks)-1].Path = j.Command
}

// kernel compares the registered kernel with the one that setup would register.
func (d *doctor) kernel() {
	spec, err := jupyter.ReadSpec(d.places.KernelDir)
	if err != nil {
		d.add("kernel", false, DisplayName+" is not registered in "+d.places.KernelDir, adviceSetup)
		return
	}
	want := kernelSpec(d.places, kernelEnv(d.places, d.found, spec.Env["PATH"]))
	if data, ok := spec.Env["FROMZERO_DATA"]; ok { // a choice of the user's, not a fault
		want.Env["FROMZERO_DATA"] = data
	} else {
		delete(want.Env, "FROMZERO_DATA")
	}
	have, errHave := spec.Encode()
	data, errWant := want.Encode()
	if errHave != nil || errWant != nil || !bytes.Equal(have, data) {
		d.add("kernel", false, DisplayName+" was registered for another checkout, Go or data folder", adviceSetup)
		return
	}
	d.add("kernel", true, fmt.Sprintf("%s, library in %s", spec.DisplayName, d.places.Repo), "")
}

func (d *doctor) data() {
	c := Check{Name: "data", OK: true, Found: "fetched when a notebook first needs it"}
	if dir := os.Getenv("FROMZERO_DATA"); dir != "" {
		c.Found = "FROMZERO_DATA=" + dir
		if _, err := os.Stat(dir); err != nil {
			c.OK, c.Advice = false, "make that folder, or unset FROMZERO_DATA"
		}
	}
	d.checks = append(d.checks, c)
}
