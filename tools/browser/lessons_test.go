package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// executedFiles are the notebooks that FROMZERO_EXECUTED names: files, or folders
// that hold them, separated as in PATH.
func executedFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, path := range filepath.SplitList(os.Getenv("FROMZERO_EXECUTED")) {
		err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(file) == ".ipynb" {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// expected is what a page of a notebook must show.
type expected struct {
	places, pictures, errors int
}

// expects reads it from the notebook.
func expects(t *testing.T, data []byte) (want expected) {
	t.Helper()
	var nb struct {
		Cells []struct {
			Metadata struct{ Tags []string }
			Outputs  []struct {
				OutputType string `json:"output_type"`
				Data       map[string]any
			}
		}
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	for _, cell := range nb.Cells {
		for _, o := range cell.Outputs {
			html, picture := fmt.Sprint(o.Data["text/html"]), o.Data["image/png"] != nil
			switch {
			case o.OutputType == "error" && !slices.Contains(cell.Metadata.Tags, "raises-exception"):
				want.errors++
			case strings.Contains(html, "data-fromzero-chart"):
				want.places++
			case picture && (o.Data["text/html"] == nil || strings.Contains(html, "<img")):
				want.pictures++ // texts are shown as a table, where HTML is
			}
		}
	}
	return want
}

// blank is a notebook without cells: what its page asks for is the exporter's.
const blank = `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`

// TestLessons looks at every executed notebook there is, the committed ones in both
// languages and those of FROMZERO_EXECUTED: all charts are drawn, no cell failed
// that should not, nothing is asked of another machine, no script complains, and no
// output is wider than the page.
func TestLessons(t *testing.T) {
	committed, err := filepath.Glob(filepath.Join(repo(t), "notebooks", "??", "*.ipynb"))
	if err != nil || len(committed) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	dir := t.TempDir()
	pages := []string{}
	wanted := map[string]expected{}
	add := func(name string, data []byte) {
		path := filepath.Join(dir, name+".ipynb")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		pages, wanted[name] = append(pages, path), expects(t, data)
	}
	add("blank", []byte(blank))
	for i, file := range append(committed, executedFiles(t)...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".ipynb")
		add(fmt.Sprintf("%02d-%s-%s", i, filepath.Base(filepath.Dir(file)), name), data)
	}
	command(t, jupyterTool(t, "jupyter-nbconvert"), append([]string{"--to", "html"}, pages...)...)

	c := open(t, 1200, 20_000) // charts are drawn when they are seen
	if err := c.Go("file://" + filepath.Join(dir, "blank.html")); err != nil {
		t.Fatal(err)
	}
	exporters := c.Heard().Remote
	for _, path := range pages[1:] {
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		t.Run(name, func(t *testing.T) {
			lookAtLesson(t, c, strings.TrimSuffix(path, ".ipynb")+".html", wanted[name], exporters)
		})
	}
}

func lookAtLesson(t *testing.T, c *Chromium, page string, want expected, allowed []string) {
	t.Helper()
	if err := c.Go("file://" + page); err != nil {
		t.Fatal(err)
	}
	n, err := AwaitCharts(c, 30*time.Second, func(n Count) bool {
		return n.Places >= want.places && n.Drawn == n.Places && n.Stills >= want.pictures
	})
	keepPicture(t, c, "page")
	if err != nil {
		t.Errorf("%v; wanted %+v", err, want)
	}
	t.Logf("%+v", n)
	if want.errors != 0 {
		t.Errorf("%d cells failed", want.errors)
	}
	heard := c.Heard()
	for _, url := range heard.Remote {
		if !slices.Contains(allowed, url) {
			t.Errorf("the page asks for %s", url)
		}
	}
	for _, text := range heard.Complaints {
		// The exporter's page needs a library that it does not bring along.
		if !strings.Contains(text, "require is not defined") && !strings.Contains(text, "MathJax") {
			t.Errorf("the page's scripts complain: %.200s", text)
		}
	}
	wide, err := Eval[[]string](c, overflowing)
	if err != nil {
		t.Fatal(err)
	}
	if len(wide) != 0 {
		t.Errorf("wider than the page: %q", wide)
	}
}

// overflowing describes pictures and charts that stick out of the page.
const overflowing = `[...document.querySelectorAll(".jp-OutputArea-output img, [data-fromzero-chart], .jp-OutputArea-output table")]
	.filter(e => e.getClientRects().length && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
	.map(e => e.outerHTML.slice(0, 80))`
