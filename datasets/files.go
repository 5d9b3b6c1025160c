package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// found is a file of a set, read from the data directory.
type found struct {
	path      string
	info      fs.FileInfo
	published bool // its SHA-256 is the published one
	values    *tensor.Tensor
}

// problem is what is wrong with one file of a set.
type problem struct {
	file File
	err  error // nil if the file is just missing
}

// filesError says why the data directory does not give a set.
type filesError struct {
	set      string
	root     string
	problems []problem
	present  int // files that are there, good or not
}

func (e *filesError) Error() string {
	if e.present == 0 {
		return fmt.Sprintf("datasets: no file of %s in %s", e.set, e.root)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "datasets: %s in %s is not complete:", e.set, e.root)
	for _, p := range e.problems {
		if p.err == nil {
			fmt.Fprintf(&b, "\n  %s is missing", p.file.Name)
		} else {
			fmt.Fprintf(&b, "\n  %s is damaged: %v", p.file.Name, p.err)
		}
	}
	return b.String()
}

// damaged lists the names of the files that are there but no good.
func (e *filesError) damaged() []string {
	var names []string
	for _, p := range e.problems {
		if p.err != nil {
			names = append(names, p.file.Name)
		}
	}
	return names
}

// candidates lists the paths at which a file may lie, the place of downloads
// first: in the set's folder, in folders that other programs use, or in the
// data directory itself; compressed or not.
func candidates(root string, s Spec, f File) []string {
	names := append([]string{f.Name}, f.Also...)
	if plain, ok := strings.CutSuffix(f.Name, ".gz"); ok {
		names = append(names, plain)
	}
	var out []string
	for _, folder := range append(append([]string{s.Name}, s.Folders...), ".") {
		for _, name := range names {
			out = append(out, filepath.Join(root, folder, name))
		}
	}
	return out
}

// readFiles reads and decodes all files of a set at once. Every file must pass
// check; where a damaged one has an intact twin elsewhere, the twin is taken.
func readFiles(root string, s Spec, decode func(i int, data []byte) (*tensor.Tensor, error)) ([]found, error) {
	out, errs := make([]found, len(s.Files)), make([]error, len(s.Files))
	var group sync.WaitGroup
	for i, f := range s.Files {
		group.Go(func() {
			out[i], errs[i] = readFile(candidates(root, s, f), f, func(data []byte) (*tensor.Tensor, error) { return decode(i, data) })
		})
	}
	group.Wait()
	bad := &filesError{set: s.Title, root: root, present: len(s.Files)}
	for i, err := range errs {
		if errors.Is(err, fs.ErrNotExist) {
			bad.problems = append(bad.problems, problem{file: s.Files[i]})
			bad.present--
		} else if err != nil {
			bad.problems = append(bad.problems, problem{s.Files[i], err})
		}
	}
	if len(bad.problems) > 0 {
		return nil, bad
	}
	return out, nil
}

// readFile returns the first file of paths that decodes. Its error is that of
// the first file that is there, or fs.ErrNotExist.
func readFile(paths []string, f File, decode func([]byte) (*tensor.Tensor, error)) (found, error) {
	first := error(fs.ErrNotExist)
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		got, err := readOne(path, info, f, decode)
		if err == nil {
			return got, nil
		}
		if first == fs.ErrNotExist {
			first = fmt.Errorf("%w (%s)", err, path)
		}
	}
	return found{}, first
}

func readOne(path string, info fs.FileInfo, f File, decode func([]byte) (*tensor.Tensor, error)) (found, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return found{}, err
	}
	sum := sha256.Sum256(data)
	published := hex.EncodeToString(sum[:]) == f.SHA256
	values, err := decode(data)
	if err != nil {
		return found{}, fmt.Errorf("%d bytes, %d are published: %w", len(data), f.Size, err)
	}
	return found{path, info, published, values}, nil
}
