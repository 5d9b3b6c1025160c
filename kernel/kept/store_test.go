package kept

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var built = time.Date(2026, 11, 2, 15, 4, 5, 0, time.UTC)

func store(t *testing.T) Store {
	return ForNotebook(filepath.Join(t.TempDir(), "10-mnist.ipynb"))
}

func save(t *testing.T, s Store, name, inputs string, v any) {
	t.Helper()
	if _, err := s.Save(name, []byte(inputs), v, built, 3*time.Second); err != nil {
		t.Fatal(err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	s := store(t)
	inputs, err := Canonical(map[string]string{"text": "<a> & \u2028"})
	if err != nil {
		t.Fatal(err)
	}
	in := trained{Model: &model{[]byte{1, 2, 3}}, Acc: []float64{0.5, 0.97}}
	save(t, s, "two words/model", string(inputs), &in)

	var out trained
	h, err := s.Load("two words/model", inputs, &out)
	if err != nil {
		t.Fatal(err)
	}
	if string(out.Model.w) != "\x01\x02\x03" || out.Acc[1] != 0.97 {
		t.Errorf("got %+v", out)
	}
	if !h.Built.Equal(built) || h.Took != 3*time.Second || h.Type != "kept.trained" {
		t.Errorf("header %+v", h)
	}
}

// What a type's own methods write comes back alone, behind a pointer, in a
// struct, in lists and maps.
func TestCarriesMarshalers(t *testing.T) {
	m := &model{[]byte("weights")}
	carry(t, m, func(got *model) bool { return string(got.w) == "weights" })
	carry(t, *m, func(got model) bool { return string(got.w) == "weights" })
	carry(t, []*model{m, m}, func(got []*model) bool { return string(got[1].w) == "weights" })
	carry(t, map[string]*model{"a": m}, func(got map[string]*model) bool { return string(got["a"].w) == "weights" })
	carry(t, struct{ M model }{*m}, func(got struct{ M model }) bool { return string(got.M.w) == "weights" })
	carry(t, &trained{Model: m}, func(got *trained) bool { return string(got.Model.w) == "weights" && got.Acc == nil })
	carry(t, trained{}, func(got trained) bool { return got.Model == nil })
	carry(t, 5, func(got int) bool { return got == 5 })
	carry(t, time.Unix(5, 0), func(got time.Time) bool { return got.Unix() == 5 })
	carry(t, []float32{1, 2}, func(got []float32) bool { return len(got) == 2 && got[1] == 2 })
}

func carry[T any](t *testing.T, v T, good func(T) bool) {
	t.Helper()
	s := store(t)
	save(t, s, "v", "null", &v)
	var got T
	if _, err := s.Load("v", []byte("null"), &got); err != nil || !good(got) {
		t.Errorf("%T: got %v, %v", v, got, err)
	}
}

func TestLoadFindsNothing(t *testing.T) {
	s := store(t)
	v := 7
	save(t, s, "n", "1", &v)
	var got int
	for name, err := range map[string]error{
		"other name":   second(s.Load("m", []byte("1"), &got)),
		"other inputs": second(s.Load("n", []byte("2"), &got)),
	} {
		if !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A file that has another's name holds another's value.
	if err := os.Rename(s.Path("n", []byte("1")), s.Path("n", []byte("2"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("n", []byte("2"), &got); !errors.Is(err, ErrNone) {
		t.Errorf("moved file: %v", err)
	}
	save(t, s, "n", "1", &v)
	var text string
	var other *TypeError
	if _, err := s.Load("n", []byte("1"), &text); !errors.As(err, &other) || other.Kept != "int" || other.Want != "string" {
		t.Errorf("other type: %v", err)
	}
}

func second[A any](_ A, err error) error { return err }

func TestLoadOtherFields(t *testing.T) {
	s := store(t)
	type result struct{ Acc float64 }
	save(t, s, "r", "null", &result{0.9})
	func() {
		type result struct{ Acc, Loss float64 }
		var r result
		var other *TypeError
		_, err := s.Load("r", []byte("null"), &r)
		if !errors.As(err, &other) || !strings.Contains(err.Error(), "with other fields") {
			t.Errorf("got %v", err)
		}
	}()
}

// Every way of damaging a file must be noticed, and must leave the value alone.
func TestDamage(t *testing.T) {
	s := store(t)
	v := "value"
	save(t, s, "n", "null", &v)
	path := s.Path("n", []byte("null"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		got := "untouched"
		if _, err := s.Load("n", []byte("null"), &got); err == nil || got != "untouched" {
			t.Errorf("%s: loaded %.20q, error %v", what, got, err)
		}
	}
	for n := range whole {
		check("cut short", whole[:n])
	}
	check("longer", append(whole[:len(whole):len(whole)], 0))
	for at := range whole {
		bad := append([]byte{}, whole...)
		bad[at] ^= 4
		check("one bit", bad)
	}
	check("a web page", []byte("<html>\n<body>not found</body>\n</html>\n"))
}

func TestSaveLeavesTheOldFileWhenItFails(t *testing.T) {
	s := store(t)
	old := any("old")
	save(t, s, "n", "null", &old)
	bad := any(struct{ X any }{X: opaque{}}) // not registered, and half a marshaler
	_, err := s.Save("n", []byte("null"), &bad, built, 0)
	var refused *EncodeError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	var got any
	if _, err := s.Load("n", []byte("null"), &got); err != nil || got != "old" {
		t.Errorf("got %v, %v", got, err)
	}
	files, _ := os.ReadDir(s.Dir)
	if len(files) != 2 { // the value and .gitignore
		t.Errorf("left behind: %v", files)
	}
}

func TestVariants(t *testing.T) {
	s := store(t)
	for i := range variants + 3 {
		save(t, s, "n", string(rune('0'+i)), &i)
		past := time.Now().Add(time.Duration(i-100) * time.Minute)
		if err := os.Chtimes(s.Path("n", []byte{byte('0' + i)}), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if all := s.variants("n"); len(all) != variants {
		t.Errorf("%d variants stay", len(all))
	}
	var got int
	if _, err := s.Load("n", []byte("0"), &got); !errors.Is(err, ErrNone) {
		t.Errorf("the oldest is still there: %v", err)
	}
	if _, err := s.Load("n", []byte("4"), &got); err != nil || got != 4 {
		t.Errorf("got %d, %v", got, err)
	}
	if last, ok := s.Last("n"); !ok || string(last.Inputs) != "4" {
		t.Errorf("last used: %s", last.Inputs)
	}
}

func TestListAndRemove(t *testing.T) {
	dir := t.TempDir()
	v := 1
	for _, file := range []string{"en/10-mnist.ipynb", "en/[x] y.ipynb", "zh/10-mnist.ipynb"} {
		s := ForNotebook(filepath.Join(dir, file))
		save(t, s, "model", "null", &v)
		save(t, s, "data", `{"N":1}`, &v)
	}
	damaged := filepath.Join(dir, "zh", Dir, "10-mnist", "old.kept")
	if err := os.WriteFile(damaged, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	all, err := List(dir)
	if err != nil || len(all) != 7 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	e := all[0]
	if e.Name != "data" || e.Notebook != "10-mnist" || e.Size == 0 || string(e.Inputs) != `{"N":1}` || e.Damaged {
		t.Errorf("first entry %+v", e)
	}
	if one, err := List(filepath.Join(dir, "en", "10-mnist.ipynb")); err == nil && len(one) != 0 {
		t.Errorf("a notebook that is not there lists %d", len(one))
	}
	if gone, err := Remove(dir, "10-mnist/model"); err != nil || len(gone) != 2 {
		t.Errorf("removed %d, %v", len(gone), err)
	}
	if _, err := Remove(dir, "data", "nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("an unknown name: %v", err)
	}
	if gone, err := Remove(dir); err != nil || len(gone) != 2 { // en's other model, zh's damaged file
		t.Errorf("removed %d, %v", len(gone), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "zh", Dir, "10-mnist")); !os.IsNotExist(err) {
		t.Errorf("the empty folder stays: %v", err)
	}
	if _, err := List(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there: no error")
	}
}

func TestLock(t *testing.T) {
	s := store(t)
	never := func(holder string) <-chan struct{} {
		t.Errorf("waits for %s", holder)
		return nil
	}
	unlock, err := s.Lock("n", never)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Lock("m", never)
	if err != nil {
		t.Fatal(err)
	}
	other()

	stop := make(chan struct{})
	close(stop)
	var holder string
	_, err = s.Lock("n", func(h string) <-chan struct{} { holder = h; return stop })
	if !errors.Is(err, ErrStopped) || !strings.HasPrefix(holder, "process ") {
		t.Errorf("got %v, held by %q", err, holder)
	}

	got := make(chan error)
	go func() {
		unlock, err := s.Lock("n", func(string) <-chan struct{} { go unlock(); return make(chan struct{}) })
		if err == nil {
			unlock()
		}
		got <- err
	}()
	if err := <-got; err != nil {
		t.Error(err)
	}
	if files, _ := filepath.Glob(filepath.Join(s.Dir, "*.lock")); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}
