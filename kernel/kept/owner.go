package kept

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ownerFile says, in a notebook's folder, which notebook's it is.
const ownerFile = "notebook.json"

// maxKernels bounds how many kernels an owner file remembers.
const maxKernels = 8

// Notebook is who asks for a store.
type Notebook struct {
	File   string // the notebook's file, an absolute path
	Kernel string // an id of the kernel that no other kernel has; empty where unknown
}

// owner is what a folder knows of its notebook. The file's name alone does not
// tell a notebook: "Untitled.ipynb" is many in the course of a day. So the ids
// of the cells count too, which come along when a file is renamed, and the
// kernel, which runs a notebook before it was ever saved.
type owner struct {
	Notebook string    `json:"notebook"` // file name
	Kernels  []string  `json:"kernels"`  // the newest last
	Cells    []string  `json:"cells"`
	NoIDs    bool      `json:"no_ids,omitempty"` // a notebook of a format without cell ids
	Size     int64     `json:"size"`             // of the file when Cells was read
	Changed  time.Time `json:"changed"`
}

// Open returns the store of a notebook and notes in its folder that it is this
// notebook's. The values of a notebook that was renamed come along; those of
// another notebook that once had this name are put aside for it.
func Open(n Notebook) (Store, error) {
	s := ForNotebook(n.File)
	root := filepath.Dir(s.Dir)
	if err := os.MkdirAll(root, 0o777); err != nil {
		return s, err
	}
	unlock, err := lock(filepath.Join(root, ".lock"), func(string) <-chan struct{} { return timeUp() })
	if err != nil {
		return s, err
	}
	defer unlock()
	was, err := readOwner(s.Dir)
	me := look(n, was)
	if err == nil && me.is(was) {
		return s, s.claim(me, was)
	}
	if err == nil {
		if err := putAside(s.Dir); err != nil {
			return s, err
		}
	}
	was = owner{}
	if old, ok := findRenamed(root, me); ok {
		dropEmpty(s.Dir)
		if os.Rename(filepath.Join(root, old), s.Dir) == nil {
			was, _ = readOwner(s.Dir)
		}
	}
	return s, s.claim(me, was)
}

func timeUp() <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(10*time.Second, func() { close(c) })
	return c
}

// look finds out who n is. was saves reading a file that has not changed.
func look(n Notebook, was owner) owner {
	me := owner{Notebook: filepath.Base(n.File)}
	if n.Kernel != "" {
		me.Kernels = []string{n.Kernel}
	}
	info, err := os.Stat(n.File)
	if err != nil {
		return me
	}
	me.Size, me.Changed = info.Size(), info.ModTime()
	if me.Notebook == was.Notebook && me.Size == was.Size && me.Changed.Equal(was.Changed) {
		me.Cells, me.NoIDs = was.Cells, was.NoIDs
		return me
	}
	me.Cells, me.NoIDs = cellIDs(n.File)
	return me
}

// cellIDs reads the ids of a notebook's cells; old says that its format has
// none. A file that is not readable as a notebook has no cells.
func cellIDs(file string) (ids []string, old bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	var nb struct {
		Major int `json:"nbformat"`
		Minor int `json:"nbformat_minor"`
		Cells []struct {
			ID string `json:"id"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		return nil, false
	}
	for _, c := range nb.Cells {
		if c.ID != "" {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nb.Major < 4 || nb.Major == 4 && nb.Minor < 5
}

// is says whether both are the same notebook, as far as can be known.
func (o owner) is(was owner) bool {
	sameKernel := slices.ContainsFunc(o.Kernels, func(k string) bool { return slices.Contains(was.Kernels, k) })
	if sameKernel && (o.Notebook == was.Notebook || len(o.Cells) == 0 || len(was.Cells) == 0) {
		return true
	}
	if o.NoIDs && (was.NoIDs || len(was.Cells) == 0) {
		return o.Notebook == was.Notebook
	}
	shared := 0
	for _, c := range o.Cells {
		if _, ok := slices.BinarySearch(was.Cells, c); ok {
			shared++
		}
	}
	if o.Notebook == was.Notebook {
		return shared > 0 && 2*shared >= min(len(o.Cells), len(was.Cells))
	}
	// Two lessons may both have a cell "imports": a renamed one has most in
	// common.
	return 2*shared > max(len(o.Cells), len(was.Cells))
}

// claim writes down who owns the folder, where that is news.
func (s Store) claim(me, was owner) error {
	for _, k := range was.Kernels {
		if !slices.Contains(me.Kernels, k) {
			me.Kernels = slices.Insert(me.Kernels, max(len(me.Kernels)-1, 0), k)
		}
	}
	me.Kernels = me.Kernels[max(len(me.Kernels)-maxKernels, 0):]
	if len(me.Cells) == 0 {
		me.Cells = was.Cells // a file that cannot be read just now
	}
	if me.equal(was) {
		return nil
	}
	if err := s.prepare(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(me, "", " ")
	if err != nil {
		return err
	}
	part := filepath.Join(s.Dir, ".part-"+ownerFile)
	if err := os.WriteFile(part, append(data, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(s.Dir, ownerFile))
}

func (o owner) equal(p owner) bool {
	return o.Notebook == p.Notebook && o.NoIDs == p.NoIDs && o.Size == p.Size && o.Changed.Equal(p.Changed) &&
		slices.Equal(o.Kernels, p.Kernels) && slices.Equal(o.Cells, p.Cells)
}

// readOwner reads who owns a folder. A folder with values and no owner that can
// be read is nobody's, and so another's.
func readOwner(dir string) (o owner, err error) {
	data, err := os.ReadFile(filepath.Join(dir, ownerFile))
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	if err != nil && len(valueFiles(dir)) > 0 {
		return owner{}, nil
	}
	return o, err
}

func valueFiles(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(escape(dir), "*"+ext))
	return files
}

// putAside renames a folder whose notebook now has another name, so that
// findRenamed finds it when that notebook asks.
func putAside(dir string) error {
	for i := 1; ; i++ {
		aside := fmt.Sprintf("%s~%d", dir, i)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		err := os.Rename(dir, aside)
		if errors.Is(err, fs.ErrExist) && i < 1000 {
			continue
		}
		return err
	}
}

// findRenamed looks for a folder that is this notebook's by its cells or its
// kernel, and whose own file is gone or has become another notebook.
func findRenamed(root string, me owner) (name string, ok bool) {
	dirs, err := os.ReadDir(root)
	if err != nil {
		return "", false
	}
	folder := filepath.Dir(filepath.Dir(root))
	for _, d := range dirs {
		o, err := readOwner(filepath.Join(root, d.Name()))
		if !d.IsDir() || err != nil || !me.is(o) {
			continue
		}
		if o.Notebook != me.Notebook && look(Notebook{File: filepath.Join(folder, o.Notebook)}, owner{}).is(o) {
			continue // me is a copy
		}
		return d.Name(), true
	}
	return "", false
}
