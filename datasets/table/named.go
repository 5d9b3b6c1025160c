package table

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
)

// Option changes where a named table is looked for.
type Option func(*place)

type place struct {
	dir      string
	fetch    datasets.Fetcher
	reporter datasets.Reporter
}

// Dir names the data directory, or the folder with the files itself, instead of
// datasets.DataDir().
func Dir(path string) Option { return func(p *place) { p.dir = path } }

// FetchWith downloads a table that is not there, if it is published at a known
// address: table.FetchWith(fetch.Get), with package datasets/fetch. Without
// this option nothing is downloaded.
func FetchWith(f datasets.Fetcher) Option { return func(p *place) { p.fetch = f } }

// Progress has r told how far a download is.
func Progress(r datasets.Reporter) Option { return func(p *place) { p.reporter = r } }

// Specs lists the files of the named tables. Those without Mirrors can't be
// downloaded and must be put into the data directory by hand.
func Specs() []datasets.Spec {
	return []datasets.Spec{titanicSpec(), adultSpec(), penguinsSpec(), housingSpec()}
}

// paths lists where a file of a set may lie: in the set's folder, in that of
// all tables, or in the directory itself; packed or not.
func paths(root string, s datasets.Spec, f datasets.File) []string {
	if info, err := os.Stat(root); err == nil && info.Mode().IsRegular() {
		return []string{root}
	}
	var out []string
	for _, folder := range append([]string{s.Name}, append(s.Folders, ".")...) {
		for _, name := range append([]string{f.Name}, f.Also...) {
			base := strings.TrimSuffix(name, ".gz")
			for _, n := range []string{base, base + ".gz"} {
				out = append(out, filepath.Join(root, folder, n))
			}
		}
	}
	return out
}

// find returns the paths of a set's files, downloading them if need be.
func find(ctx context.Context, s datasets.Spec, opts []Option) ([]string, error) {
	var p place
	for _, o := range opts {
		if o != nil {
			o(&p)
		}
	}
	if p.dir == "" {
		var err error
		if p.dir, err = datasets.DataDir(); err != nil {
			return nil, err
		}
	}
	found, missing := locate(p.dir, s)
	if len(missing) == 0 {
		return found, nil
	}
	if p.fetch == nil || len(s.Mirrors) == 0 {
		return nil, missingError(p, s, missing)
	}
	if err := p.fetch(ctx, datasets.Request{Spec: s, Dir: p.dir, Reporter: p.reporter}); err != nil {
		return nil, err
	}
	if found, missing = locate(p.dir, s); len(missing) > 0 {
		return nil, missingError(p, s, missing)
	}
	return found, nil
}

func locate(root string, s datasets.Spec) (found, missing []string) {
	for _, f := range s.Files {
		all := paths(root, s, f)
		i := slices.IndexFunc(all, func(path string) bool {
			info, err := os.Stat(path)
			return err == nil && info.Mode().IsRegular()
		})
		if i < 0 {
			missing = append(missing, f.Name)
		} else {
			found = append(found, all[i])
		}
	}
	return found, missing
}

// missingError wraps fs.ErrNotExist and says what to do.
func missingError(p place, s datasets.Spec, missing []string) error {
	help := fmt.Sprintf("put it into %s", filepath.Join(p.dir, s.Name))
	switch {
	case len(s.Mirrors) > 0:
		help += fmt.Sprintf(", from %s/%s, or give the option FetchWith(fetch.Get)", s.Mirrors[0], s.Files[0].Name)
	case sources[s.Name] != "":
		help += ", from " + sources[s.Name]
	}
	return &missingFiles{fmt.Sprintf("table: %s: no file %s in %s; %s", s.Title, strings.Join(missing, ", "), p.dir, help)}
}

type missingFiles struct{ text string }

func (e *missingFiles) Error() string { return e.text }

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (e *missingFiles) Is(target error) bool { return target == fs.ErrNotExist }

// sources says where files can be had that have no address with a known sum.
var sources = map[string]string{
	"titanic":  "https://github.com/mwaskom/seaborn-data (raw/titanic.csv)",
	"penguins": "https://github.com/mwaskom/seaborn-data (penguins.csv)",
	"adult":    "https://archive.ics.uci.edu/dataset/2/adult (adult.data and adult.test)",
}

// open reads one file of a named table, and checks that it has the columns.
func open(path string, title string, config ReadConfig, columns []string) (*Frame, error) {
	f, report, err := ReadFile(path, config)
	if err != nil {
		return nil, err
	}
	if report.Odd > 0 {
		return nil, fmt.Errorf("table: %s in %s is damaged: %v; get it again", title, path, report)
	}
	if config.Names == nil {
		lower := make([]*Column, len(f.columns))
		for i, c := range f.columns {
			lower[i] = c.Renamed(strings.ToLower(c.name))
		}
		if f, err = New(lower...); err != nil {
			return nil, err
		}
	}
	if f, err = f.Select(columns...); err != nil {
		return nil, fmt.Errorf("table: %s in %s is another file: %w", title, path, err)
	}
	return f, nil
}
