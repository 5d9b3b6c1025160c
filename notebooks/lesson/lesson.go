package lesson

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Lang is a language that the course is written in.
type Lang string

// The languages of the course. Their values name the folders of the notebooks.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Langs lists the languages of the course.
func Langs() []Lang { return []Lang{English, Chinese} }

// Lesson is one parsed source.
type Lesson struct {
	Name  string // file name without its extension: "10-mnist"
	Cells []Cell
}

// Cell is one cell of a lesson, in all languages.
type Cell struct {
	ID   string
	Code bool     // a code cell; otherwise Markdown
	Tags []string // of a code cell
	Line int      // where the cell's text starts in the source, from 1
	Text map[Lang]string
}

// Read reads and parses one source.
func Read(path string) (*Lesson, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("lesson: %w", err)
	}
	return Parse(strings.TrimSuffix(filepath.Base(path), ".md"), string(src))
}

// ReadDir reads all sources of a folder, *.md, in the order of their names. It
// returns the lessons that could be parsed along with the errors of the others.
func ReadDir(dir string) ([]*Lesson, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, fmt.Errorf("lesson: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("lesson: no *.md in %s; the sources of the lessons belong there", dir)
	}
	var lessons []*Lesson
	var errs []error
	for _, path := range paths {
		l, err := Read(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		lessons = append(lessons, l)
	}
	return lessons, errors.Join(errs...)
}
