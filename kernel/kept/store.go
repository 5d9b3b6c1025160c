package kept

import (
	"bytes"
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
	Dir string // it is made when something is kept
}

// ForNotebook is the folder of the notebook with this file, by its name alone;
// Open makes sure that it is this notebook's.
func ForNotebook(file string) Store {
	dir, base := filepath.Split(file)
	return Store{filepath.Join(dir, filepath.FromSlash(Dir), strings.TrimSuffix(base, ".ipynb"))}
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
	if h.Name != name || !bytes.Equal(h.Inputs, inputs) {
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
		Name: name, Type: t.String(), Schema: schema,
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
		return e.Damaged || e.Name != name
	})
	slices.SortStableFunc(all, func(a, b Entry) int { return b.Used.Compare(a.Used) })
	return all
}
