package kept

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// course is a folder of notebooks; cells are given by their ids.
type course struct {
	t   *testing.T
	dir string
}

func (c course) file(name string) string { return filepath.Join(c.dir, name) }

func (c course) write(name string, cells ...string) {
	c.t.Helper()
	minor := 5
	var list []string
	for _, id := range cells {
		if id == "old format" {
			minor = 4
			continue
		}
		list = append(list, fmt.Sprintf(`{"cell_type":"code","id":%q,"source":[],"outputs":[]}`, id))
	}
	text := fmt.Sprintf(`{"cells":[%s],"metadata":{},"nbformat":4,"nbformat_minor":%d}`, strings.Join(list, ","), minor)
	if err := os.WriteFile(c.file(name), []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

func (c course) rename(from, to string) {
	c.t.Helper()
	if err := os.Rename(c.file(from), c.file(to)); err != nil {
		c.t.Fatal(err)
	}
}

func (c course) open(name, kernel string) Store {
	c.t.Helper()
	s, err := Open(Notebook{File: c.file(name), Kernel: kernel})
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// keep keeps the text under the name "v".
func (c course) keep(name, kernel, text string) {
	c.t.Helper()
	save(c.t, c.open(name, kernel), "v", "null", &text)
}

func (c course) wants(name, kernel, want string) {
	c.t.Helper()
	got := ""
	_, _ = c.open(name, kernel).Load("v", []byte("null"), &got)
	if got != want {
		c.t.Errorf("%s of kernel %s finds %q, want %q", name, kernel, got, want)
	}
}

func newCourse(t *testing.T) course { return course{t, t.TempDir()} }

func TestOwnerIsTheNotebookNotItsName(t *testing.T) {
	c := newCourse(t)
	c.write("Untitled.ipynb", "a", "b", "c")
	c.keep("Untitled.ipynb", "1", "first")
	c.wants("Untitled.ipynb", "2", "first") // opened anew
	c.write("Untitled.ipynb", "a", "b", "d", "e")
	c.wants("Untitled.ipynb", "3", "first") // edited

	c.rename("Untitled.ipynb", "mnist.ipynb")
	c.write("Untitled.ipynb", "x")
	c.wants("Untitled.ipynb", "4", "") // a new one of the old name
	c.keep("Untitled.ipynb", "4", "second")
	c.wants("mnist.ipynb", "5", "first") // values follow the rename
	c.wants("Untitled.ipynb", "6", "second")

	c.rename("Untitled.ipynb", "other.ipynb")
	c.wants("other.ipynb", "7", "second") // before anybody else has the name
}

func TestOwnerRenamedBack(t *testing.T) {
	c := newCourse(t)
	c.write("a.ipynb", "a")
	c.keep("a.ipynb", "1", "first")
	c.rename("a.ipynb", "b.ipynb")
	c.write("a.ipynb", "x")
	c.keep("a.ipynb", "2", "second")
	c.rename("a.ipynb", "c.ipynb")
	c.rename("b.ipynb", "a.ipynb")
	c.wants("a.ipynb", "3", "first")
	c.wants("c.ipynb", "4", "second")
}

// A notebook that was not saved yet has no cells on disk: its kernel knows it.
func TestOwnerOfWhatIsNotSaved(t *testing.T) {
	c := newCourse(t)
	c.write("Untitled.ipynb")
	c.keep("Untitled.ipynb", "1", "first")
	c.wants("Untitled.ipynb", "1", "first")
	c.write("Untitled.ipynb", "a")
	c.wants("Untitled.ipynb", "1", "first") // saved: now the cells are known
	c.wants("Untitled.ipynb", "2", "first")
	c.write("Untitled.ipynb")
	c.wants("Untitled.ipynb", "3", "") // a new one

	c.keep("gone.ipynb", "8", "no file")
	c.wants("gone.ipynb", "8", "no file")
	c.wants("gone.ipynb", "9", "")
}

// A kernel may be given to another notebook.
func TestOwnerOfAKernelThatMoved(t *testing.T) {
	c := newCourse(t)
	c.write("a.ipynb", "a")
	c.keep("a.ipynb", "1", "first")
	c.write("b.ipynb", "b")
	c.wants("b.ipynb", "1", "")
	if err := os.Remove(c.file("a.ipynb")); err != nil {
		t.Fatal(err)
	}
	c.wants("b.ipynb", "1", "")
}

func TestOwnerCopies(t *testing.T) {
	c := newCourse(t)
	c.write("a.ipynb", "a", "b")
	c.keep("a.ipynb", "1", "first")
	c.write("copy.ipynb", "a", "b")
	c.wants("copy.ipynb", "2", "")
	c.keep("copy.ipynb", "2", "second")
	c.wants("a.ipynb", "3", "first")
	c.wants("copy.ipynb", "4", "second")
}

// Lessons may name their cells alike.
func TestOwnerLessonsAreNoRenames(t *testing.T) {
	c := newCourse(t)
	c.write("10.ipynb", "imports", "data", "mnist", "train")
	c.keep("10.ipynb", "1", "first")
	if err := os.Remove(c.file("10.ipynb")); err != nil {
		t.Fatal(err)
	}
	c.write("20.ipynb", "imports", "data", "cifar", "augment")
	c.wants("20.ipynb", "2", "")
	c.write("30.ipynb", "imports", "data")
	c.wants("30.ipynb", "3", "")
}

// One cell carried over from another notebook does not make it the same.
func TestOwnerSharesLittle(t *testing.T) {
	c := newCourse(t)
	c.write("a.ipynb", "a", "b", "c", "d")
	c.keep("a.ipynb", "1", "first")
	c.write("a.ipynb", "w", "x", "y", "a")
	c.wants("a.ipynb", "2", "")
}

func TestOwnerWithoutCellIDs(t *testing.T) {
	c := newCourse(t)
	c.write("old.ipynb", "old format")
	c.keep("old.ipynb", "1", "first")
	c.wants("old.ipynb", "2", "first")
	c.write("old.ipynb", "a")
	c.wants("old.ipynb", "3", "")
}

func TestOwnerUnknown(t *testing.T) {
	c := newCourse(t)
	c.write("a.ipynb", "a")
	c.keep("a.ipynb", "1", "first")
	s := ForNotebook(c.file("a.ipynb"))
	if err := os.Remove(filepath.Join(s.Dir, ownerFile)); err != nil {
		t.Fatal(err)
	}
	c.wants("a.ipynb", "1", "")
	if all, err := List(c.dir); err != nil || len(all) != 1 || all[0].Notebook != "a~1" {
		t.Errorf("%+v, %v", all, err)
	}
}
