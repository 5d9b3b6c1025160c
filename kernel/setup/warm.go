package setup

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// cellPackages are the library's packages that cells may import.
var cellPackages = []string{"tensor", "datasets", "dlkit", "kernel", "plotting"}

// warmStep builds one program with every package that a notebook uses, exactly
// as the kernel builds cells: in a workspace of a module and the checkout. Then
// the first cell finds them compiled. With a warm cache only the link is left.
func (in *installer) warmStep() step {
	return step{name: "cache", what: "compiling what cells import, so that the first one is quick", quick: true,
		make: func(ctx context.Context) (string, error) {
			imports := in.libraryImports()
			all := slices.Compact(slices.Sorted(slices.Values(append(in.notebookImports(), imports...))))
			// A notebook that somebody is working on may import what is not there.
			if in.warm(ctx, all) == nil {
				return fmt.Sprintf("%d packages that cells import are compiled", len(all)), nil
			}
			if err := in.warm(ctx, imports); err != nil {
				return "", err
			}
			return "the library is compiled; some package that a notebook imports is not to be had", nil
		}}
}

func (in *installer) warm(ctx context.Context, imports []string) error {
	dir := filepath.Join(in.places.Data, "warm")
	if err := writeWarmProgram(dir, in.places.Repo, imports); err != nil {
		return err
	}
	defer os.Remove(filepath.Join(dir, "cell"))
	cmd := in.goCommand(ctx, dir, "build", "-o", "cell", ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("setup: compiling the packages that cells import failed (%w):\n%s\n%s",
			err, tail(out, 15), in.hint(out))
	}
	return nil
}

// writeWarmProgram lays out the module that GoNB would make for a cell.
func writeWarmProgram(dir, repo string, imports []string) error {
	var main strings.Builder
	main.WriteString("package main\n\nimport (\n")
	for _, path := range imports {
		fmt.Fprintf(&main, "\t_ %q\n", path)
	}
	main.WriteString(")\n\nfunc main() {}\n")
	files := map[string]string{
		"go.mod":  fmt.Sprintf("module warm\n\ngo %d.%d\n", minGo[0], minGo[1]),
		"go.work": fmt.Sprintf("go %d.%d\n\nuse (\n\t.\n\t%s\n)\n", minGo[0], minGo[1], strconv.Quote(repo)),
		"main.go": main.String(),
	}
	for name, text := range files {
		if err := writeFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// libraryImports are the library's own packages and what displays need.
func (in *installer) libraryImports() []string {
	imports := []string{"context", "fmt", "github.com/janpfeifer/gonb/gonbui"}
	for _, name := range cellPackages {
		if hasGoFiles(filepath.Join(in.places.Repo, name)) {
			imports = append(imports, Module+"/"+name)
		}
	}
	return imports
}

// notebookImports are what the checkout's notebooks import of the standard
// library and of this module.
func (in *installer) notebookImports() []string {
	var imports []string
	files, _ := filepath.Glob(filepath.Join(in.places.Repo, "notebooks", "[a-z][a-z]", "*.ipynb"))
	for _, file := range files {
		nb, err := jupyter.ReadNotebook(file)
		if err != nil {
			continue // the notebook's own tests say so
		}
		for _, cell := range nb.CodeCells() {
			imports = append(imports, cellImportPaths(cell.Source())...)
		}
	}
	return slices.DeleteFunc(imports, func(path string) bool {
		first, _, _ := strings.Cut(path, "/")
		return strings.Contains(first, ".") && !strings.HasPrefix(path, Module+"/")
	})
}

// cellImportPaths reads the import declarations of a cell. Lines that are for
// GoNB (%…, !…) are left out; what does not parse imports nothing.
func cellImportPaths(source string) []string {
	src := []byte("package cell\n")
	for line := range strings.Lines(source) {
		if t := strings.TrimSpace(line); !strings.HasPrefix(t, "%") && !strings.HasPrefix(t, "!") {
			src = append(src, line...)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "cell.go", src, parser.ImportsOnly)
	if file == nil || err != nil && len(file.Imports) == 0 {
		return nil
	}
	var paths []string
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

func hasGoFiles(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") })
}
