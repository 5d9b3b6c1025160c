package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofromzero/fromzero/datasets"
)

// job downloads the missing files of one request.
type job struct {
	request  datasets.Request
	folder   string
	limits   limits
	client   *http.Client
	attempts []Attempt
}

func newJob(r datasets.Request, l limits) *job {
	return &job{request: r, folder: filepath.Join(r.Dir, r.Spec.Name), limits: l, client: newClient(l)}
}

// run goes through the mirrors, and takes from each what is still missing.
func (j *job) run(ctx context.Context) error {
	missing := j.missing()
	if len(missing) == 0 {
		return nil
	}
	if err := os.MkdirAll(j.folder, 0o755); err != nil {
		return &localError{err}
	}
	defer j.client.CloseIdleConnections()
	for _, m := range mirrors(ctx, j.request.Spec) {
		var err error
		missing, err = m.fetch(ctx, j, missing)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || len(missing) == 0 {
			return err
		}
	}
	names := make([]string, len(missing))
	for i, f := range missing {
		names[i] = f.Name
	}
	return &Error{Title: j.request.Spec.Title, Missing: names, Attempts: j.attempts}
}

func (j *job) missing() []datasets.File {
	var out []datasets.File
	for _, f := range j.request.Spec.Files {
		if !intact(j.path(f), f, slices.Contains(j.request.Replace, f.Name)) {
			out = append(out, f)
		}
	}
	return out
}

func (j *job) path(f datasets.File) string { return filepath.Join(j.folder, f.Name) }

// note keeps an attempt for the final error. It returns err if no other mirror
// would help, nil otherwise.
func (j *job) note(address string, err error) error {
	var local *localError
	if errors.As(err, &local) {
		return err
	}
	j.attempts = append(j.attempts, Attempt{redact(address), err})
	return nil
}

// fetchFile brings the file at address into place.
func (j *job) fetchFile(ctx context.Context, address string, f datasets.File) error {
	part, err := j.openPart(ctx, f.Name+".part")
	if err != nil {
		return err
	}
	defer leave(part)
	if intact(j.path(f), f, true) {
		return nil // another program was quicker
	}
	t := &transfer{client: j.client, limits: j.limits, url: address, name: f.Name, size: f.Size, part: part,
		meter: &meter{reporter: j.request.Reporter, label: "downloading " + f.Name}}
	check := func() error { return checkPart(part, f) }
	if err := j.transferChecked(ctx, t, check); err != nil {
		return err
	}
	return j.place(part, j.path(f))
}

// transferChecked runs t and then check. If check fails and the part file held
// bytes of an earlier try, those may be to blame: it starts over once.
func (j *job) transferChecked(ctx context.Context, t *transfer, check func() error) error {
	defer t.meter.finish()
	for {
		old, err := t.have()
		if err != nil {
			return err
		}
		if err := t.run(ctx); err != nil {
			return err
		}
		err = check()
		if err == nil {
			return nil
		}
		if truncateErr := t.part.Truncate(0); truncateErr != nil {
			return &localError{truncateErr}
		}
		if old == 0 {
			return err
		}
	}
}

// place gives the finished part file its name, while it is still locked where
// the system renames open files.
func (j *job) place(part *os.File, path string) error {
	if os.Rename(part.Name(), path) == nil {
		return nil
	}
	if err := errors.Join(part.Close(), os.Rename(part.Name(), path)); err != nil {
		return &localError{err}
	}
	return nil
}

// openPart opens a part file and waits until no other program writes to it.
func (j *job) openPart(ctx context.Context, name string) (*os.File, error) {
	path := filepath.Join(j.folder, name)
	for told := false; ; {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, &localError{err}
		}
		ok, err := tryLock(f)
		if err != nil {
			return nil, &localError{errors.Join(err, f.Close())}
		}
		if ok && same(f, path) {
			return f, nil
		}
		_ = f.Close()
		if ok {
			continue // it was put in place under our hands
		}
		if !told && j.request.Log != nil {
			told = true
			j.request.Log(fmt.Sprintf("fetch: another program is downloading %s; waiting for it", path))
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// leave closes a part file, and removes it if it is still there with nothing
// in it worth going on with.
func leave(part *os.File) {
	if info, err := part.Stat(); err == nil && info.Size() == 0 && same(part, part.Name()) {
		_ = os.Remove(part.Name())
	}
	_ = part.Close()
}

// same reports whether path still leads to the open file f.
func same(f *os.File, path string) bool {
	a, errA := f.Stat()
	b, errB := os.Stat(path)
	return errA == nil && errB == nil && os.SameFile(a, b)
}
