package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// The tests whose names begin with TestReal drive the GoNB that setup
// installed. Where it is not installed they are skipped, unless
// FROMZERO_REQUIRE_KERNEL says that this must not happen.
func needKernel(t *testing.T) {
	t.Helper()
	_, err := specFor(filepath.Join(t.TempDir(), "x.ipynb"), ".")
	switch {
	case err == nil:
	case os.Getenv("FROMZERO_REQUIRE_KERNEL") != "":
		t.Fatal(err)
	default:
		t.Skip("needs the real kernel:", err)
	}
}

// writeNotebook makes a notebook of code cells, in a folder of its own.
func writeNotebook(t *testing.T, cells ...string) string {
	t.Helper()
	list := make([]any, len(cells))
	for i, source := range cells {
		meta := map[string]any{}
		if rest, ok := strings.CutPrefix(source, "#raises\n"); ok {
			source, meta["tags"] = rest, []any{"raises-exception"}
		}
		list[i] = map[string]any{"cell_type": "code", "metadata": meta, "source": source,
			"execution_count": nil, "outputs": []any{}, "id": string(rune('a' + i))}
	}
	path := filepath.Join(t.TempDir(), "lesson.ipynb")
	nb := jupyter.NewNotebook(map[string]any{"nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{}, "cells": list})
	if err := nb.Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func runCells(t *testing.T, opts RunOptions, cells ...string) (*Report, error) {
	t.Helper()
	opts.Repo = "."
	return RunNotebook(t.Context(), writeNotebook(t, cells...), opts)
}

const noAutoGet = "%noautoget\nimport \"fmt\"\n"

func TestRealFailures(t *testing.T) {
	needKernel(t)
	for _, c := range []struct {
		name, cell string
		want       []string // in the message
	}{
		{"panic", "%%\nvar xs []int\nfmt.Println(xs[3])",
			[]string{"code cell 2 failed", "panic: runtime error: index out of range [3] with length 0", "Cell[2]: Line 3", ">   3 | fmt.Println(xs[3])"}},
		{"compile error", "%%\nx := 5\nfmt.Println(\"hello\")",
			[]string{"code cell 2 failed", "Cell[2]: Line 2:1: declared and not used: x", ">   2 | x := 5"}},
		{"types in angle brackets", "%%\nvar c <-chan int = 3\nfmt.Println(c)",
			[]string{"cannot use 3", "<-chan int"}},
		{"wrong shape", "import \"github.com/gofromzero/fromzero/tensor\"\n%%\nx := tensor.Must(tensor.New([]float32{1, 2}, 2, 3))\nfmt.Println(x)",
			[]string{"code cell 2 failed", "panic: tensor:"}},
		{"exit", "import \"os\"\n%%\nos.Exit(3)",
			[]string{"code cell 2 failed", "exit status 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, err := runCells(t, RunOptions{}, noAutoGet, c.cell, "%%\nfmt.Println(\"not reached\")")
			var fault *CellError
			if !errors.As(err, &fault) {
				t.Fatalf("error is %v, wanted a *CellError", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("message lacks %q:\n%v", want, err)
				}
			}
			if strings.ContainsAny(err.Error(), "\x1b") || strings.Contains(err.Error(), "<div") {
				t.Errorf("message is not plain text:\n%v", err)
			}
			if len(report.Cells) != 2 {
				t.Errorf("%d cells were run, wanted 2", len(report.Cells))
			}
		})
	}
}

func TestRealKeepGoing(t *testing.T) {
	needKernel(t)
	report, err := runCells(t, RunOptions{KeepGoing: true}, noAutoGet,
		"%%\npanic(\"first\")", "#raises\n%%\npanic(\"meant\")", "%%\nfmt.Println(\"reached\")")
	if err == nil || !strings.Contains(err.Error(), "first") || strings.Contains(err.Error(), "meant") {
		t.Errorf("error is %v, wanted that of the second cell alone", err)
	}
	if len(report.Cells) != 4 || !strings.Contains(report.Cells[3].Text(), "reached") {
		t.Errorf("the last cell was not run: %+v", report.Cells)
	}
}

const loopCell = `import "github.com/gofromzero/fromzero/kernel"
%%
ctx := kernel.Context()
fmt.Println("started")
steps := 0
for { // at least once, however late the cell gets to run
	steps++
	if ctx.Err() != nil {
		break
	}
}
fmt.Println("stopped after some steps:", steps > 0)`

func TestRealInterrupt(t *testing.T) {
	needKernel(t)
	path := filepath.Join(t.TempDir(), "lesson.ipynb")
	k, err := StartKernel(t.Context(), path, RunOptions{Repo: "."})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if _, err := k.Execute(t.Context(), noAutoGet, nil); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	var at time.Time
	ex, err := k.Execute(ctx, loopCell, func(o *jupyter.Output, _ bool) {
		if strings.Contains(o.Text, "started") {
			at = time.Now()
			cancel(stop)
		}
	})
	if !errors.Is(err, stop) {
		t.Fatalf("error is %v, wanted the interrupt's cause", err)
	}
	// GoNB kills a cell 5 s after the interrupt: not waiting for that is the point.
	if d := time.Since(at); d > 5*time.Second {
		t.Errorf("the cell went on for %v", d)
	}
	if text := plainText(ex.Outputs); !strings.Contains(text, "stopped after some steps: true") {
		t.Errorf("the cell's last words are missing: %q", text)
	}
	if ex, err := k.Execute(t.Context(), "%%\nfmt.Println(1 + 1)", nil); err != nil || plainText(ex.Outputs) != "2\n" {
		t.Errorf("the next cell did not run: %+v, %v", ex, err)
	}
}

const trainCell = `import (
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/kernel"
	"github.com/gofromzero/fromzero/tensor"
)
%%
x := tensor.Must(tensor.FromRows([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
y := tensor.Must(tensor.FromRows([][]float32{{0}, {1}, {1}, {0}}))
data := tensor.Must(tensor.FromTensors(x, y))
m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(4, dlkit.Tanh), dlkit.Dense(1, dlkit.Sigmoid))
hist, err := m.Fit(kernel.Context(), data, dlkit.FitConfig{Epochs: 100_000_000, Callbacks: []dlkit.Callback{
	dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		if epoch == 10 {
			fmt.Println("training")
		}
		return nil
	})}})
fmt.Println("ended by:", err)
fmt.Println("history kept:", hist.Epochs() > 10, len(hist.Values("loss")) == hist.Epochs())`

func TestRealInterruptedTraining(t *testing.T) {
	needKernel(t)
	k, err := StartKernel(t.Context(), filepath.Join(t.TempDir(), "lesson.ipynb"), RunOptions{Repo: "."})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if _, err := k.Execute(t.Context(), noAutoGet, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ex, err := k.Execute(ctx, trainCell, func(o *jupyter.Output, _ bool) {
		if strings.Contains(o.Text, "training") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v\n%s", err, plainText(ex.Outputs))
	}
	text := plainText(ex.Outputs)
	if !strings.Contains(text, "history kept: true true") || strings.Contains(text, "ended by: <nil>") || !ex.OK {
		t.Errorf("the interrupted training ended with:\n%s", text)
	}
}

func TestRealTimeout(t *testing.T) {
	needKernel(t)
	_, err := runCells(t, RunOptions{Timeout: 20 * time.Second}, noAutoGet, "%%\nselect {\ncase <-make(chan int):\n}")
	if err == nil || !strings.Contains(err.Error(), "deadlock") {
		t.Errorf("error is %v, wanted Go's deadlock", err)
	}
	_, err = runCells(t, RunOptions{Timeout: 3 * time.Second}, noAutoGet+"import \"time\"", "%%\nfmt.Println(\"begun\")\ntime.Sleep(time.Hour)")
	if err == nil || !strings.Contains(err.Error(), "longer than 3s") || !strings.Contains(err.Error(), "code cell 2") {
		t.Errorf("error is %v, wanted the timeout of cell 2", err)
	}
}

func TestRealKeep(t *testing.T) {
	needKernel(t)
	path := writeNotebook(t, noAutoGet+`import "github.com/gofromzero/fromzero/kernel"
var answer = kernel.Must(kernel.Keep("answer", 1, func() (int, error) {
	fmt.Println("building")
	return 42, nil
}))
func main() { fmt.Println("first:", answer) }`, "%%\nfmt.Println(\"later:\", answer)")
	for _, run := range []string{"first", "after a restart"} {
		report, err := RunNotebook(t.Context(), path, RunOptions{Repo: "."})
		if err != nil {
			t.Fatal(err)
		}
		first, later := report.Cells[0].Text(), report.Cells[1].Text()
		if built := strings.Contains(first, "building"); built != (run == "first") {
			t.Errorf("%s: built is %v:\n%s", run, built, first)
		}
		if !strings.Contains(later, "later: 42") || strings.Contains(later, "building") || !strings.Contains(later, "loaded") {
			t.Errorf("%s: the second cell did not load the value:\n%s", run, later)
		}
	}
}

func TestRealExecutedCopy(t *testing.T) {
	needKernel(t)
	out := filepath.Join(t.TempDir(), "out.ipynb")
	path := writeNotebook(t, noAutoGet+`import "github.com/janpfeifer/gonb/gonbui"
import "os"
%%
for i := range 300 {
	gonbui.UpdateHtml("bar", fmt.Sprintf("<b>%d of 299</b>", i))
}
gonbui.Sync()
fmt.Println("one")
fmt.Println("two <&>")
fmt.Println(os.Getenv("FROMZERO_STATIC"), os.Getenv("FROMZERO_NOTEBOOK") != "", os.Getenv("MINE"))`)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = RunNotebook(t.Context(), path, RunOptions{Repo: ".", Output: out, Static: true, Env: map[string]string{"MINE": "yours"}})
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the notebook itself was changed")
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"<b>299 of 299</b>"`, `"one\n",`, `"two <&>\n",`, `"1 true yours\n"`, `"execution_count": 1`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the copy lacks %s:\n%s", want, data)
		}
	}
	if n := strings.Count(string(data), `"output_type": "display_data"`); n != 1 {
		t.Errorf("the updating element is there %d times, wanted once", n)
	}
}

// A cell must find everything compiled: go names each package that it has to
// compile, and that may only be the cell's own.
func TestRealCacheIsWarm(t *testing.T) {
	needKernel(t)
	in, err := newInstaller(t.Context(), Options{Repo: "."})
	if err != nil {
		t.Fatal(err)
	}
	if in.state.Repo != in.places.Repo {
		t.Skipf("setup ran for %s, not for this checkout", in.state.Repo)
	}
	dir := t.TempDir() // as GoNB's: other than the one that was warmed
	if err := writeWarmProgram(dir, in.places.Repo, in.libraryImports()); err != nil {
		t.Fatal(err)
	}
	out, err := in.goCommand(t.Context(), dir, "build", "-v", "-o", "cell", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.TrimSpace(line) != "warm" {
			t.Errorf("compiled anew: %s", line)
		}
	}
}
