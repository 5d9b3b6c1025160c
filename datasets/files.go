package datasets

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// source is a file or folder that a set was read from.
type source struct {
	path      string
	info      fs.FileInfo
	published bool // its SHA-256 is the published one
}

// found is a file of a set, read from the data directory and decoded to V.
type found[V any] struct {
	source
	values V
}

// problem is what is wrong with one file of a set.
type problem struct {
	file string // its name
	err  error  // nil if the file is just missing
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
			fmt.Fprintf(&b, "\n  %s is missing", p.file)
		} else {
			fmt.Fprintf(&b, "\n  %s is damaged: %v", p.file, p.err)
		}
	}
	return b.String()
}

// Is makes errors.Is(err, fs.ErrNotExist) true where files are just missing.
func (e *filesError) Is(target error) bool {
	return target == fs.ErrNotExist && (e.present == 0 || slices.ContainsFunc(e.problems, func(p problem) bool { return p.err == nil }))
}

// damaged lists the names of the set's own files that are there but no good.
func (e *filesError) damaged(s Spec) []string {
	var names []string
	for _, f := range s.Files {
		for _, p := range e.problems {
			if p.err != nil && p.file == f.Name {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// candidates lists the paths at which a file may lie, the place of downloads
// first: in the set's folder, in folders that other programs use, or in the
// data directory itself; compressed or not. A data directory that is a file is
// that file, whatever it is called.
func candidates(root string, s Spec, f File) []string {
	if info, err := os.Stat(root); err == nil && info.Mode().IsRegular() {
		return []string{root}
	}
	names := append([]string{f.Name}, f.Also...)
	plain, packed := strings.CutSuffix(f.Name, ".gz")
	if packed {
		names = append(names, plain)
	}
	var out []string
	for _, folder := range folders(root, s) {
		for _, name := range names {
			out = append(out, filepath.Join(folder, name))
			if !packed && !isArchive(name) {
				out = append(out, filepath.Join(folder, name+".gz"))
			}
		}
	}
	return out
}

// isArchive reports names of files that are never packed a second time.
func isArchive(name string) bool {
	return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tar")
}

// folders lists the folders in which a set's files may lie.
func folders(root string, s Spec) []string {
	var out []string
	for _, folder := range append([]string{s.Name}, s.Folders...) {
		out = append(out, filepath.Join(root, folder))
	}
	if !s.namesakes {
		out = append(out, root)
	}
	return out
}

// readFiles reads and decodes all files of a set at once. Every file must pass
// decode; where a damaged one has an intact twin elsewhere, the twin is taken.
func readFiles[V any](root string, s Spec, decode func(i int, data []byte) (V, error)) ([]found[V], error) {
	out, errs := make([]found[V], len(s.Files)), make([]error, len(s.Files))
	var group sync.WaitGroup
	for i, f := range s.Files {
		group.Go(func() {
			out[i], errs[i] = readFile(candidates(root, s, f), f, func(data []byte) (V, error) { return decode(i, data) })
		})
	}
	group.Wait()
	bad := &filesError{set: s.Title, root: root, present: len(s.Files)}
	for i, err := range errs {
		if errors.Is(err, fs.ErrNotExist) {
			bad.problems = append(bad.problems, problem{file: s.Files[i].Name})
			bad.present--
		} else if err != nil {
			bad.problems = append(bad.problems, problem{s.Files[i].Name, err})
		}
	}
	if len(bad.problems) > 0 {
		return nil, bad
	}
	return out, nil
}

// readFile returns the first file of paths that decodes. Its error is that of
// the first file that is there, or fs.ErrNotExist.
func readFile[V any](paths []string, f File, decode func([]byte) (V, error)) (found[V], error) {
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
		if first == fs.ErrNotExist && !errors.Is(err, errNamesake) {
			first = fmt.Errorf("%w (%s)", err, path)
		}
	}
	return found[V]{}, first
}

func readOne[V any](path string, info fs.FileInfo, f File, decode func([]byte) (V, error)) (found[V], error) {
	data, err := readPlain(path, f)
	if err != nil {
		return found[V]{}, err
	}
	sum := sha256.Sum256(data)
	text := hex.EncodeToString(sum[:])
	published := text == f.SHA256
	if !published && known(text) {
		return found[V]{}, errNamesake
	}
	values, err := decode(data)
	if err != nil {
		return found[V]{}, fmt.Errorf("%d bytes, %d are published: %w", len(data), f.Size, err)
	}
	return found[V]{source{path, info, published}, values}, nil
}

// readPlain reads a file, and unpacks it if it has .gz behind its name that the
// published one has not. It reads no more than a published file may have.
func readPlain(path string, f File) ([]byte, error) {
	if !strings.HasSuffix(path, ".gz") || strings.HasSuffix(f.Name, ".gz") {
		return os.ReadFile(path)
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, archiveError(err)
	}
	data, err := readMember(z, max(64<<20, 10*f.Size))
	if err != nil {
		return nil, archiveError(err)
	}
	return data, nil
}

// errNamesake is a file of the right name that is another set's.
var errNamesake = errors.New("it is a file of another data set")

// known reports whether a published file has this SHA-256.
func known(sum string) bool {
	for _, s := range Specs() {
		for _, f := range s.Files {
			if f.SHA256 == sum {
				return true
			}
		}
	}
	return false
}
