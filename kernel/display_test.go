package kernel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBundleFprint(t *testing.T) {
	for want, b := range map[string]Bundle{
		"seen\n": {Text: "seen", HTML: "<b>"},
		"line\n": {Text: "line\n"},
		"(a picture of 2 bytes, without a text form)\n": {PNG: []byte{1, 2}, HTML: "<b>"},
		"(HTML, without a text form)\n":                 {HTML: "<b>"},
	} {
		var out strings.Builder
		if err := b.Fprint(&out); err != nil || out.String() != want {
			t.Errorf("got %q, %v; want %q", out.String(), err, want)
		}
	}
}

func TestBundleWriteFile(t *testing.T) {
	dir := t.TempDir()
	b := Bundle{HTML: "<b>", PNG: []byte{1, 2}, Text: "t"}
	for name, want := range map[string]string{"a.html": "<b>", "a.PNG": "\x01\x02", "a.txt": "t"} {
		if err := b.WriteFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, want := range map[string]string{"a.svg": `unknown ending ".svg"`, "no/a.txt": "no such file"} {
		if err := b.WriteFile(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (Bundle{Text: "t"}).WriteFile(filepath.Join(dir, "b.png")); err == nil || !strings.Contains(err.Error(), "no .png form") {
		t.Errorf("no picture: %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("left behind: %v", files)
	}
}
