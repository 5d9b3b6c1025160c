package images

import (
	"fmt"
	"slices"
	"strings"
)

// FileError says what is wrong with one file.
type FileError struct {
	// Path is the file's, below the data set's folder.
	Path string
	// Err is the reason.
	Err error
}

// Error gives the path and the reason.
func (e *FileError) Error() string { return fmt.Sprintf("images: %s: %v", e.Path, e.Err) }

// Unwrap gives the reason.
func (e *FileError) Unwrap() error { return e.Err }

// DamagedError is what Load returns if files can't be used. It lists them all.
type DamagedError struct {
	// Files are the damaged ones, in the data set's order.
	Files []*FileError
	// Total is how many files there are.
	Total int
}

// mostNamed is how many files an error message or a report names.
const mostNamed = 10

// Error names the first ten files, each with the reason.
func (e *DamagedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "images: %d of %d files can't be used:", len(e.Files), e.Total)
	writeFiles(&b, e.Files)
	b.WriteString("\nreplace or delete them, or set Config.SkipDamaged to train without them")
	return b.String()
}

// Unwrap gives the error of every file.
func (e *DamagedError) Unwrap() []error {
	out := make([]error, len(e.Files))
	for i, f := range e.Files {
		out[i] = f
	}
	return out
}

func writeFiles(b *strings.Builder, files []*FileError) {
	for _, f := range files[:min(len(files), mostNamed)] {
		fmt.Fprintf(b, "\n  %s: %v", f.Path, f.Err)
	}
	if more := len(files) - mostNamed; more > 0 {
		fmt.Fprintf(b, "\n  … and %d more", more)
	}
}

// Report says what Load found.
type Report struct {
	// Files is how many pictures the data set has, without damaged ones.
	Files int
	// Formats counts them: "PNG", "JPEG", "GIF", "WebP", "BMP".
	Formats map[string]int
	// Widths and Heights are the pictures' sizes in pixels as people see them,
	// one for each file, before they are brought to one size.
	Widths, Heights []int
	// Damaged are the files that were left out (see Config.SkipDamaged).
	Damaged []*FileError
	// Ignored are files that are no pictures by their name, or lie beside the
	// class folders.
	Ignored []string
}

// String describes the report in a few lines.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pictures", r.Files)
	names := make([]string, 0, len(r.Formats))
	for name := range r.Formats {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", r.Formats[name], name)
	}
	if len(names) > 0 {
		fmt.Fprintf(&b, " (%s), %d to %d pixels wide, %d to %d high", strings.Join(names, ", "),
			slices.Min(r.Widths), slices.Max(r.Widths), slices.Min(r.Heights), slices.Max(r.Heights))
	}
	if len(r.Damaged) > 0 {
		fmt.Fprintf(&b, "\n%d damaged, left out:", len(r.Damaged))
		writeFiles(&b, r.Damaged)
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&b, "\n%d other files ignored: %s", len(r.Ignored), strings.Join(r.Ignored[:min(len(r.Ignored), mostNamed)], ", "))
	}
	return b.String()
}
