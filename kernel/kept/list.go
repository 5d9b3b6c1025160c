package kept

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Entry is one kept value as List shows it.
type Entry struct {
	Header
	Notebook string    // file name of the notebook, or what stands for it
	Path     string    // its file
	Size     int64     // of the file, in bytes
	Used     time.Time // when it was last kept or loaded
	Damaged  bool      // the header cannot be read: Name is then the file's name
}

// entries reads the headers of all the files of the store.
func (s Store) entries() ([]Entry, error) {
	files, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	notebook := filepath.Base(s.Dir)
	if o, err := readOwner(s.Dir); err == nil && o.Notebook != "" {
		notebook = o.Notebook
	}
	var out []Entry
	for _, f := range files {
		if filepath.Ext(f.Name()) != ext || !f.Type().IsRegular() {
			continue
		}
		if e, err := entry(filepath.Join(s.Dir, f.Name())); err == nil {
			e.Notebook = notebook
			out = append(out, e)
		}
	}
	return out, nil
}

func entry(path string) (Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Path: path, Size: info.Size(), Used: info.ModTime()}
	e.Header, err = readHeader(path)
	if errors.Is(err, ErrDamaged) {
		e.Damaged, e.Name, err = true, filepath.Base(path), nil
	}
	return e, err
}

// List returns what notebooks in dir and in the folders below it have kept,
// sorted by folder, notebook and name, the newest first. dir may also be a
// notebook's file. Hidden folders are not searched.
func List(dir string) ([]Entry, error) {
	stores, err := find(dir)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, s := range stores {
		es, err := s.entries()
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(es, func(a, b Entry) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), b.Built.Compare(a.Built))
		})
		out = append(out, es...)
	}
	return out, nil
}

// find lists the stores in dir and below.
func find(dir string) ([]Store, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return []Store{ForNotebook(dir)}, nil
	}
	var out []Store
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == dir {
				return err
			}
			return fs.SkipDir // a folder that may not be read holds nothing of ours
		}
		if !d.IsDir() {
			return nil
		}
		if path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		subs, _ := filepath.Glob(filepath.Join(escape(path), filepath.FromSlash(Dir), "*"))
		for _, sub := range subs {
			out = append(out, Store{sub})
		}
		return nil
	})
	return out, err
}

// escape keeps a path's own characters from meaning something to Glob.
func escape(path string) string {
	if filepath.Separator == '\\' {
		return path // there a backslash cannot escape; such names are rare
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// Remove deletes kept values in dir and below (see List): those with the given
// names, or all where no name is given. "10-mnist/model" and
// "10-mnist.ipynb/model" mean one notebook's. It returns what it removed; a
// name that nothing has is an error, after the others are removed.
func Remove(dir string, names ...string) ([]Entry, error) {
	all, err := List(dir)
	if err != nil {
		return nil, err
	}
	var removed []Entry
	hit := make([]bool, len(names))
	for _, e := range all {
		if !matches(e, names, hit) {
			continue
		}
		if err := os.Remove(e.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, fmt.Errorf("kept: %w", err)
		}
		removed = append(removed, e)
		dropEmpty(filepath.Dir(e.Path))
	}
	for i, ok := range hit {
		if !ok {
			return removed, fmt.Errorf("kept: nothing is kept under the name %q in %s", names[i], dir)
		}
	}
	return removed, nil
}

func matches(e Entry, names []string, hit []bool) bool {
	if len(names) == 0 {
		return true
	}
	found := false
	for i, n := range names {
		short := strings.TrimSuffix(e.Notebook, ".ipynb")
		if n == e.Name || n == e.Notebook+"/"+e.Name || n == short+"/"+e.Name {
			hit[i], found = true, true
		}
	}
	return found
}

// dropEmpty removes a notebook's folder once no value is left in it.
func dropEmpty(dir string) {
	if len(valueFiles(dir)) > 0 {
		return
	}
	_ = os.Remove(filepath.Join(dir, ".gitignore"))
	_ = os.Remove(filepath.Join(dir, ownerFile))
	_ = os.Remove(dir) // fails where a lock is still held in it, which is as well
}
