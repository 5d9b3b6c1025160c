package dlkit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

// ModelCheckpoint saves the model while it is trained: after every epoch, or
// after those that were better than all before. A file appears under its name
// only when it is whole.
type ModelCheckpoint struct {
	// Path is the file's name. "{epoch}" in it stands for the number of the
	// epoch, counting from 1, with four digits.
	Path string
	// BestOnly saves after epochs whose monitored value is the best so far.
	BestOnly bool
	// Monitor and Largest say what is monitored and which way is better, as in
	// EarlyStopping.
	Monitor string
	Largest bool
	// Every saves after every so many epochs; 1 if zero.
	Every int

	watch watch
}

// Notify implements Callback.
func (c *ModelCheckpoint) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		if c.Path == "" || c.Every < 0 {
			return fmt.Errorf("dlkit: ModelCheckpoint{Path: %q, Every: %d}; want a file's name, and 0 or more", c.Path, c.Every)
		}
		c.watch = watch{}
		return removeParts(c.Path)
	case EpochEnd:
		if c.BestOnly {
			better, err := c.watch.see(e, "ModelCheckpoint", c.Monitor, c.Largest, 0)
			if err != nil || !better {
				return err
			}
		} else if (e.Epoch+1)%max(c.Every, 1) != 0 {
			return nil
		}
		return e.Model.SaveFile(strings.ReplaceAll(c.Path, "{epoch}", fmt.Sprintf("%04d", e.Epoch+1)))
	}
	return nil
}

// SaveState implements Stateful.
func (c *ModelCheckpoint) SaveState() ([]byte, error) { return encodeState(c.watch) }

// LoadState implements Stateful.
func (c *ModelCheckpoint) LoadState(_ *Model, data []byte) error {
	return decodeState(data, &c.watch)
}

// writeFile writes a file that appears under its name only when it is whole.
func writeFile(path string, data []byte) error {
	if err := wholefile.Bytes(path, data); err != nil {
		return fmt.Errorf("dlkit: writing %s: %w", path, err)
	}
	return nil
}

// removeParts removes what a program left that died while it wrote the file.
func removeParts(path string) error {
	files, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // writing will say so
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), filepath.Base(path)+".") && strings.HasSuffix(f.Name(), wholefile.Suffix) {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), f.Name())))
		}
	}
	return err
}
