package setup

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestRecent(t *testing.T) {
	for release, want := range map[string]bool{
		"go1.27": true, "go1.27.3": true, "go1.28rc1": true, "go1.28-abcdef": true, "go2.0": true,
		"go1.26.8": false, "go1.9": false, "local": false, "auto": false, "": false,
	} {
		if got := recent(release, minGo); got != want {
			t.Errorf("recent(%q) is %v", release, got)
		}
	}
}

// fakeGo is a go command that says it is of a release.
func fakeGo(t *testing.T, release string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bin")
	write(t, filepath.Join(dir, "go"), "#!/bin/sh\necho "+release+"\n", 0o755)
	return dir
}

func TestFindGo(t *testing.T) {
	for _, c := range []struct{ release, env, wantSwitch string }{
		{"go1.26.8", "", WantGo},
		{"go1.26.8", "local", WantGo},
		{"go1.26.8", "go1.28.1", "go1.28.1"},
		{"go1.27.0", "", ""},
		{"go1.29.1", "local", ""},
	} {
		t.Setenv("GOTOOLCHAIN", c.env)
		cached := filepath.Join(t.TempDir(), "golang.org", "toolchain@v0", "bin")
		write(t, filepath.Join(cached, "go"), "#!/bin/sh\necho go1.99\n", 0o755)
		t.Setenv("PATH", cached+":"+fakeGo(t, c.release)+":/bin:/usr/bin")
		tool, err := FindGo(t.Context())
		if err != nil || tool.Switch != c.wantSwitch || tool.Local != c.release {
			t.Errorf("%+v: got %+v, %v", c, tool, err)
		}
	}
	t.Setenv("PATH", fakeGo(t, "go1.19")+":/bin")
	if _, err := FindGo(t.Context()); err == nil || !strings.Contains(err.Error(), "go.dev/dl") {
		t.Errorf("too old a Go: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := FindGo(t.Context()); err == nil || !strings.Contains(err.Error(), "go.dev/dl") {
		t.Errorf("no Go: %v", err)
	}
}

func TestFindPlaces(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"FROMZERO_HOME", "JUPYTER_DATA_DIR", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	p, err := FindPlaces(".")
	if err != nil {
		t.Fatal(err)
	}
	if modulePath(filepath.Join(p.Repo, "go.mod")) != Module {
		t.Errorf("repo is %s", p.Repo)
	}
	if !strings.HasPrefix(p.Data, home) || !strings.HasPrefix(p.KernelDir, home) || !strings.HasPrefix(p.Bin, p.Data) {
		t.Errorf("places are not in the home folder: %+v", p)
	}
	t.Setenv("FROMZERO_HOME", "/a")
	t.Setenv("JUPYTER_DATA_DIR", "/b")
	if p, err = FindPlaces("."); err != nil || p.Bin != "/a/bin" || p.KernelDir != "/b/kernels/fromzero" {
		t.Errorf("places %+v, %v", p, err)
	}
	if _, err := FindPlaces(t.TempDir()); err == nil || !strings.Contains(err.Error(), "checkout") {
		t.Errorf("outside a checkout: %v", err)
	}
	t.Setenv("FROMZERO_HOME", home)
	t.Chdir(t.TempDir())
	if _, err := FindPlaces(""); !errors.Is(err, errNoRepo) {
		t.Errorf("no checkout at all: %v", err)
	}
	st := &State{Repo: p.Repo}
	if err := st.write(filepath.Join(home, "state.json")); err != nil {
		t.Fatal(err)
	}
	if got, err := FindPlaces(""); err != nil || got.Repo != p.Repo {
		t.Errorf("the checkout of the last setup: %+v, %v", got, err)
	}
}

func TestKernelEnv(t *testing.T) {
	t.Setenv("FROMZERO_DATA", "")
	p := Places{Bin: "/data/bin", Repo: "/repo"}
	old := Toolchain{Command: "/usr/local/go/bin/go", Local: "go1.26.8", Switch: WantGo}
	env := kernelEnv(p, old, "/usr/bin:/usr/local/go/bin:"+os.TempDir()+"/x:/cache/golang.org/toolchain@v1/bin::/bin")
	for name, want := range map[string]string{
		"GOFLAGS": "'-ldflags=-s -w' -buildvcs=false", "GOEXPERIMENT": "simd", "GOTOOLCHAIN": WantGo,
		"GOMLX_BACKEND": "go", "FROMZERO_BIN": "/data/bin/fromzero",
		"PATH": "/data/bin:/usr/local/go/bin:/usr/bin:/bin",
	} {
		if env[name] != want {
			t.Errorf("%s is %q, wanted %q", name, env[name], want)
		}
	}
	if _, ok := env["FROMZERO_DATA"]; ok {
		t.Error("FROMZERO_DATA is set though the user has not set it")
	}
	t.Setenv("FROMZERO_DATA", "/d")
	newer := Toolchain{Command: "/usr/bin/go", Local: "go1.28"}
	env = kernelEnv(p, newer, "/usr/bin")
	if _, ok := env["GOTOOLCHAIN"]; ok || env["FROMZERO_DATA"] != "/d" {
		t.Errorf("a newer Go is not left alone, or the data folder is lost: %v", env)
	}
}

func TestToolVersions(t *testing.T) {
	got := toolVersions(filepath.Join("..", "..", "tools", "kernel", "go.mod"))
	for _, want := range []string{"gonb v0.11.5", "goimports v0.", "gopls v0.24.0"} {
		if !strings.Contains(got, want) {
			t.Errorf("versions are %q, wanted %q in it", got, want)
		}
	}
}

func TestCellImportPaths(t *testing.T) {
	for _, c := range []struct {
		cell string
		want []string
	}{
		{"%noautoget\nimport (\n\t\"fmt\"\n\tx \"a/b\"\n)\n\nfunc f() {}", []string{"fmt", "a/b"}},
		{"!ls\nimport \"os\"\n%%\nx := 1\nfmt.Println(x)", []string{"os"}},
		{"%%\nx := \"import\"", nil},
		{"not Go at all", nil},
	} {
		if got := cellImportPaths(c.cell); !slices.Equal(got, c.want) {
			t.Errorf("imports of %q are %q, wanted %q", c.cell, got, c.want)
		}
	}
}

func TestStepsRunOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	runs, there, fail := 0, true, error(nil)
	do := func(key string) (string, error) {
		st, err := readState(file)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		r := &runner{out: &out, state: st, file: file}
		err = r.run(t.Context(), step{name: "tools", what: "building", key: key, have: func() bool { return there },
			make: func(context.Context) (string, error) { runs++; return "built", fail }})
		return out.String(), err
	}
	expect := func(when string, want int) {
		t.Helper()
		if runs != want {
			t.Errorf("%s: made %d times, wanted %d", when, runs, want)
		}
	}
	do("a")
	expect("first", 1)
	if out, _ := do("a"); !strings.Contains(out, "built") {
		t.Errorf("a step that is done says %q", out)
	}
	expect("again", 1)
	do("b")
	expect("with another key", 2)
	there = false
	do("b")
	expect("when its result is gone", 3)
	there, fail = true, errors.New("no")
	if _, err := do("c"); !errors.Is(err, fail) {
		t.Errorf("error is %v", err)
	}
	fail = nil
	do("c")
	expect("after a failure", 5)
}

func TestDamagedState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	write(t, file, "{", 0o644)
	if _, err := readState(file); err == nil || !strings.Contains(err.Error(), "delete it") {
		t.Errorf("error is %v", err)
	}
}

func TestFindJupyter(t *testing.T) {
	broken, lab, classic := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(broken, "jupyter-lab"), "#!/bin/sh\necho not installed >&2\nexit 127\n", 0o755)
	write(t, filepath.Join(lab, "jupyter-lab"), "#!/bin/sh\necho 4.6.6\n", 0o755)
	write(t, filepath.Join(classic, "jupyter-notebook"), "#!/bin/sh\necho 6.4.12\n", 0o755)
	if j := findJupyter(t.Context(), []string{broken, classic, lab}, "found"); j == nil || j.Command != filepath.Join(lab, "jupyter-lab") || j.classic() {
		t.Errorf("found %v, wanted the JupyterLab that runs", j)
	}
	if j := findJupyter(t.Context(), []string{broken, classic}, "found"); j == nil || !j.classic() {
		t.Errorf("found %v, wanted the classic notebook", j)
	}
	if j := findJupyter(t.Context(), []string{broken, ""}, "found"); j != nil {
		t.Errorf("found %v, wanted none", j)
	}
	if (&Jupyter{Command: "/x/jupyter-notebook", Version: "7.2.1"}).classic() {
		t.Error("Notebook 7 counts as classic")
	}
}

func TestWhatToServe(t *testing.T) {
	lessons, own := t.TempDir(), t.TempDir()
	write(t, filepath.Join(lessons, "en", "10-a.ipynb"), "{}", 0o644)
	write(t, filepath.Join(lessons, "en", "20-b.ipynb"), "{}", 0o644)
	write(t, filepath.Join(lessons, "zh", "10-a.ipynb"), "{}", 0o644)
	write(t, filepath.Join(own, "mine.ipynb"), "{}", 0o644)
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "")
	for _, c := range []struct{ lang, path, root, file string }{
		{"C", "", lessons, "en/10-a.ipynb"},
		{"zh_CN.UTF-8", "", lessons, "zh/10-a.ipynb"},
		{"C", "en/20-b.ipynb", lessons, "en/20-b.ipynb"},
		{"C", filepath.Join(lessons, "zh", "10-a.ipynb"), lessons, "zh/10-a.ipynb"},
		{"C", filepath.Join(own, "mine.ipynb"), own, "mine.ipynb"},
		{"C", own, own, ""},
	} {
		t.Setenv("LANG", c.lang)
		root, file, err := whatToServe(lessons, c.path)
		if err != nil || root != c.root || file != c.file {
			t.Errorf("%+v: got %s %s %v", c, root, file, err)
		}
	}
	if _, _, err := whatToServe(lessons, "nothing"); err == nil {
		t.Error("a path that does not exist was accepted")
	}
}

func TestChoosePort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := choosePort(l.Addr().(*net.TCPAddr).Port); err == nil || !strings.Contains(err.Error(), "--port") {
		t.Errorf("a taken port: %v", err)
	}
	if port, err := choosePort(0); err != nil || port < 8888 {
		t.Errorf("port %d, %v", port, err)
	}
}

func TestCellErrorText(t *testing.T) {
	long := strings.Repeat("x := 1\n", 30)
	err := &CellError{Notebook: "a.ipynb", Number: 2, Source: long + "bad\n" + long, Text: "Cell[2]: Line 31:1: undefined: bad"}
	got := err.Error()
	for _, want := range []string{"a.ipynb: code cell 2 failed\n", "  Cell[2]: Line 31:1: undefined: bad", ">  31 | bad", "more lines"} {
		if !strings.Contains(got, want) {
			t.Errorf("message lacks %q:\n%s", want, got)
		}
	}
	if lines := strings.Count(got, "\n"); lines > 15 {
		t.Errorf("message has %d lines", lines)
	}
	raw := "# gonb_1a2b\nCell[1]: Line 2 ./main.go:11:5: declared and not used: x\nCell[1]: Line 3 /tmp/gonb_x/main.go:12 +0x65"
	if got, want := cellLines(raw), "Cell[1]: Line 2:5: declared and not used: x\nCell[1]: Line 3"; got != want {
		t.Errorf("got %q, wanted %q", got, want)
	}
}

func TestHeadline(t *testing.T) {
	for cell, want := range map[string]string{
		"%noautoget\nimport (\n\t\"fmt\"\n)":                 "%noautoget",
		"import (\n\t\"fmt\"\n)\n// about\n%%\nx := f(1)\ny": "x := f(1)",
		strings.Repeat("é", 80):                              strings.Repeat("é", 69) + "…",
	} {
		if got := headline(cell); got != want {
			t.Errorf("headline of %q is %q, wanted %q", cell, got, want)
		}
	}
}

func TestProgressText(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, &jupyter.Cell{Number: 1}, 2)
	p.show(&jupyter.Output{Kind: jupyter.Stream, Text: "a\nb"}, false)
	p.show(&jupyter.Output{Kind: jupyter.Stream, Text: "c\n"}, false)
	bar := &jupyter.Output{Kind: jupyter.Display, DisplayID: "x", Data: map[string]any{"text/plain": "bar"}}
	p.show(bar, false)
	p.show(bar, true)
	p.end(nil, 0)
	if got, want := out.String(), "      a\n      bc\n      bar\n      ok, 0.0 s\n"; got != want {
		t.Errorf("got %q, wanted %q", got, want)
	}
}

// What cells import must not bring in what makes linking slow: the programs
// that serve, download and draw are separate for that.
func TestCellsLinkNoServer(t *testing.T) {
	in := &installer{places: Places{Repo: filepath.Join("..", "..")}}
	imports := in.libraryImports()
	out, err := exec.Command("go", append([]string{"list", "-deps"}, imports...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for dep := range strings.Lines(string(out)) {
		switch dep = strings.TrimSpace(dep); {
		case dep == "net/http", strings.HasPrefix(dep, "github.com/dop251/goja"),
			strings.HasPrefix(dep, "github.com/tdewolff/canvas"), strings.HasPrefix(dep, "github.com/gomlx/go-xla"):
			t.Errorf("cells link %s", dep)
		}
	}
}
