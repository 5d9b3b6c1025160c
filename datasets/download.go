package datasets

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// ReadFiles finds the files of a set, checks and decodes each with decode, and
// returns what decode made of them, in the order of s.Files; i is the file's
// number. Files that are missing or that decode refuses are downloaded, unless
// the options say otherwise. It is for packages with a form of their own, as
// datasets/table is; decode may be called by several goroutines at once.
//
// Its error wraps fs.ErrNotExist if files are missing and could not be
// downloaded, and says which, why, and what to do.
func ReadFiles[V any](ctx context.Context, s Spec, decode func(i int, data []byte) (V, error), opts ...Option) ([]V, error) {
	c := newConfig(opts)
	root, err := c.root()
	if err != nil {
		return nil, err
	}
	files, first := readFiles(root, s, decode)
	var bad *filesError
	if errors.As(first, &bad) {
		if err := c.download(ctx, s, root, bad); ctx.Err() != nil {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%w\n%w\n%s", first, err, s.advice(root))
		}
		files, first = readFiles(root, s, decode)
	}
	if first != nil {
		return nil, first
	}
	forgetFailure(root, s)
	out := make([]V, len(files))
	for i, f := range files {
		out[i] = f.values
	}
	return out, nil
}

// download gets the files that bad found missing or damaged.
func (c config) download(ctx context.Context, s Spec, root string, bad *filesError) error {
	if c.noDownload {
		return errors.New("datasets: nothing was downloaded because of the option NoDownload")
	}
	if err := recentFailure(root, s); err != nil && bad.present == 0 {
		return err
	}
	fetch, err := c.fetcher()
	if err != nil {
		return err
	}
	damaged := bad.damaged(s)
	for _, name := range damaged {
		c.log(fmt.Sprintf("datasets: %s in %s is damaged; fetching it again", name, root))
	}
	if bad.present == 0 {
		c.log(fmt.Sprintf("datasets: downloading %s (%.1f MB) into %s", s.Title, float64(s.Bytes())/1e6, filepath.Join(root, s.Name)))
	}
	err = fetch(ctx, Request{Spec: s, Dir: root, Replace: damaged, Reporter: c.reporter, Log: c.log})
	if err != nil && ctx.Err() == nil {
		rememberFailure(root, s, err)
	}
	return err
}

// advice is what a person can do when the files can't be had.
func (s Spec) advice(root string) string {
	names := ""
	for _, f := range s.Files {
		names += "\n  " + f.Name
	}
	if root == "" {
		return "What helps: set the environment variable FROMZERO_DATA to a folder with these files:" + names
	}
	return fmt.Sprintf("What helps: an internet connection and `fromzero fetch %s`; or an address that has the files in the environment variable FROMZERO_MIRROR; or these files put into %s:%s",
		s.Name, filepath.Join(root, s.Name), names)
}
