package images

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/internal/oddfiles"
	"github.com/gofromzero/fromzero/tensor"
)

// invalid reports whether a picture is to be refused, by its name. The PNG
// specification lets colours that a palette lacks be black. The "truncated" JPEG
// has fewer refinements than it could, and an end marker.
func invalid(name string) bool {
	return strings.HasPrefix(name, "invalid-") && name != "invalid-palette.png"
}

// TestRealOddFiles reads Go's own test pictures and the PNG suite's where they are
// at hand: each loads or is refused with its name, as its name says.
func TestRealOddFiles(t *testing.T) {
	dir := oddfiles.Folder(t, "images")
	paths, _ := filepath.Glob(filepath.Join(dir, "*.*"))
	var names []string
	bad := 0
	for _, path := range paths {
		name := filepath.Base(path)
		if !isPicture(name) {
			continue
		}
		names = append(names, name)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Config{Height: 16, Width: 16}.Decode(bytes.NewReader(file))
		if (err != nil) != invalid(name) {
			t.Errorf("%s: %v", name, err)
		}
		if invalid(name) {
			bad++
			t.Log(name, "is refused:", err)
		}
	}
	if len(names) < 10 || bad == 0 {
		t.Fatalf("%d pictures in %s, %d of them invalid", len(names), dir, bad)
	}
	labels := make([]int32, len(names))
	_, err := Files(os.DirFS(dir), names, labels, Config{Height: 16, Width: 16}).Report(context.Background())
	var damaged *DamagedError
	if !errors.As(err, &damaged) || len(damaged.Files) != bad {
		t.Errorf("as one data set: %v", err)
	}
	d := Files(os.DirFS(dir), names, labels, Config{Height: 16, Width: 16, SkipDamaged: true})
	r, err := d.Report(context.Background())
	if err != nil || r.Files != len(names)-bad || len(r.Damaged) != bad {
		t.Fatalf("without the damaged ones: %v, %v", r, err)
	}
	at := make([]int, d.Len())
	for i := range at {
		at[i] = i
	}
	b, err := d.Rows(context.Background(), at, tensor.Batch{})
	if err != nil || !b.X().Shape().Equal(tensor.Shape{len(names) - bad, 16, 16, 3}) {
		t.Errorf("rows of %v, %v", b.X(), err)
	}
}
