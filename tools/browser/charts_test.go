package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// These tests look at one notebook with charts in every way that a reader may
// see it. They need Chromium and what `fromzero setup` installs; where
// something is missing they are skipped, unless FROMZERO_REQUIRE_BROWSER says
// that this must not happen. FROMZERO_PICTURES names a folder for screenshots.

func unavailable(t *testing.T, why ...any) {
	t.Helper()
	if os.Getenv("FROMZERO_REQUIRE_BROWSER") != "" {
		t.Fatal(why...)
	}
	t.Skip(why...)
}

func repo(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// program is the fromzero program that make built.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(repo(t), "bin", "fromzero")
	if _, err := os.Stat(path); err != nil {
		unavailable(t, "no bin/fromzero: run make build")
	}
	return path
}

func open(t *testing.T, width, height int) *Chromium {
	t.Helper()
	c, err := Open(t.Context(), width, height)
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(c.Close)
	return c
}

// openTall has all cells in its window: charts are drawn when they are seen.
func openTall(t *testing.T) *Chromium {
	t.Helper()
	return open(t, 1300, 12000)
}

// keepPicture writes a screenshot for a person to look at, if one wants them.
func keepPicture(t *testing.T, c *Chromium, name string) {
	t.Helper()
	dir := os.Getenv("FROMZERO_PICTURES")
	if dir == "" {
		return
	}
	path := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+name+".png")
	if err := c.Screenshot(path); err != nil {
		t.Error(err)
	}
}

// lesson is the notebook that is looked at.
func lesson(t *testing.T) string {
	t.Helper()
	path := os.Getenv("FROMZERO_CHECK_NOTEBOOK")
	if path == "" {
		path = filepath.Join(repo(t), "notebooks", "en", "10-mnist.ipynb")
	}
	if _, err := os.Stat(path); err != nil {
		unavailable(t, err)
	}
	return path
}

// copied puts a copy of a notebook into a folder of its own, so that nothing
// here changes the checkout.
func copied(t *testing.T, notebook string) string {
	t.Helper()
	data, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lesson.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// once executes the lesson for all tests, since it trains a model; where
// FROMZERO_EXECUTED names a copy with outputs, or a folder with one of the lesson's
// name, that is taken.
var once struct {
	sync.Once
	data []byte
	err  error
}

// executed is a copy of the lesson with its outputs, in a folder of its own.
func executed(t *testing.T) string {
	t.Helper()
	source, path := lesson(t), program(t)
	once.Do(func() {
		if files := executedFiles(t); len(files) > 0 {
			at := slices.IndexFunc(files, func(f string) bool { return filepath.Base(f) == filepath.Base(source) })
			once.data, once.err = os.ReadFile(files[max(at, 0)])
			return
		}
		dir, err := os.MkdirTemp("", "fromzero-lesson-")
		if err != nil {
			once.err = err
			return
		}
		defer os.RemoveAll(dir)
		out := filepath.Join(dir, "executed.ipynb")
		said, err := exec.Command(path, "run", "--repo", filepath.Dir(filepath.Dir(path)), "--out", out, source).CombinedOutput()
		if err != nil {
			once.err = fmt.Errorf("fromzero run: %w\n%s", err, said)
			return
		}
		once.data, once.err = os.ReadFile(out)
	})
	if once.err != nil {
		t.Fatal(once.err)
	}
	notebook := filepath.Join(t.TempDir(), "lesson.ipynb")
	if err := os.WriteFile(notebook, once.data, 0o644); err != nil {
		t.Fatal(err)
	}
	return notebook
}

// export makes a page of the notebook with Jupyter's own exporter.
func export(t *testing.T, notebook string) string {
	t.Helper()
	command(t, jupyterTool(t, "jupyter-nbconvert"), "--to", "html", "--output", "page.html", notebook)
	return filepath.Join(filepath.Dir(notebook), "page.html")
}

// trust makes a copy beside the notebook that Jupyter trusts as if it had run
// it itself. The copy differs a little: Jupyter trusts contents, not files.
func trust(t *testing.T, notebook string) string {
	t.Helper()
	data, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	doc["metadata"].(map[string]any)["title"] = "trusted"
	if data, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(notebook), "trusted.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	command(t, jupyterTool(t, "jupyter-trust"), path)
	return path
}

// jupyterTool is a program that belongs to the Jupyter of setup.
func jupyterTool(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command(program(t), "doctor", "--repo", repo(t), "--json").Output()
	if err != nil {
		unavailable(t, "fromzero doctor:", err, string(out))
	}
	var checks []struct{ Name, Path string }
	if err := json.Unmarshal(out, &checks); err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Name == "jupyter" {
			return filepath.Join(filepath.Dir(c.Path), name)
		}
	}
	t.Fatal("doctor tells of no Jupyter")
	return ""
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}

// look opens a page file, waits until it is as wanted and keeps a picture.
func look(t *testing.T, file string, scripts bool, wanted func(Count) bool) Count {
	t.Helper()
	c := open(t, 1200, 900)
	if err := c.Scripts(scripts); err != nil {
		t.Fatal(err)
	}
	if err := c.Go("file://" + file); err != nil {
		t.Fatal(err)
	}
	n, err := AwaitCharts(c, 20*time.Second, wanted)
	keepPicture(t, c, "page")
	if err != nil {
		t.Error(err)
	}
	return n
}

func allDrawn(n Count) bool { return n.Places > 0 && n.Drawn == n.Places }

// Exported to HTML, charts are interactive, and still pictures where scripts
// do not run.
func TestExported(t *testing.T) {
	page := export(t, executed(t))
	var interactive Count
	t.Run("with scripts", func(t *testing.T) {
		interactive = look(t, page, true, allDrawn)
		t.Logf("%+v", interactive)
	})
	t.Run("without scripts", func(t *testing.T) {
		n := look(t, page, false, func(n Count) bool { return n.Stills > 0 && n.Stills >= n.Places })
		t.Logf("%+v", n)
		if n.Drawn != 0 || n.Places != interactive.Places {
			t.Errorf("without scripts %+v, with scripts %+v", n, interactive)
		}
	})
}

// The committed notebooks were executed in static mode: pictures only.
func TestExportedStatic(t *testing.T) {
	page := export(t, copied(t, lesson(t)))
	n := look(t, page, false, func(n Count) bool { return n.Stills > 0 })
	t.Logf("%+v", n)
	if n.Places != 0 {
		t.Errorf("%d charts with scripts in a static notebook", n.Places)
	}
}

// Opened in JupyterLab by someone who does not trust it yet, a notebook shows
// the still pictures; trusted or run, it shows the interactive charts.
func TestLab(t *testing.T) {
	notebook := executed(t)
	trusted := trust(t, notebook)
	address := openLab(t, notebook)
	t.Run("trusted", func(t *testing.T) {
		c := openTall(t)
		loadNotebook(t, c, strings.Replace(address, filepath.Base(notebook), filepath.Base(trusted), 1))
		n, err := AwaitCharts(c, 20*time.Second, allDrawn)
		keepPicture(t, c, "page")
		t.Logf("%+v", n)
		if err != nil {
			t.Error(err)
		}
	})
	c := openTall(t)
	loadNotebook(t, c, address)
	t.Run("untrusted", func(t *testing.T) {
		n, err := AwaitCharts(c, 20*time.Second, func(n Count) bool { return n.Stills > 0 })
		keepPicture(t, c, "page")
		t.Logf("%+v", n)
		if err != nil {
			t.Error(err)
		}
		if n.Drawn != 0 {
			t.Errorf("%d charts were drawn by scripts of an untrusted notebook", n.Drawn)
		}
	})
	t.Run("run", func(t *testing.T) {
		runAll(t, c)
		n, err := AwaitCharts(c, 20*time.Second, allDrawn)
		keepPicture(t, c, "page")
		t.Logf("%+v", n)
		if err != nil {
			t.Error(err)
		}
		if n.Errors != 0 {
			t.Errorf("%d cells failed", n.Errors)
		}
	})
}
