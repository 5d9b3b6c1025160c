package lesson

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeNotebook writes a notebook of format 4.4, whose cells have no ids.
func writeNotebook(t *testing.T, path string, cells ...string) {
	t.Helper()
	var list []map[string]any
	for _, c := range cells {
		list = append(list, map[string]any{"cell_type": "code", "metadata": map[string]any{}, "source": c, "outputs": []any{}, "execution_count": nil})
	}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsWhatDoesNotCompile(t *testing.T) {
	dir := t.TempDir()
	good, bad, torn := filepath.Join(dir, "good.ipynb"), filepath.Join(dir, "deep", "bad.ipynb"), filepath.Join(dir, "torn.ipynb")
	writeNotebook(t, good, "import \"fmt\"\n\n%%\nfmt.Println(1)", "%%\nfmt.Println(2)")
	writeNotebook(t, bad, "import \"fmt\"\n", "%%\nx := 1\nfmt.Println(\"no x\")", "%%\nfmt.Printf(\"%d\\n\", \"text\")")
	writeNotebook(t, torn, "%%\nfunc {")
	writeNotebook(t, filepath.Join(dir, ".ipynb_checkpoints", "old.ipynb"), "%%\nvery old")

	done, err := CheckNotebooks(context.Background(), "..", nil, good)
	if err != nil || done != (Checked{Notebooks: 1, Cells: 2}) {
		t.Errorf("a sound notebook: %+v, %v", done, err)
	}
	done, err = CheckNotebooks(context.Background(), "..", nil, dir)
	if err == nil {
		t.Fatal("nothing was found")
	}
	if done != (Checked{Notebooks: 2, Cells: 5}) {
		t.Errorf("looked at %+v", done)
	}
	for _, want := range []string{
		"bad.ipynb[code-cell-2]:2", "declared and not used: x",
		"bad.ipynb[code-cell-3]:2", "format %d has arg",
		"torn.ipynb[code-cell-1]:2",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the findings lack %q:\n%v", want, err)
		}
	}
	for _, not := range []string{"old.ipynb", "good.ipynb", os.TempDir() + "/fromzero-cells"} {
		if strings.Contains(err.Error(), not) {
			t.Errorf("the findings name %q:\n%v", not, err)
		}
	}
}

func TestCheckOfWhatIsNoNotebook(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.ipynb")
	if err := os.WriteFile(text, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		text:                       "not a notebook",
		t.TempDir():                "no notebook (.ipynb)",
		filepath.Join(dir, "gone"): "no such file",
	} {
		if _, err := CheckNotebooks(context.Background(), "..", nil, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
