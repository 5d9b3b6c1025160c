package plotting

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

func barRequest(value int) picture.Request {
	option, _ := json.Marshal(map[string]any{
		"xAxis": map[string]any{"type": "category"}, "yAxis": map[string]any{},
		"series": []any{map[string]any{"type": "bar", "data": []int{value}}},
	})
	return picture.Request{Format: picture.PNG, Width: 120, Height: 80, Option: option}
}

func TestProgramDrawsSeveralPictures(t *testing.T) {
	t.Setenv("PLOTTING_TEST_RENDER", "1")
	c := &client{path: os.Args[0]}
	first, err := c.render(barRequest(1))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(first, []byte("\x89PNG")) {
		t.Errorf("no PNG: %.20q", first)
	}
	process := c.cmd.Process.Pid
	bad := barRequest(1)
	bad.Format = "gif"
	if _, err := c.render(bad); err == nil || !strings.Contains(err.Error(), "gif") {
		t.Errorf("a picture that cannot be drawn: %v", err)
	}
	if _, err := c.render(barRequest(2)); err != nil || c.cmd.Process.Pid != process {
		t.Errorf("after a bad picture: %v, process %d became %d", err, process, c.cmd.Process.Pid)
	}
	c.in.Close()
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the program does not end with its input: %v", err)
	}
}

func TestProgramThatFails(t *testing.T) {
	for how, says := range map[string]string{"crash": "the disk is on fire", "old": "invalid character"} {
		t.Setenv("PLOTTING_TEST_RENDER", how)
		c := &client{path: os.Args[0]}
		for range 2 {
			if _, err := c.render(barRequest(1)); !errors.Is(err, ErrNoRenderer) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v; want ErrNoRenderer and %q", how, err, says)
			}
		}
	}
	c := &client{path: filepath.Join(t.TempDir(), "none")}
	if _, err := c.render(barRequest(1)); !errors.Is(err, ErrNoRenderer) {
		t.Errorf("no such program: %v", err)
	}
}

func TestFindProgram(t *testing.T) {
	env := func(path string) func(string) string { return func(string) string { return path } }
	if path, err := findProgram(env(os.Args[0])); err != nil || path != os.Args[0] {
		t.Errorf("%q, %v", path, err)
	}
	if _, err := findProgram(env("/nowhere/fromzero")); !errors.Is(err, ErrNoRenderer) || !strings.Contains(err.Error(), "FROMZERO_BIN") {
		t.Errorf("a program that is gone: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := findProgram(env("")); !errors.Is(err, ErrNoRenderer) {
		t.Errorf("no program: %v", err)
	}
}

// counting drawer.
type drawn struct{ n int }

func (d *drawn) render(picture.Request) ([]byte, error) {
	d.n++
	return []byte("\x89PNG … IEND\xaeB\x60\x82"), nil
}

func TestPicturesAreKept(t *testing.T) {
	d := &drawn{}
	c := &cached{dir: filepath.Join(t.TempDir(), "pictures"), next: d}
	for range 3 {
		if _, err := c.render(barRequest(1)); err != nil {
			t.Fatal(err)
		}
	}
	if d.n != 1 {
		t.Errorf("drawn %d times; want once", d.n)
	}
	c.render(barRequest(2))
	if d.n != 2 {
		t.Error("another chart got the first one's picture")
	}
	path, err := c.path(barRequest(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, _ := c.render(barRequest(1)); d.n != 3 || len(data) < 10 {
		t.Error("a picture that was cut short was used")
	}
	unwritable := &cached{dir: filepath.Join(path, "below-a-file"), next: d}
	if _, err := unwritable.render(barRequest(1)); err != nil {
		t.Errorf("a cache that cannot be written: %v", err)
	}
}

func TestOldestPicturesGo(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"new", "used", "old"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-time.Duration(i) * time.Hour)
		os.Chtimes(path, when, when)
	}
	left := func() string {
		entries, _ := os.ReadDir(dir)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return strings.Join(names, " ")
	}
	prune(dir, 2, 1000)
	if got := left(); got != "new used" {
		t.Errorf("two files may stay; %s did", got)
	}
	prune(dir, 10, 150)
	if got := left(); got != "new" {
		t.Errorf("150 bytes may stay; %s did", got)
	}
}
