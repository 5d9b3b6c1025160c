package plotting

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShowOutsideANotebookWritesAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	a := must[*Bar](t)(NewBar([]string{"a"}, []int{1}))
	b := must[*Bar](t)(NewBar([]string{"a"}, []int{2}))
	a.Title, b.Title = "Wie viele? 多少!", "Wie viele? 多少!"
	for _, show := range []func() error{a.Show, b.Show, a.Show} {
		if err := show(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("charts/*")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(files, " "), "charts/wie-viele-多少-2.html charts/wie-viele-多少.html"; got != want {
		t.Errorf("wrote %s; want %s", got, want)
	}
}

func TestSaveByEnding(t *testing.T) {
	dir := t.TempDir()
	b := must[*Bar](t)(NewBar([]string{"a"}, []int{1}))
	for ending, begins := range map[string]string{".html": "<!DOCTYPE html>", ".SVG": "<svg", ".png": "\x89PNG"} {
		path := filepath.Join(dir, "new", "chart"+ending)
		if err := b.Save(path); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(data), begins) {
			t.Errorf("%s: %v, begins %.20q", ending, err, data)
		}
	}
	if err := b.Save(filepath.Join(dir, "chart.gif")); err == nil || !strings.Contains(err.Error(), ".gif") {
		t.Errorf("an unknown ending: %v", err)
	}
}

func TestFilesAreWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeFile(path, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "before" {
		t.Errorf("a failed write left %q", data)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a failed write left %d files", len(entries))
	}
}

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{"": "", "Training / MNIST (5)": "training-mnist-5", "../../etc": "etc", "训练曲线": "训练曲线", strings.Repeat("a", 99): strings.Repeat("a", 60)} {
		if got := slug(title); got != want {
			t.Errorf("slug(%q) = %q; want %q", title, got, want)
		}
	}
}
