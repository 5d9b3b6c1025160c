package datasets

import (
	"fmt"
	"slices"
	"strings"
)

// Spec says which files a data set consists of and where they can be had.
type Spec struct {
	Name    string   // short name, and the set's folder in the data directory: "mnist"
	Title   string   // for people: "MNIST"
	Files   []File   // what makes the set complete
	Folders []string // other folders in the data directory where files may lie
	Mirrors []string // web folders that hold all files under their names
	Module  *Module  // a Go module that holds all files; nil if there is none
	Terms   string   // under which terms the data may be used, as far as known

	// namesakes says that the files have the names of another set's, so that
	// they can't be told apart where both may lie.
	namesakes bool
}

// File is one file of a set, as it is published.
type File struct {
	Name   string   // name on disk and on mirrors
	Size   int64    // bytes
	SHA256 string   // lower-case hexadecimal
	URLs   []string // further addresses of this one file
	Also   []string // other names that the file may have when put in place by hand
}

// Module is a Go module that carries a set's files, so that every Go module
// proxy is a mirror of the set.
type Module struct {
	Path, Version string
	Sum           string // checksum as in go.sum, "h1:…"
	Folder        string // the files' folder in the module
}

// Specs lists the sets that can be fetched.
func Specs() []Spec {
	return []Spec{mnistSpec(), fashionSpec(), cifar10Spec(), imdbSpec(), waimaiSpec(), chnSentiCorpSpec(),
		titanicSpec(), adultSpec(), penguinsSpec(), housingSpec()}
}

// FindSpec returns the set with the given short name. It returns an error that
// lists the known names if there is none.
func FindSpec(name string) (Spec, error) {
	specs := Specs()
	i := slices.IndexFunc(specs, func(s Spec) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(specs))
		for i, s := range specs {
			names[i] = s.Name
		}
		return Spec{}, fmt.Errorf("datasets: no data set is called %q; known are: %s", name, strings.Join(names, ", "))
	}
	return specs[i], nil
}

// Bytes is the size of all files together.
func (s Spec) Bytes() int64 {
	var n int64
	for _, f := range s.Files {
		n += f.Size
	}
	return n
}
