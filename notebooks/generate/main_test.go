package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	root := t.TempDir()
	src := "<!-- en -->\nHello\n<!-- zh -->\n你好\n\n```go hello\n%%\nprintln(1)\n```\n"
	for name, text := range map[string]string{"src/01-hello.md": src, "go.mod": "module x\n\ngo 1.27\n"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	steps := []struct{ args, out, fault string }{
		{"-check", "", "is not what its source makes"},
		{"", "wrote " + filepath.Join(root, "zh", "01-hello.ipynb"), ""},
		{"-check", "", "cells without results"},
		{"-vet", "every cell type-checks", ""},
		{"-nonsense", "", "flag provided but not defined"},
	}
	for _, step := range steps {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"-root", root}, strings.Fields(step.args)...), &out)
		if step.fault == "" && err != nil || step.fault != "" && (err == nil || !strings.Contains(err.Error(), step.fault)) {
			t.Errorf("run %q: error %v, want one with %q", step.args, err, step.fault)
		}
		if !strings.Contains(out.String(), step.out) {
			t.Errorf("run %q prints %q, want %q", step.args, out.String(), step.out)
		}
	}
}
