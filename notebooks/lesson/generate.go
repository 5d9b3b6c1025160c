package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

// Generate writes the notebooks of every source: root/src/*.md becomes
// root/en/*.ipynb and root/zh/*.ipynb, where root is the folder notebooks. It
// returns the notebooks that it changed, by path. Lessons without errors are
// written even if others have some.
func Generate(root string) (changed []string, err error) {
	err = each(root, func(path string, nb *Notebook) error {
		old, data, err := compare(path, nb)
		if err != nil || bytes.Equal(old, data) {
			return err
		}
		changed = append(changed, path)
		return write(path, data)
	})
	return changed, err
}

// Check returns an error for each notebook that Generate would change, that was
// not executed since its code changed, or that has no source any more.
func Check(root string) error {
	known := map[string]bool{}
	err := each(root, func(path string, nb *Notebook) error {
		known[path] = true
		old, data, err := compare(path, nb)
		switch {
		case err != nil:
			return err
		case !bytes.Equal(old, data):
			return fmt.Errorf("lesson: %s is not what its source makes; run go run ./notebooks/generate", path)
		case !nb.Executed():
			return fmt.Errorf("lesson: %s has cells without results; run fromzero run --static --out %[1]s %[1]s", path)
		}
		return nil
	})
	return errors.Join(err, orphans(root, known))
}

// each calls do with every notebook that the sources make.
func each(root string, do func(path string, nb *Notebook) error) error {
	lessons, err := ReadDir(filepath.Join(root, "src"))
	errs := []error{err}
	for _, l := range lessons {
		for _, lang := range Langs() {
			path := filepath.Join(root, string(lang), l.Name+".ipynb")
			errs = append(errs, do(path, l.Notebook(lang)))
		}
	}
	return errors.Join(errs...)
}

// compare returns the notebook as it lies on disk, nil if there is none, and as
// it should be. nb gets the outputs that are still true.
func compare(path string, nb *Notebook) (old, data []byte, err error) {
	old, err = os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("lesson: %w", err)
	}
	if len(old) > 0 {
		executed, err := Decode(old)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		nb.KeepOutputs(executed)
	}
	data, err = nb.Encode()
	return old, data, err
}

func orphans(root string, known map[string]bool) error {
	var errs []error
	for _, lang := range Langs() {
		paths, err := filepath.Glob(filepath.Join(root, string(lang), "*.ipynb"))
		errs = append(errs, err)
		for _, path := range paths {
			if !known[path] {
				errs = append(errs, fmt.Errorf("lesson: %s has no source in %s; remove it", path, filepath.Join(root, "src")))
			}
		}
	}
	return errors.Join(errs...)
}

// write replaces a file at once, so that nobody sees half a notebook.
func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("lesson: %w", err)
	}
	if err := wholefile.Bytes(path, data); err != nil {
		return fmt.Errorf("lesson: writing %s: %w", path, err)
	}
	return nil
}
