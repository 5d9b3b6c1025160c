package lesson

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Programs returns, for every code cell of a notebook, the Go program that the
// kernel makes of it: all declarations of the cells so far and this cell's main.
// A declaration replaces an earlier one of the same name. Cells that are not Go,
// or that are tagged raises-exception because they are meant to fail, are left
// out and their declarations forgotten. name appears in the positions of errors.
func Programs(name string, nb *Notebook) ([]Program, error) {
	var known declarations
	var out []Program
	for _, cell := range nb.code() {
		if isCellMagic(cell.Source) || slices.Contains(cell.Tags, "raises-exception") {
			continue
		}
		label := name + "[" + cell.ID + "]"
		main, err := known.add(label, cell.Source)
		if err != nil {
			return nil, fmt.Errorf("lesson: %w", err)
		}
		out = append(out, Program{Cell: cell.ID, Source: known.program(main)})
	}
	return out, nil
}

// Program is a cell as the Go program that runs it.
type Program struct {
	Cell   string // its id
	Source string // of main.go, with the lines of the cells in //line comments
}

// declaration is a piece of Go under the names that it declares.
type declaration struct {
	names []string
	text  string
}

// declarations are those of the cells so far, in order.
type declarations struct {
	imports []importSpec
	decls   []declaration
}

type importSpec struct{ name, spec string }

var initName = regexp.MustCompile(`^func init_\w*`)

// add remembers the declarations of a cell and returns its func main, "" if it
// has none.
func (d *declarations) add(label, code string) (main string, err error) {
	src := "package main;" + asGo(code) // on one line, so that line numbers stay
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, label, src, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	text := func(from, to token.Pos) string {
		line := files.Position(from).Line
		return fmt.Sprintf("//line %s:%d\n%s\n", label, line, src[files.Position(from).Offset:files.Position(to).Offset])
	}
	for _, spec := range file.Imports {
		d.addImport(spec)
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			t := text(decl.Pos(), decl.End())
			if decl.Recv == nil && decl.Name.Name == "main" {
				main = t
				continue
			}
			d.put(declaration{[]string{funcKey(decl)}, t})
		case *ast.GenDecl:
			if decl.Tok != token.IMPORT {
				d.putAll(decl, text)
			}
		}
	}
	return main, nil
}

// asGo turns the lines for GoNB into Go or blanks, one for one.
func asGo(code string) string {
	lines := strings.Split(code, "\n")
	open := false
	for i, line := range lines {
		switch {
		case isMain(line):
			lines[i], open = "func main() {", true
		case isMagic(line):
			lines[i] = ""
		}
	}
	if open {
		lines = append(lines, "}")
	}
	return strings.Join(lines, "\n")
}

func (d *declarations) addImport(spec *ast.ImportSpec) {
	importPath, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
	s := importSpec{name: packageName(importPath), spec: spec.Path.Value}
	if spec.Name != nil {
		s = importSpec{name: spec.Name.Name, spec: spec.Name.Name + " " + spec.Path.Value}
	}
	if s.name != "_" && s.name != "." {
		d.imports = slices.DeleteFunc(d.imports, func(old importSpec) bool { return old.name == s.name })
	}
	if !slices.Contains(d.imports, s) {
		d.imports = append(d.imports, s)
	}
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// packageName guesses a package's name from its path: math/rand/v2 is rand.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if dir := path.Dir(importPath); majorVersion.MatchString(name) && dir != "." {
		return path.Base(dir)
	}
	return name
}

// putAll stores var and type specs one by one, and a const group as a whole:
// its values may count with iota.
func (d *declarations) putAll(decl *ast.GenDecl, text func(from, to token.Pos) string) {
	if decl.Tok == token.CONST || !decl.Lparen.IsValid() {
		var names []string
		for _, spec := range decl.Specs {
			names = append(names, specNames(spec)...)
		}
		d.put(declaration{names, text(decl.Pos(), decl.End())})
		return
	}
	for _, spec := range decl.Specs {
		line, body, _ := strings.Cut(text(spec.Pos(), spec.End()), "\n")
		d.put(declaration{specNames(spec), line + "\n" + decl.Tok.String() + " " + body})
	}
}

// put replaces whatever declared one of the names.
func (d *declarations) put(decl declaration) {
	d.decls = slices.DeleteFunc(d.decls, func(old declaration) bool {
		return slices.ContainsFunc(decl.names, func(name string) bool {
			return name != "_" && slices.Contains(old.names, name)
		})
	})
	d.decls = append(d.decls, decl)
}

// program writes main.go. Imports that nothing uses are left out, as GoNB does
// by way of goimports.
func (d *declarations) program(main string) string {
	if main == "" {
		main = "func main() {}\n"
	}
	var body strings.Builder
	for _, decl := range d.decls {
		first, rest, _ := strings.Cut(decl.text, "\n")
		body.WriteString(first + "\n" + initName.ReplaceAllString(rest, "func init") + "\n")
	}
	body.WriteString(main)
	used := selected(body.String())
	var out strings.Builder
	out.WriteString("package main\n\n")
	for _, imp := range d.imports {
		if imp.name == "_" || imp.name == "." || used[imp.name] {
			out.WriteString("import " + imp.spec + "\n")
		}
	}
	return out.String() + "\n" + body.String()
}

// selected lists the names x of every x.y in the code.
func selected(body string) map[string]bool {
	used := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main;"+body, parser.SkipObjectResolution)
	if err != nil {
		return used // cannot be: every piece was parsed before
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	return used
}

func specNames(spec ast.Spec) []string {
	var names []string
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = append(names, spec.Name.Name)
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

// funcKey tells a method from a function, and from another type's method.
func funcKey(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return decl.Name.Name
	}
	t := decl.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "." + decl.Name.Name
	}
	return "?." + decl.Name.Name
}
