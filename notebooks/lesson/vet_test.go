package lesson

import (
	"strings"
	"testing"
)

func programs(t *testing.T, cells ...string) []Program {
	t.Helper()
	nb := &Notebook{}
	for i, code := range cells {
		nb.Cells = append(nb.Cells, NotebookCell{Type: "code", ID: string(rune('a' + i)), Source: code})
	}
	ps, err := Programs("nb", nb)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestProgramsCarryDeclarationsOver(t *testing.T) {
	ps := programs(t,
		"%noautoget\nimport (\n\t\"fmt\"\n\t\"os\"\n)",
		"func f() int { return 1 }\n\n%%\nfmt.Println(f())",
		"func f() int { return 2 }\n\ntype T struct{}\n\nfunc (T) f() {}\n\n%%\nos.Exit(f())",
		"!echo hi\n%%\nfmt.Println(f(), T{})",
	)
	want := []struct{ has, not []string }{
		{has: []string{"func main() {}"}, not: []string{"fmt", "os"}},
		{has: []string{`import "fmt"`, "return 1", "//line nb[b]:3\nfunc main() {\nfmt.Println(f())\n}"}, not: []string{`"os"`}},
		{has: []string{`import "os"`, "return 2", "func (T) f() {}"}, not: []string{"return 1", `"fmt"`, "Println"}},
		{has: []string{"return 2", "//line nb[d]:2\nfunc main()"}, not: []string{"echo", "Exit"}},
	}
	for i, w := range want {
		for _, s := range w.has {
			if !strings.Contains(ps[i].Source, s) {
				t.Errorf("program %d lacks %q:\n%s", i, s, ps[i].Source)
			}
		}
		for _, s := range w.not {
			if strings.Contains(ps[i].Source, s) {
				t.Errorf("program %d has %q:\n%s", i, s, ps[i].Source)
			}
		}
	}
}

func TestProgramsGroupsAndInit(t *testing.T) {
	ps := programs(t,
		"var (\n\ta = 1\n\tb = 2\n)\n\nconst (\n\tx = iota\n\ty\n)\n\nfunc init_seed() {}",
		"var a = 3\n\n%%bash is not at the top",
		"%%bash\necho not Go",
	)
	if len(ps) != 2 {
		t.Fatalf("%d programs, want 2: a shell cell is none", len(ps))
	}
	last := ps[1].Source
	for _, s := range []string{"var b = 2", "var a = 3", "x = iota\n\ty", "func init() {}"} {
		if !strings.Contains(last, s) {
			t.Errorf("program lacks %q:\n%s", s, last)
		}
	}
	if strings.Contains(last, "a = 1") {
		t.Errorf("the old a is still there:\n%s", last)
	}
}

func TestPackageNames(t *testing.T) {
	for path, want := range map[string]string{"fmt": "fmt", "math/rand/v2": "rand", "example.com/v2/x": "x", "v2": "v2"} {
		if got := packageName(path); got != want {
			t.Errorf("%s is taken for package %s; want %s", path, got, want)
		}
	}
}

func TestProgramsNameTheCellOfASyntaxError(t *testing.T) {
	nb := &Notebook{Cells: []NotebookCell{{Type: "code", ID: "broken", Source: "%%\nx := := 1"}}}
	_, err := Programs("nb", nb)
	if err == nil || !strings.Contains(err.Error(), "nb[broken]:2") {
		t.Errorf("error is %v, want one at nb[broken]:2", err)
	}
}

func TestVetFindsTheCell(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go vet")
	}
	root := course(t, "```go imports\nimport \"fmt\"\n```\n\n"+
		"```go bad\nfunc f() int { return \"one\" }\n\n%%\nfmt.Printf(\"%d\\n\", \"two\")\n```\n\n"+
		"```go after\n%%\nfmt.Println(f())\n```\n")
	save(t, root+"/go.mod", "module x\n\ngo 1.27\n")
	err := Vet(t.Context(), root)
	if err == nil {
		t.Fatal("Vet found nothing")
	}
	text := err.Error()
	if !strings.Contains(text, "\nen/01-small[bad]:1:") || !strings.Contains(text, "\nzh/01-small[bad]:1:") {
		t.Errorf("the finding does not name its cell:\n%s", text)
	}
	if strings.Count(text, "\"one\"") != 2 {
		t.Errorf("a finding is repeated:\n%s", text)
	}
}
