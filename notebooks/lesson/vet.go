package lesson

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Vet runs go vet, and so the type checker, over every cell of every lesson in
// both languages. root is the folder notebooks; the module around it provides
// the packages, through a temporary workspace like the one in which the kernel
// builds cells. Errors give the notebook, the cell and the line within it.
func Vet(ctx context.Context, root string) error {
	lessons, err := ReadDir(filepath.Join(root, "src"))
	if err != nil {
		return err
	}
	w, err := newWorkspace(root)
	if err != nil {
		return err
	}
	defer os.RemoveAll(w.dir)
	for _, l := range lessons {
		for _, lang := range Langs() {
			if err := w.add(l, lang); err != nil {
				return err
			}
		}
	}
	return w.vet(ctx)
}

// workspace is a temporary Go workspace of the course's module and one package
// per cell.
type workspace struct {
	dir      string
	env      []string // of the go command
	packages []string
}

func newWorkspace(root string) (*workspace, error) {
	repo, version, err := findModule(root)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "fromzero-cells-")
	if err != nil {
		return nil, fmt.Errorf("lesson: %w", err)
	}
	w := &workspace{dir: dir, env: os.Environ()}
	err = errors.Join(
		w.write("go.mod", "module cells\n\ngo "+version+"\n"),
		w.write("go.work", fmt.Sprintf("go %s\n\nuse (\n\t.\n\t%q\n)\n", version, repo)),
	)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return w, nil
}

func (w *workspace) write(name, text string) error {
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("lesson: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("lesson: %w", err)
	}
	return nil
}

// add writes the programs of one notebook.
func (w *workspace) add(l *Lesson, lang Lang) error {
	programs, err := Programs(string(lang)+"/"+l.Name, l.Notebook(lang))
	if err != nil {
		return err
	}
	return w.addPrograms(string(lang)+"/"+l.Name, programs)
}

// addPrograms writes programs as packages in a folder.
func (w *workspace) addPrograms(folder string, programs []Program) error {
	for _, p := range programs {
		pkg := folder + "/" + p.Cell
		if err := w.write(pkg+"/main.go", p.Source); err != nil {
			return err
		}
		w.packages = append(w.packages, "./"+pkg)
	}
	return nil
}

func (w *workspace) vet(ctx context.Context) error {
	if len(w.packages) == 0 {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"vet"}, w.packages...)...)
	cmd.Dir = w.dir
	cmd.Env = append(slices.Clip(w.env), "GOWORK="+filepath.Join(w.dir, "go.work"), "PWD="+w.dir)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("lesson: %w", ctx.Err())
	}
	return fmt.Errorf("lesson: go vet of the cells: %w\n%s", err, w.findings(string(out)))
}

// findings drops vet's package headings, the temporary folders in front of the
// cells' names, and repeated lines: an error in a declaration is found again in
// every later cell.
func (w *workspace) findings(out string) string {
	for _, pkg := range w.packages {
		pkg = strings.TrimPrefix(pkg, "./") + "/"
		out = strings.ReplaceAll(out, w.dir+"/"+pkg, "")
		out = strings.ReplaceAll(out, pkg, "")
	}
	seen := map[string]bool{}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		line = strings.TrimPrefix(strings.TrimPrefix(line, "vet: "), "./")
		if strings.HasPrefix(line, "#") || seen[line] {
			continue
		}
		seen[line] = true
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// findModule returns the folder of the module around dir and its go version.
func findModule(dir string) (root, version string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", "", fmt.Errorf("lesson: %w", err)
	}
	for start := dir; ; dir = filepath.Dir(dir) {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, goVersion(string(data)), nil
		}
		if dir == filepath.Dir(dir) {
			return "", "", fmt.Errorf("lesson: no go.mod above %s; run this in a checkout of the repository", start)
		}
	}
}

func goVersion(mod string) string {
	for line := range strings.SplitSeq(mod, "\n") {
		if v, ok := strings.CutPrefix(line, "go "); ok {
			return strings.TrimSpace(v)
		}
	}
	return "1.27"
}
