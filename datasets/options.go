package datasets

import (
	"fmt"
	"os"
	"path/filepath"
)

// Option changes how a data set is found or handed out.
type Option interface{ apply(*config) }

// Flag is an Option without a value: Flatten, Raw, NoDownload or MiniSet.
type Flag uint8

// The options without a value.
const (
	// Flatten hands out every image as one row: (784,) instead of (28, 28, 1).
	Flatten Flag = iota
	// Raw hands out the pixels as they are stored, uint8 from 0 to 255,
	// instead of float32 from 0 to 1.
	Raw
	// NoDownload takes what the data directory has and never uses the network.
	NoDownload
	// MiniSet takes the mini set inside the package: quick, always there,
	// always the same. It reads no file.
	MiniSet
)

// Reporter is told how far a download is. Update may be called very often and
// takes bytes; Finish comes once at the end of each task. kernel.NewProgress
// makes one. The methods are called from one goroutine at a time.
type Reporter interface {
	Update(label string, done, total int64, names []string, values []float64)
	Finish(label string, names []string, values []float64)
}

type config struct {
	flatten, raw, noDownload, mini bool

	dir      string
	reporter Reporter
	log      func(string)
	fetch    Fetcher
}

func newConfig(opts []Option) config {
	c := config{log: func(message string) { fmt.Fprintln(os.Stderr, message) }}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	return c
}

func (f Flag) apply(c *config) {
	switch f {
	case Flatten:
		c.flatten = true
	case Raw:
		c.raw = true
	case NoDownload:
		c.noDownload = true
	case MiniSet:
		c.mini = true
	}
}

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// Dir names the data directory: one that holds (or gets) the set's folder, or
// the folder with the files itself, or an archive of them. It goes before
// FROMZERO_DATA.
func Dir(path string) Option { return optionFunc(func(c *config) { c.dir = path }) }

// Progress has r told how far a download is.
func Progress(r Reporter) Option { return optionFunc(func(c *config) { c.reporter = r }) }

// Log has print called with the few messages that a person should see: a
// download begins, a damaged file is replaced, the mini set stands in. Without
// this option they go to standard error; with Log(nil) nowhere.
func Log(print func(message string)) Option {
	if print == nil {
		print = func(string) {}
	}
	return optionFunc(func(c *config) { c.log = print })
}

// FetchWith has f do the downloading, instead of what is registered or found.
func FetchWith(f Fetcher) Option { return optionFunc(func(c *config) { c.fetch = f }) }

// DataDir is the data directory that is used without the option Dir: the
// environment's FROMZERO_DATA, else "fromzero" in the user's cache directory.
// It returns an error if neither is known.
func DataDir() (string, error) {
	if dir := os.Getenv("FROMZERO_DATA"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("datasets: no place for data: %w; set FROMZERO_DATA to a folder", err)
	}
	return filepath.Join(cache, "fromzero"), nil
}

func (c config) root() (string, error) {
	if c.dir != "" {
		return c.dir, nil
	}
	return DataDir()
}
