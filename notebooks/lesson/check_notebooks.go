package lesson

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Checked counts what CheckNotebooks looked at.
type Checked struct {
	Notebooks, Cells int
}

// CheckNotebooks runs go vet, and so the type checker, over every code cell of the given
// notebooks, without running any. Folders stand for the notebooks in them. repo
// is a folder in the checkout that provides the packages; env is the go
// command's environment, nil for this program's. The error joins all findings,
// each with the notebook, the cell and the line within it.
func CheckNotebooks(ctx context.Context, repo string, env []string, paths ...string) (Checked, error) {
	var done Checked
	files, err := notebooksIn(paths)
	if err != nil {
		return done, err
	}
	w, err := newWorkspace(repo)
	if err != nil {
		return done, err
	}
	defer os.RemoveAll(w.dir)
	if env != nil {
		w.env = env
	}
	var wrong []error
	for i, file := range files {
		n, err := w.addFile(i+1, file)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		done.Notebooks++
		done.Cells += n
	}
	return done, errors.Join(append(wrong, w.vet(ctx))...)
}

// addFile writes the programs of the i-th notebook.
func (w *workspace) addFile(i int, path string) (cells int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("lesson: %w", err)
	}
	nb, err := Decode(data)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	nb.nameCells()
	programs, err := Programs(path, nb)
	if err != nil {
		return 0, err
	}
	return len(programs), w.addPrograms(fmt.Sprintf("n%d", i), programs)
}

// nameCells gives code cells that have no id, or one that is taken, the number
// that they have in the notebook.
func (nb *Notebook) nameCells() {
	seen := map[string]bool{}
	for i, c := range nb.code() {
		if c.ID == "" || seen[c.ID] || strings.ContainsAny(c.ID, `/\ `) {
			c.ID = fmt.Sprintf("code-cell-%d", i+1)
		}
		seen[c.ID] = true
	}
}

// notebooksIn lists the notebooks that are meant by files and folders. Hidden
// folders, in which Jupyter keeps older copies, are passed over.
func notebooksIn(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("lesson: %w", err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && p != path && strings.HasPrefix(d.Name(), "."):
				return filepath.SkipDir
			case !d.IsDir() && filepath.Ext(p) == ".ipynb":
				files = append(files, p)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("lesson: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("lesson: there is no notebook (.ipynb) in %s", path)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}
