package lesson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// course lays a source into a folder as notebooks/ has it.
func course(t *testing.T, src string) string {
	t.Helper()
	root := t.TempDir()
	save(t, filepath.Join(root, "src", "01-small.md"), src)
	return root
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string) *Notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func generate(t *testing.T, root string) []string {
	t.Helper()
	changed, err := Generate(root)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// execute puts outputs into a notebook, as a run does.
func execute(t *testing.T, path string) {
	t.Helper()
	nb := load(t, path)
	for i, cell := range nb.code() {
		n := i + 1
		cell.ExecutionCount = &n
		cell.Outputs = []any{map[string]any{
			"output_type": "stream", "name": "stdout", "text": []any{"<b> & ünïcode 字\n"},
			"metadata": map[string]any{"float": json.Number("0.10")},
		}}
	}
	data, err := nb.Encode()
	if err != nil {
		t.Fatal(err)
	}
	save(t, path, string(data))
}

func TestGenerateTwiceChangesNothing(t *testing.T) {
	root := course(t, small)
	if got := generate(t, root); len(got) != 2 {
		t.Fatalf("changed %v, want two notebooks", got)
	}
	if got := generate(t, root); len(got) != 0 {
		t.Errorf("the second time changed %v", got)
	}
}

func TestOutputsStayUntilCodeChanges(t *testing.T) {
	root := course(t, small)
	generate(t, root)
	en := filepath.Join(root, "en", "01-small.ipynb")
	execute(t, en)
	if got := generate(t, root); len(got) != 0 {
		t.Errorf("an executed notebook was changed: %v", got)
	}

	source := filepath.Join(root, "src", "01-small.md")
	save(t, source, strings.Replace(small, "Some text.", "Other text.", 1))
	generate(t, root)
	if nb := load(t, en); !nb.Executed() || !strings.Contains(nb.Cells[0].Source, "Other") {
		t.Errorf("after other prose: executed %v, cell %q", nb.Executed(), nb.Cells[0].Source)
	}

	save(t, source, strings.Replace(small, `"world"`, `"moon"`, 1))
	generate(t, root)
	if nb := load(t, en); nb.Executed() || len(nb.Cells[1].Outputs) != 0 {
		t.Error("outputs stayed though a code cell changed")
	}
}

func TestCheck(t *testing.T) {
	root := course(t, small)
	en, zh := filepath.Join(root, "en", "01-small.ipynb"), filepath.Join(root, "zh", "01-small.ipynb")
	wants := func(want string) {
		t.Helper()
		err := Check(root)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check says %v, want %q", err, want)
		}
	}
	wants("is not what its source makes")
	generate(t, root)
	wants("cells without results")
	execute(t, en)
	execute(t, zh)
	if err := Check(root); err != nil {
		t.Errorf("all is well, but: %v", err)
	}
	save(t, filepath.Join(root, "zh", "99-old.ipynb"), "{}")
	wants("has no source")
}

func TestCodeIsTheSameInBothLanguages(t *testing.T) {
	l := parse(t, small)
	sameCode(t, l)
}

// sameCode fails if the code of a lesson differs in more than the values of
// strings and the texts of comments.
func sameCode(t *testing.T, l *Lesson) {
	t.Helper()
	for _, cell := range l.Cells {
		if !cell.Code || isCellMagic(cell.Text[English]) {
			continue
		}
		en, zh := skeleton(t, cell.Text[English]), skeleton(t, cell.Text[Chinese])
		if en != zh {
			t.Errorf("%s, cell %s: the code differs\n%s\n%s", l.Name, cell.ID, en, zh)
		}
	}
}

func skeleton(t *testing.T, code string) string {
	t.Helper()
	tokens, err := scan(code)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, tok := range tokens {
		switch tok.tok.String() {
		case "STRING", "COMMENT":
			words = append(words, tok.tok.String())
		default:
			words = append(words, tok.lit)
		}
	}
	return strings.Join(words, " ")
}

func TestDecodeRefuses(t *testing.T) {
	for _, src := range []string{"", "{", `{"cells":[{"id":"a"}]}`, `{"cells":[{"id":"a","source":[1]}]}`} {
		if _, err := Decode([]byte(src)); err == nil {
			t.Errorf("Decode(%q) found nothing wrong", src)
		}
	}
}
