package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/kernel/kept"
)

// call runs the program's command line and returns what it printed.
func call(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	cmd := root()
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestKeep(t *testing.T) {
	dir := t.TempDir()
	if out, err := call(t, "", "keep", "--in", dir); err != nil || !strings.Contains(out, "nothing") {
		t.Errorf("an empty folder: %q, %v", out, err)
	}
	store := kept.ForNotebook(filepath.Join(dir, "10-mnist.ipynb"))
	value := []float64{1, 2}
	for _, name := range []string{"model", "table"} {
		if _, err := store.Save(name, []byte("{}"), &value, time.Now(), time.Second); err != nil {
			t.Fatal(err)
		}
	}
	out, err := call(t, "", "keep", "--in", dir)
	if err != nil || !strings.Contains(out, "10-mnist") || !strings.Contains(out, "model") || !strings.Contains(out, "[]float64") {
		t.Errorf("two values: %q, %v", out, err)
	}
	if out, err := call(t, "", "keep", "clear", "--in", dir, "10-mnist/model"); err != nil || !strings.Contains(out, "removed 1 values") {
		t.Errorf("clearing one: %q, %v", out, err)
	}
	if _, err := call(t, "", "keep", "clear", "--in", dir, "unknown"); err == nil {
		t.Error("clearing an unknown name succeeded")
	}
	if out, err := call(t, "", "keep", "clear", "--in", dir); err != nil || !strings.Contains(out, "removed 1 values") {
		t.Errorf("clearing the rest: %q, %v", out, err)
	}
}

func TestFetchWhere(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FROMZERO_DATA", dir)
	if out, err := call(t, "", "fetch", "--where"); err != nil || strings.TrimSpace(out) != dir {
		t.Errorf("got %q, %v", out, err)
	}
	if _, err := call(t, "", "fetch"); err == nil || !strings.Contains(err.Error(), "mnist") {
		t.Errorf("without a name: %v", err)
	}
	if _, err := call(t, "", "fetch", "nothing"); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("an unknown set: %v", err)
	}
}

func TestRenderAnswersEachRequest(t *testing.T) {
	request := `{"format":"svg","width":300,"height":200,"option":{"xAxis":{"data":["a","b"]},"yAxis":{},"series":[{"type":"bar","data":[1,2]}],"animation":false}}`
	out, err := call(t, request+request, "render")
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(out), "\n")
	if len(answers) != 2 {
		t.Fatalf("%d answers, wanted 2: %s", len(answers), out)
	}
	var answer struct {
		Data  []byte
		Error string
	}
	if err := json.Unmarshal([]byte(answers[1]), &answer); err != nil || !strings.Contains(string(answer.Data), "<svg") {
		t.Errorf("answer %s, %v", answers[1], err)
	}
}

func TestRunRefuses(t *testing.T) {
	if _, err := call(t, "", "run", "-e", "novalue", "x.ipynb"); err == nil || !strings.Contains(err.Error(), "NAME=VALUE") {
		t.Errorf("a malformed variable: %v", err)
	}
	if _, err := call(t, "", "run", filepath.Join(t.TempDir(), "x.ipynb")); err == nil {
		t.Error("a notebook that does not exist was run")
	}
}

func TestDoctorSaysWhatIsMissing(t *testing.T) {
	t.Setenv("FROMZERO_HOME", t.TempDir())
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	out, err := call(t, "", "doctor")
	if err == nil || !strings.Contains(err.Error(), "cannot run yet") {
		t.Errorf("error is %v", err)
	}
	for _, want := range []string{"ok  go", "--  gonb", "--  jupyter", "--  kernel", "run: fromzero setup"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	if entries, _ := os.ReadDir(os.Getenv("FROMZERO_HOME")); len(entries) > 0 {
		t.Error("doctor wrote something")
	}
}

func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong.ipynb")
	cell := `{"cell_type": "code", "id": "sum", "metadata": {}, "source": "%%\nvar total int = true", "outputs": [], "execution_count": null}`
	if err := os.WriteFile(path, []byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [`+cell+`]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := call(t, "", "check", path); err == nil || !strings.Contains(err.Error(), "wrong.ipynb[sum]:2") {
		t.Errorf("got %q, %v", out, err)
	}
}
