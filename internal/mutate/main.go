// Command mutate checks the checkers: it breaks the gradient of every layer of
// dlkit in turn, runs the tests that hold layers against Keras and finite
// differences, and reports every break that they do not notice.
//
//	go run ./internal/mutate            all gradients (some minutes)
//	go run ./internal/mutate -only gru  those in files or functions of that name
//
// A break multiplies one gradient by 1.05. There are two kinds: of each
// hand-written gradient (every input of every customVJP), and of each layer as
// a whole (the gradient that enters its Apply). Sources are not touched: the
// compiler gets the broken file through -overlay.
package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	only := flag.String("only", "", "break only gradients whose description holds this word")
	dir := flag.String("dir", "dlkit", "the package's folder")
	run := flag.String("run", ".", "the tests that must notice")
	list := flag.Bool("list", false, "list the breaks and stop")
	flag.Parse()

	mutants, err := findAll(*dir)
	if err != nil {
		log.Fatal(err)
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !strings.Contains(strings.ToLower(m.what), strings.ToLower(*only)) })
	missed := 0
	for i, m := range mutants {
		if *list {
			fmt.Println(m.what)
			continue
		}
		outcome, err := m.try(*dir, *run)
		if err != nil {
			log.Fatal(err)
		}
		if outcome == "MISSED" {
			missed++
		}
		fmt.Printf("%d/%d %-7s %s\n", i+1, len(mutants), outcome, m.what)
	}
	fmt.Printf("%d breaks, %d not noticed\n", len(mutants), missed)
	if missed > 0 {
		os.Exit(1)
	}
}

// mutant is one broken version of one file.
type mutant struct {
	what string
	file string
	text []byte
}

// helpers are added to the broken file's package.
const helpers = `package dlkit

import (
	"os"

	"github.com/gomlx/gomlx/core/graph"
)

// broken is v multiplied by 1.05; it leaves a mark that the tests came by.
func broken(v *graph.Node) *graph.Node {
	_ = os.WriteFile(os.Getenv("MUTATE_MARK"), nil, 0o600)
	return graph.MulScalar(v, 1.05)
}

// brokenGradient is x with its gradient multiplied by 1.05.
func brokenGradient(x *graph.Node) *graph.Node {
	return graph.IdentityWithCustomGradient(x, func(_, v *graph.Node) *graph.Node { return broken(v) })
}

// brokenBackward multiplies the gradient by input i by 1.05.
func brokenBackward(i int, backward func(y, dy *graph.Node) []*graph.Node) func(y, dy *graph.Node) []*graph.Node {
	return func(y, dy *graph.Node) []*graph.Node {
		grads := backward(y, dy)
		if i < len(grads) && grads[i] != nil {
			grads[i] = broken(grads[i])
		}
		return grads
	}
}
`

// findAll lists the breaks of a package.
func findAll(dir string) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found, err := find(file)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// find lists the breaks of a file.
func find(file string) ([]mutant, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		offset := func(p token.Pos) int { return fset.Position(p).Offset }
		if m, ok := breakApply(file, text, fn, offset); ok && !shadowed(text, fn, offset) {
			all = append(all, m)
		}
		all = append(all, breakBackwards(file, text, fn, fset)...)
	}
	return all, nil
}

// shadowed reports whether fn is the Apply of a layer that has an ApplyAll in
// the same file, which is what models then call.
func shadowed(text []byte, fn *ast.FuncDecl, offset func(token.Pos) int) bool {
	receiver := string(text[offset(fn.Recv.Pos()):offset(fn.Recv.End())])
	return fn.Name.Name == "Apply" && strings.Contains(string(text), "func "+receiver+" ApplyAll(")
}

// breakApply breaks what a layer's Apply or ApplyAll returns.
func breakApply(file string, text []byte, fn *ast.FuncDecl, offset func(token.Pos) int) (mutant, bool) {
	if fn.Recv == nil || (fn.Name.Name != "Apply" && fn.Name.Name != "ApplyAll") || fn.Type.Results == nil {
		return mutant{}, false
	}
	results := string(text[offset(fn.Type.Results.Pos()):offset(fn.Type.Results.End())])
	if strings.Trim(results, "()") != "*graph.Node" {
		return mutant{}, false // an optimizer's Apply
	}
	receiver := string(text[offset(fn.Recv.Pos()):offset(fn.Recv.End())])
	if strings.Contains(receiver, "Merge") && fn.Name.Name == "Apply" {
		return mutant{}, false
	}
	body, results1, results2 := offset(fn.Body.Lbrace)+1, offset(fn.Type.Results.Pos()), offset(fn.Type.Results.End())
	out := slices.Concat(text[:results1], []byte("(broken *graph.Node)"), text[results2:body],
		[]byte(" defer func() { broken = brokenGradient(broken) }(); "), text[body:])
	return mutant{fmt.Sprintf("%s: %s %s", filepath.Base(file), receiver, fn.Name.Name), file, out}, true
}

// breakBackwards breaks each gradient of each customVJP in a function.
func breakBackwards(file string, text []byte, fn *ast.FuncDecl, fset *token.FileSet) []mutant {
	var all []mutant
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "customVJP" {
			return true
		}
		inputs := len(call.Args) - 2
		if call.Ellipsis.IsValid() {
			inputs = 3 // most often with a bias as the third
		}
		start, end := fset.Position(call.Args[1].Pos()).Offset, fset.Position(call.Args[1].End()).Offset
		for i := range inputs {
			out := slices.Concat(text[:start], fmt.Appendf(nil, "brokenBackward(%d, ", i), text[start:end], []byte(")"), text[end:])
			what := fmt.Sprintf("%s:%d: %s, gradient by input %d", filepath.Base(file), fset.Position(call.Pos()).Line, fn.Name.Name, i)
			all = append(all, mutant{what, file, out})
		}
		return true
	})
	return all
}

// try runs the tests on the broken package: the break is "caught" if one fails,
// "unused" if none came by it (a third input where there are two), and
// otherwise "MISSED".
func (m mutant) try(dir, run string) (string, error) {
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	broken, extra, overlay := filepath.Join(tmp, "broken.go"), filepath.Join(tmp, "helpers.go"), filepath.Join(tmp, "overlay.json")
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	replace := fmt.Sprintf(`{"Replace": {%q: %q, %q: %q}}`, file, broken, filepath.Join(filepath.Dir(file), "zz_mutate.go"), extra)
	for path, text := range map[string]string{broken: string(m.text), extra: helpers, overlay: replace} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	mark := filepath.Join(tmp, "mark")
	cmd := exec.Command("go", "test", "-overlay", overlay, "-count=1", "-failfast", "-vet=off", "-run", run, "./"+filepath.ToSlash(dir))
	cmd.Env = append(os.Environ(), "MUTATE_MARK="+mark)
	out, err := cmd.CombinedOutput()
	_, reached := os.Stat(mark)
	switch {
	case err == nil && reached != nil:
		return "unused", nil
	case err == nil:
		return "MISSED", nil
	case !strings.Contains(string(out), "--- FAIL") && !strings.Contains(string(out), "panic:"):
		return "", fmt.Errorf("%s: the tests did not run: %w\n%s", m.what, err, out)
	}
	return "caught", nil
}
