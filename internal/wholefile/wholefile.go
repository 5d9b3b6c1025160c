// Package wholefile writes files that appear under their name only when they
// are whole: a reader sees the old file or the new one, whatever happens to the
// program or the disk meanwhile.
package wholefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Suffix ends the names of files that are not whole yet. They begin with the
// name of the file that they are to become and a dot.
const Suffix = ".part"

// Write hands write a file beside path, and gives it the name path and the mode
// 0644 once write has returned nil and all is on the disk. A link is followed.
// What cannot be replaced, such as /dev/stdout or a named pipe, is written to
// directly. Errors are those of write and of package os, which name the path.
func Write(path string, write func(w io.Writer) error) (err error) {
	target, err := follow(path)
	if err != nil {
		return err
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return into(target, write)
	}
	f, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".*"+Suffix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) // the first error says more
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

// Bytes is Write for what is in memory already.
func Bytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// follow is where a link leads, and path itself for anything else. A link to a
// file that is not there yet stays what is replaced.
func follow(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return target, err
}

// into writes to a device or a pipe.
func into(path string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
