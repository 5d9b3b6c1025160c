package cachefile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

type meta struct{ Name string }

func write(t testing.TB, sections ...[]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "folder", "x.bin")
	if err := Write(path, "test", meta{"m"}, sections...); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRoundTrip(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 1<<20) // several chunks
	want := [][]byte{[]byte("a"), {}, long, []byte("end")}
	path := write(t, want...)
	var m meta
	f, err := Open(path, "test", &m)
	if err != nil || m.Name != "m" || f.Len() != len(want) {
		t.Fatal(err, m)
	}
	defer f.Close()
	for i, w := range want {
		got, err := f.Read(i)
		mapped, mapErr := f.Map(i)
		if err != nil || mapErr != nil || !bytes.Equal(got, w) || !bytes.Equal(mapped.Bytes(), w) || f.Bytes(i) != int64(len(w)) {
			t.Errorf("section %d: %v, %v", i, err, mapErr)
		}
	}
	for _, i := range []int{-1, len(want)} {
		if _, err := f.Read(i); err == nil {
			t.Errorf("Read(%d): no error", i)
		}
		if _, err := f.Map(i); err == nil {
			t.Errorf("Map(%d): no error", i)
		}
	}
	if _, err := Open(path, "other", &m); !errors.Is(err, ErrDamaged) {
		t.Errorf("other kind: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// Sections with nothing in them, also behind the end of the file.
func TestEmptySections(t *testing.T) {
	for _, want := range [][][]byte{{{}}, {[]byte("a"), {}}, {{}, []byte("a"), {}, {}}} {
		f, err := Open(write(t, want...), "test", &meta{})
		if err != nil {
			t.Errorf("%q: %v", want, err)
			continue
		}
		for i, w := range want {
			if got, err := f.Read(i); err != nil || !bytes.Equal(got, w) {
				t.Errorf("%q: section %d is %q, %v", want, i, got, err)
			}
		}
		_ = f.Close()
	}
}

// Every single damaged byte of the header and of the sections is noticed.
func TestDamage(t *testing.T) {
	path := write(t, []byte("first section"), []byte("second section"))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.IndexByte(good, 0xff) // none: the header is text
	for i := range good {
		if text < 0 && i > 600 && i < 4096 || i > 4096+20 && i < 8192 {
			continue // padding
		}
		bad := bytes.Clone(good)
		bad[i] ^= 0x20
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if readsGood(path) && !padding(good, i) {
			t.Errorf("byte %d of %d was flipped and not noticed", i, len(good))
		}
	}
	for _, n := range []int{0, 10, 100, 5000, len(good) - 1} {
		_ = os.WriteFile(path, good[:n], 0o644)
		if readsGood(path) {
			t.Errorf("cut to %d bytes, and not noticed", n)
		}
	}
	_ = os.WriteFile(path, append(bytes.Clone(good), 0), 0o644)
	if readsGood(path) {
		t.Error("a byte more, and not noticed")
	}
}

func padding(good []byte, i int) bool { return good[i] == 0 }

// readsGood reports whether a file opens and all of its sections can be read.
func readsGood(path string) bool {
	var m meta
	f, err := Open(path, "test", &m)
	if err != nil {
		return false
	}
	defer f.Close()
	for i := range f.Len() {
		if _, err := f.Read(i); err != nil {
			return false
		}
		if _, err := f.Map(i); err != nil {
			return false
		}
	}
	return true
}

func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	if err := Write(filepath.Join(dir, "x"), "test", func() {}); err == nil {
		t.Error("a meta that is no JSON: no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "file", "x"), "test", meta{}); err == nil {
		t.Error("a file for a folder: no error")
	}
}

func TestGuardPassesOtherPanics(t *testing.T) {
	for _, v := range []any{"a bug", errors.New("a bug")} {
		func() {
			defer func() {
				if recover() != v {
					t.Errorf("the panic %v did not come through", v)
				}
			}()
			_ = Guard(func() { panic(v) })
		}()
	}
}

// Reading what another program cut off is an error, on one processor and many.
func TestGuardOfVanishedBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, make([]byte, 3*chunk), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := MapFile(f)
	_ = f.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Sums(); err != nil && !errors.Is(err, ErrVanished) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	path := write(f, []byte("first section"), nil, []byte("third"))
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = os.Remove(path) // the old one may be mapped
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		readsGood(path) // must not panic, nor get much memory
	})
}
