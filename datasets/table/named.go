package table

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
)

// Option changes where a named table is looked for. All options of package
// datasets that say so are taken: datasets.Dir, datasets.NoDownload,
// datasets.Log and so on.
type Option = datasets.Option

// Dir names the data directory, or the folder with the files itself, instead of
// datasets.DataDir().
func Dir(path string) Option { return datasets.Dir(path) }

// FetchWith downloads a table that is not there with f, instead of what is
// registered (by package datasets/fetch) or found (the program fromzero).
func FetchWith(f datasets.Fetcher) Option { return datasets.FetchWith(f) }

// Progress has r told how far a download is.
func Progress(r datasets.Reporter) Option { return datasets.Progress(r) }

// frames finds the files of a named table, downloads those that are missing or
// damaged, and reads each.
func frames(ctx context.Context, name string, config ReadConfig, columns []string, opts []Option) ([]*Frame, error) {
	spec, err := datasets.FindSpec(name)
	if err != nil {
		return nil, err
	}
	return datasets.ReadFiles(ctx, spec, func(_ int, data []byte) (*Frame, error) {
		return parseNamed(data, config, columns)
	}, opts...)
}

// parseNamed reads a file of a named table, and checks that it has the columns.
func parseNamed(data []byte, config ReadConfig, columns []string) (*Frame, error) {
	f, report, err := Parse(data, config)
	if err != nil {
		return nil, err
	}
	if report.Odd > 0 {
		return nil, fmt.Errorf("table: %v; get the file again", report)
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
		return nil, fmt.Errorf("%w: this is another file", err)
	}
	return f, nil
}
