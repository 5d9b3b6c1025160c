package kept

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	ext     = ".kept"
	lockExt = ".lock"
	maxName = 100
	// variants is how many values of one name stay, each with its own inputs:
	// enough to go back and forth between a few settings, few enough to bound
	// the disk space.
	variants = 4
)

// Dir is the folder, beside a notebook, under which each notebook has a folder
// of its own.
const Dir = ".fromzero/keep"

// Store is the folder of one notebook's kept values.
type Store struct {
	Dir      string // the folder; it is made when something is kept
	Notebook string // whose values: a file with another notebook's name in it is not read
}

// ErrNone is returned where nothing is kept under a name with these inputs.
var ErrNone = errors.New("nothing kept")

// TypeError says that a value was kept as another Go type than the one asked
// for.
type TypeError struct{ Kept, Want string }

func (e *TypeError) Error() string {
	if e.Kept == e.Want {
		return fmt.Sprintf("it was kept as %s with other fields", e.Kept)
	}
	return fmt.Sprintf("it was kept as %s, not %s", e.Kept, e.Want)
}

// CheckName refuses names that no file can be named for.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty: give the value a short name of its own, such as \"model\"")
	case len(name) > maxName:
		return fmt.Errorf("the name has %d bytes: %d at most", len(name), maxName)
	}
	return nil
}

// Path is where the value of this name and these inputs (see Canonical) lies.
func (s Store) Path(name string, inputs []byte) string {
	key := hash(append([]byte(name+"\x00"), inputs...))
	return filepath.Join(s.Dir, safe(name)+"."+key[:12]+ext)
}

// safe turns a name into the start of a file name: letters and digits stay.
func safe(name string) string {
	out := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_", r) {
			return r
		}
		return '_'
	}, name)
	return out
}

// Load decodes the value of this name and these inputs into v, a pointer that
// is left as it is unless all went well. The error is ErrNone where there is no
// such value, a *TypeError where it is of another type, and wraps ErrDamaged
// where the file is.
func (s Store) Load(name string, inputs []byte, v any) (Header, error) {
	path := s.Path(name, inputs)
	h, err := readHeader(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, ErrNone
	}
	if err != nil {
		return h, err
	}
	if h.Name != name || h.Notebook != s.Notebook || !bytes.Equal(h.Inputs, inputs) {
		return h, ErrNone // another value whose file happens to be named so
	}
	t := reflect.TypeOf(v).Elem()
	schema, err := Schema(t)
	if err != nil {
		return h, err
	}
	if h.Type != t.String() || h.Schema != schema {
		return h, &TypeError{Kept: h.Type, Want: t.String()}
	}
	got, err := readValue(path, t)
	if err != nil {
		return h, err
	}
	reflect.ValueOf(v).Elem().Set(got.Elem())
	now := time.Now()
	_ = os.Chtimes(path, now, now) // used just now: of the variants the last to go
	return h, nil
}

// Save writes the value at v, a pointer, with what it was built from and how
// long that took. It returns the file's size. The oldest of too many variants
// of the name goes.
func (s Store) Save(name string, inputs []byte, v any, built time.Time, took time.Duration) (int64, error) {
	t := reflect.TypeOf(v).Elem()
	schema, err := Schema(t)
	if err == nil {
		err = Check(reflect.ValueOf(v))
	}
	if err != nil {
		return 0, &EncodeError{err}
	}
	if err := s.prepare(); err != nil {
		return 0, err
	}
	size, err := write(s.Path(name, inputs), Header{
		Notebook: s.Notebook, Name: name, Type: t.String(), Schema: schema,
		Inputs: json.RawMessage(inputs), Built: built, Took: took,
	}, v)
	if err == nil {
		s.prune(name)
	}
	return size, err
}

// prepare makes the folder, and keeps it out of version control.
func (s Store) prepare() error {
	if err := os.MkdirAll(s.Dir, 0o777); err != nil {
		return err
	}
	ignore := filepath.Join(s.Dir, ".gitignore")
	if _, err := os.Stat(ignore); err == nil {
		return nil
	}
	return os.WriteFile(ignore, []byte("*\n"), 0o666)
}

// prune lets only the newest variants of a name stay.
func (s Store) prune(name string) {
	all := s.variants(name)
	for _, e := range all[min(variants, len(all)):] {
		_ = os.Remove(e.Path)
	}
}

// Last returns the entry of this name that was kept or used last, whatever its
// inputs; ok is false where there is none.
func (s Store) Last(name string) (e Entry, ok bool) {
	all := s.variants(name)
	if len(all) == 0 {
		return e, false
	}
	return all[0], true
}

// variants lists the readable entries of a name, the last used first.
func (s Store) variants(name string) []Entry {
	all, err := s.entries()
	if err != nil {
		return nil
	}
	all = slices.DeleteFunc(all, func(e Entry) bool {
		return e.Damaged || e.Name != name || e.Notebook != s.Notebook
	})
	slices.SortStableFunc(all, func(a, b Entry) int { return b.Used.Compare(a.Used) })
	return all
}

// Entry is one kept value as List shows it.
type Entry struct {
	Header
	Path    string    // its file
	Size    int64     // of the file, in bytes
	Used    time.Time // when it was last kept or loaded
	Damaged bool      // the header cannot be read: Name is then the file's name
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
	var out []Entry
	for _, f := range files {
		if filepath.Ext(f.Name()) != ext || !f.Type().IsRegular() {
			continue
		}
		if e, err := entry(filepath.Join(s.Dir, f.Name())); err == nil {
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
		e.Damaged, e.Name = true, filepath.Base(path)
		e.Notebook = filepath.Base(filepath.Dir(path))
		err = nil
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
			out = append(out, Store{Dir: sub})
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

// ForNotebook is the store of the notebook with this file.
func ForNotebook(file string) Store {
	dir, base := filepath.Split(file)
	return Store{
		Dir:      filepath.Join(dir, filepath.FromSlash(Dir), strings.TrimSuffix(base, ".ipynb")),
		Notebook: base,
	}
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
	if left, _ := filepath.Glob(filepath.Join(escape(dir), "*"+ext)); len(left) > 0 {
		return
	}
	_ = os.Remove(filepath.Join(dir, ".gitignore"))
	_ = os.Remove(dir) // fails where a lock is still held in it, which is as well
}
