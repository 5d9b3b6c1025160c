package kept

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrStopped is returned by Lock when stop ended the wait.
var ErrStopped = errors.New("stopped while waiting")

// errBusy: another holds the lock.
var errBusy = errors.New("locked")

const pollEvery = 50 * time.Millisecond

// Lock makes sure that one process at a time builds the value of this name.
// While another does, Lock calls waiting once, with what the other wrote about
// itself, and waits until it is done or the channel that waiting returned is
// closed. The lock is the operating system's, so it ends with the process that
// holds it, however that ends.
func (s Store) Lock(name string, waiting func(holder string) (stop <-chan struct{})) (unlock func(), err error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	return lock(filepath.Join(s.Dir, safe(name)+"."+hash([]byte(name))[:12]+lockExt), waiting)
}

func lock(path string, waiting func(holder string) (stop <-chan struct{})) (unlock func(), err error) {
	for stop := (<-chan struct{})(nil); ; {
		f, err := tryLock(path)
		if err == nil {
			return func() {
				_ = os.Remove(path)
				_ = f.Close() // gives the lock up
			}, nil
		}
		if !errors.Is(err, errBusy) {
			return nil, err
		}
		if stop == nil {
			stop = waiting(holder(path))
		}
		select {
		case <-stop:
			return nil, ErrStopped
		case <-time.After(pollEvery):
		}
	}
}

// tryLock opens and locks the file, and makes sure that it is still the one
// that others will find: the last holder removes it.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, err
	}
	mine, err := f.Stat()
	if err == nil {
		var theirs os.FileInfo
		theirs, err = os.Stat(path)
		if err == nil && os.SameFile(mine, theirs) {
			_ = f.Truncate(0)
			_, _ = f.WriteAt([]byte(self()), 0)
			return f, nil
		}
	}
	f.Close()
	return nil, errBusy
}

func holder(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, 200))
	return strings.TrimSpace(string(text))
}
