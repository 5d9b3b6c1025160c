package datasets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// Request asks for the files of a set.
type Request struct {
	Spec     Spec
	Dir      string       // the data directory; files go to its folder Spec.Name
	Replace  []string     // names of files that are there but are no good
	Reporter Reporter     // told how far it is; may be nil
	Log      func(string) // told what a person should know; may be nil
}

// Fetcher downloads the files of a request that are missing or damaged, checks
// them, and puts them in place. Its error names every address that was tried.
type Fetcher func(ctx context.Context, r Request) error

// registered is set once, when a package that downloads is imported: the way
// of database/sql drivers.
var registered atomic.Pointer[Fetcher]

// RegisterFetcher has f do the downloading in this program. Package
// datasets/fetch calls it when it is imported.
func RegisterFetcher(f Fetcher) { registered.Store(&f) }

// fetcher is what downloads: the option FetchWith, else the registered one,
// else the program fromzero.
func (c config) fetcher() (Fetcher, error) {
	if c.fetch != nil {
		return c.fetch, nil
	}
	if f := registered.Load(); f != nil {
		return *f, nil
	}
	program, err := findProgram()
	if err != nil {
		return nil, err
	}
	return programFetcher(program), nil
}

// A failed download is not tried again for a while: offline, every cell of a
// notebook would wait for it anew.
const failureCounts = 10 * time.Minute

func failurePath(root string, s Spec) string {
	return filepath.Join(root, s.Name, "last-download-failed.txt")
}

// mirrorsKey changes when the user changes where to download from.
func mirrorsKey() string {
	return strings.Join([]string{os.Getenv("FROMZERO_MIRROR"), os.Getenv("GOPROXY"), os.Getenv("HTTPS_PROXY")}, " ")
}

func rememberFailure(root string, s Spec, err error) {
	path := failurePath(root, s)
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		// Only convenience hangs on this file, so errors don't matter.
		_ = os.WriteFile(path, []byte(mirrorsKey()+"\n"+err.Error()), 0o644)
	}
}

func forgetFailure(root string, s Spec) { _ = os.Remove(failurePath(root, s)) }

// recentFailure returns the error of a download that failed a short while ago.
func recentFailure(root string, s Spec) error {
	path := failurePath(root, s)
	info, err := os.Stat(path)
	if err != nil || time.Since(info.ModTime()) > failureCounts || time.Since(info.ModTime()) < 0 {
		return nil
	}
	data, err := os.ReadFile(path)
	key, text, ok := strings.Cut(string(data), "\n")
	if err != nil || !ok || key != mirrorsKey() {
		return nil
	}
	return fmt.Errorf("%w\n(tried at %s; not tried again before %s unless you delete %s)",
		errors.New(text), info.ModTime().Format("15:04"), info.ModTime().Add(failureCounts).Format("15:04"), path)
}
