package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// file is one picture of the data set.
type file struct {
	path     string
	label    int32
	bytes    int64
	modified time.Time
}

// listing is what a folder holds.
type listing struct {
	files   []file
	classes []string
	ignored []string
}

// list finds the pictures of every class folder. ctx can end it.
func list(ctx context.Context, fsys fs.FS, wanted []string) (listing, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return listing{}, fmt.Errorf("images: the folder can't be read: %w", err)
	}
	var out listing
	loose := 0
	for _, e := range entries {
		switch {
		case hidden(e.Name()):
		case isFolder(fsys, e):
			out.classes = append(out.classes, e.Name())
		default:
			out.ignored = append(out.ignored, e.Name())
			if isPicture(e.Name()) {
				loose++
			}
		}
	}
	found := out.classes
	if len(found) == 0 {
		return out, fmt.Errorf("images: there is no class folder, but %d pictures; sort them into one folder for each class, or use Files", loose)
	}
	if wanted != nil {
		if err := checkClasses(found, wanted); err != nil {
			return out, err
		}
		out.classes = slices.Clone(wanted)
	}
	for _, class := range found {
		if err := out.addClass(ctx, fsys, class); err != nil {
			return out, err
		}
	}
	if len(out.files) == 0 {
		return out, errors.New("images: none of the class folders holds a .png, .jpg, .jpeg, .gif, .webp or .bmp file")
	}
	return out, nil
}

// checkClasses returns an error if a folder is none of the wanted classes.
func checkClasses(found, wanted []string) error {
	for i, name := range wanted {
		if slices.Index(wanted, name) != i {
			return fmt.Errorf("images: Config.Classes names %q twice", name)
		}
	}
	for _, name := range found {
		if !slices.Contains(wanted, name) {
			return fmt.Errorf("images: the folder %q is none of Config.Classes %q; add it there or move it away", name, wanted)
		}
	}
	return nil
}

// addClass adds the pictures in a class folder and the folders below it.
func (l *listing) addClass(ctx context.Context, fsys fs.FS, class string) error {
	label := int32(slices.Index(l.classes, class))
	err := fs.WalkDir(fsys, class, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || hidden(e.Name()):
			return nil
		case !isPicture(e.Name()) || e.Type()&^fs.ModeSymlink != 0: // or a pipe, which would wait for ever
			l.ignored = append(l.ignored, name)
			return nil
		}
		f := file{path: name, label: label}
		if info, err := fs.Stat(fsys, name); err == nil {
			f.bytes, f.modified = info.Size(), info.ModTime()
		}
		l.files = append(l.files, f)
		return nil
	})
	if err != nil {
		return fmt.Errorf("images: the class folder %q can't be read: %w", class, err)
	}
	return nil
}

// hidden reports names that file managers and notebooks leave behind.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// isFolder also follows a link: data sets are often linked together.
func isFolder(fsys fs.FS, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(fsys, e.Name())
	return err == nil && info.IsDir()
}

func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp":
		return true
	}
	return false
}

// openFolder is the file system of a folder, with an error that names it.
func openFolder(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("images: %s is a file; want a folder with one folder for each class", dir)
	}
	return os.DirFS(dir), nil
}
