package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mirror makes a folder with the tables as they are published, of the real ones
// in FROMZERO_DATA.
func mirror(t *testing.T) string {
	t.Helper()
	data, err := filepath.Abs(filepath.Join(os.Getenv("FROMZERO_DATA"), "tables"))
	if _, statErr := os.Stat(data); os.Getenv("FROMZERO_DATA") == "" || err != nil || statErr != nil {
		t.Skip("$FROMZERO_DATA/tables is not there")
	}
	dir := t.TempDir()
	for to, from := range map[string]string{"titanic/titanic.csv": "titanic-raw.csv", "penguins.csv": "penguins.csv",
		"california-housing/housing.csv": "california-housing.csv", "adult/adult.data": "adult-train.csv.gz", "adult/adult.test": "adult-test.csv.gz"} {
		text, err := os.ReadFile(filepath.Join(data, from))
		if strings.HasSuffix(from, ".gz") && err == nil {
			text, err = unpacked(filepath.Join(data, from))
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(to, ".test") && !strings.HasPrefix(string(text), "|") {
			text = append([]byte("|1x3 Cross validator\n"), text...) // as published
		}
		path := filepath.Join(dir, to)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func unpacked(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// The tables come from a mirror, whose files have the published checksums, and
// are not fetched a second time.
func TestFetchRealTables(t *testing.T) {
	from := mirror(t)
	dir := t.TempDir()
	t.Setenv("FROMZERO_MIRROR", from)
	args := []string{"fetch", "--dir", dir, "titanic", "penguins", "california-housing", "adult"}
	if out, err := call(t, "", args...); err != nil || !strings.Contains(out, "complete: titanic, penguins") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"titanic/titanic.csv", "penguins/penguins.csv", "california-housing/housing.csv", "adult/adult.data", "adult/adult.test"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if err := os.RemoveAll(from); err != nil {
		t.Fatal(err)
	}
	if out, err := call(t, "", args...); err != nil || strings.Contains(out, "downloading") {
		t.Errorf("the second time: %v\n%s", err, out)
	}
}

// Of two files, the one put there by hand is left alone, and one that is no good is
// replaced.
func TestFetchRealTablesInPart(t *testing.T) {
	from := mirror(t)
	t.Setenv("FROMZERO_MIRROR", from)
	published, err := os.ReadFile(filepath.Join(from, "adult", "adult.test"))
	if err != nil {
		t.Fatal(err)
	}
	byHand := "39, State-gov, 77516, Bachelors, 13, Never-married, ?, Not-in-family, White, Male, 2174, 0, 40, United-States, <=50K\n"
	dir := t.TempDir()
	folder := filepath.Join(dir, "adult")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{"", "cut o"} {
		files := map[string]string{"adult.data": byHand, "adult.test": there}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := call(t, "", "fetch", "--dir", dir, "adult"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		data, _ := os.ReadFile(filepath.Join(folder, "adult.data"))
		test, _ := os.ReadFile(filepath.Join(folder, "adult.test"))
		if string(data) != byHand || string(test) != string(published) {
			t.Errorf("with %q in adult.test: adult.data has %d bytes, want the %d put there; adult.test has %d, want %d", there, len(data), len(byHand), len(test), len(published))
		}
	}
}
