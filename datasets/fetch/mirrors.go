package fetch

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/gofromzero/fromzero/datasets"
)

// mirror is a place that may have a set's files.
type mirror interface {
	// fetch gets what it can of the missing files, and returns those that are
	// still missing. Its error means that trying on is useless.
	fetch(ctx context.Context, j *job, missing []datasets.File) ([]datasets.File, error)
}

// mirrors lists the places for a set, in the order to try them: the user's own
// (FROMZERO_MIRROR, several separated by commas or spaces), the public web
// folders, single addresses of files, and Go module proxies.
func mirrors(ctx context.Context, s datasets.Spec) []mirror {
	var out []mirror
	own := strings.FieldsFunc(os.Getenv("FROMZERO_MIRROR"), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	for _, base := range own {
		base = asURL(base)
		out = append(out, webFolder{join(base, s.Name), base})
	}
	for _, base := range s.Mirrors {
		out = append(out, webFolder{base})
	}
	out = append(out, singles{})
	if s.Module != nil {
		for _, proxy := range moduleProxies(ctx) {
			out = append(out, moduleMirror{proxy, *s.Module})
		}
	}
	return out
}

// asURL makes an address of a local folder's path.
func asURL(base string) string {
	if strings.Contains(base, "://") {
		return base
	}
	path, err := filepath.Abs(base)
	if err != nil {
		path = base
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func join(base, name string) string { return strings.TrimSuffix(base, "/") + "/" + name }

// webFolder is a mirror that has the files under their names, in the first of
// some folders that has them.
type webFolder []string

func (w webFolder) fetch(ctx context.Context, j *job, missing []datasets.File) ([]datasets.File, error) {
	for i, f := range missing {
		done, err := j.fetchFirst(ctx, each(w, f.Name), f)
		if err != nil || !done {
			return missing[i:], err
		}
	}
	return nil, nil
}

func each(bases []string, name string) []string {
	out := make([]string, len(bases))
	for i, base := range bases {
		out[i] = join(base, url.PathEscape(name))
	}
	return out
}

// singles is the mirror of files that have addresses of their own.
type singles struct{}

func (singles) fetch(ctx context.Context, j *job, missing []datasets.File) ([]datasets.File, error) {
	var rest []datasets.File
	for _, f := range missing {
		done, err := j.fetchFirst(ctx, f.URLs, f)
		if err != nil {
			return missing, err
		}
		if !done {
			rest = append(rest, f)
		}
	}
	return rest, nil
}

// fetchFirst tries addresses of the same file in turn. An address on a host
// that gave no answer at all is not tried again.
func (j *job) fetchFirst(ctx context.Context, addresses []string, f datasets.File) (done bool, err error) {
	silent := map[string]bool{}
	for _, address := range addresses {
		host := hostOf(address)
		if silent[host] {
			continue
		}
		err := j.fetchFile(ctx, address, f)
		if err == nil {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err := j.note(address, err); err != nil {
			return false, err
		}
		var status *StatusError
		silent[host] = !errors.As(err, &status) && !errors.Is(err, ErrContent)
	}
	return false, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}
