package dlkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
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

// Stateful is implemented by callbacks that carry something from epoch to
// epoch. BackupAndRestore saves it, so that a training that was cut off goes on
// as if it had not been.
type Stateful interface {
	// SaveState returns what the callback carries.
	SaveState() ([]byte, error)
	// LoadState takes it back, before the first epoch of a training that goes
	// on. The model has its weights already.
	LoadState(m *Model, data []byte) error
}

// BackupAndRestore saves the training's whole state after every epoch: the
// model, the optimizer's memory, the history and other callbacks' states. If
// the program dies and Fit is called again in the same way, training goes on
// after the last finished epoch and ends with the same weights as if it had
// not been cut off. The file is removed when training ends by itself.
type BackupAndRestore struct {
	// Path is the backup file's name.
	Path string

	resumed bool
}

// backupState is what a backup holds beside the model.
type backupState struct {
	Epoch   int // finished epochs
	Done    int // steps of this Fit
	Epochs  int
	History *History
	States  map[int]state // by position among the callbacks
}

type state struct {
	Callback string
	Data     []byte
}

// Resumed reports whether the last Fit went on from a backup.
func (b *BackupAndRestore) Resumed() bool { return b.resumed }

// Notify implements Callback.
func (b *BackupAndRestore) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		if b.Path == "" {
			return errors.New("dlkit: BackupAndRestore needs the name of a file")
		}
		return b.restore(e)
	case EpochEnd:
		return b.save(e)
	case TrainEnd:
		if e.fit.finished {
			if err := os.Remove(b.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("dlkit: removing the backup: %w", err)
			}
		}
	}
	return nil
}

const backupKey = "backup"

func (b *BackupAndRestore) save(e *Event) error {
	s := backupState{Epoch: e.Epoch + 1, Done: e.fit.done, Epochs: e.Epochs, History: e.History, States: map[int]state{}}
	for i, cb := range e.fit.config.Callbacks {
		if st, ok := cb.(Stateful); ok {
			data, err := st.SaveState()
			if err != nil {
				return fmt.Errorf("dlkit: backup of callback %s: %w", className(cb), err)
			}
			s.States[i] = state{className(cb), data}
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := e.Model.saveWith(&file, map[string]string{backupKey: string(text)}); err != nil {
		return err
	}
	return writeFile(b.Path, file.Bytes())
}

func (b *BackupAndRestore) restore(e *Event) error {
	b.resumed = false
	data, err := os.ReadFile(b.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dlkit: reading the backup: %w", err)
	}
	metadata, tensors, err := readSafetensors(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("dlkit: the backup %s cannot be read (%w); remove it to begin anew", b.Path, err)
	}
	var s backupState
	var arch architecture
	if err := errors.Join(json.Unmarshal([]byte(metadata[backupKey]), &s), json.Unmarshal([]byte(metadata["architecture"]), &arch)); err != nil {
		return fmt.Errorf("dlkit: %s is no backup of a training (%w); remove it to begin anew", b.Path, err)
	}
	if err := b.fits(e, &arch); err != nil {
		return err
	}
	if err := e.Model.takeBack(arch.Compiled, tensors); err != nil {
		return fmt.Errorf("dlkit: the backup %s: %w", b.Path, err)
	}
	f := e.fit
	f.start, f.done, b.resumed = s.Epoch, s.Done, true
	*f.hist = *s.History
	for i, cb := range f.config.Callbacks {
		st, ok := cb.(Stateful)
		saved, has := s.States[i]
		if !ok || !has || saved.Callback != className(cb) {
			continue
		}
		if err := st.LoadState(e.Model, saved.Data); err != nil {
			return fmt.Errorf("dlkit: the backup's state of callback %s: %w", className(cb), err)
		}
	}
	return nil
}

// fits refuses a backup of another model.
func (b *BackupAndRestore) fits(e *Event, saved *architecture) error {
	e.Model.mu.Lock()
	own, err := e.Model.architecture()
	e.Model.mu.Unlock()
	if err != nil {
		return err
	}
	mine, theirs := *own, *saved
	mine.Compiled, theirs.Compiled = nil, nil
	x, errX := json.Marshal(mine)
	y, errY := json.Marshal(theirs)
	if err := errors.Join(errX, errY); err != nil {
		return err
	}
	if !reflect.DeepEqual(x, y) || saved.Compiled == nil {
		return fmt.Errorf("dlkit: the backup %s is of another model; remove it to begin anew, or use another name", b.Path)
	}
	return nil
}

// takeBack gives a model the weights and the optimizer's memory of a file.
func (m *Model) takeBack(saved *savedCompile, tensors map[string]*tensor.Tensor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.restoreWeights(tensors); err != nil {
		return err
	}
	return m.restoreSlots(saved, tensors)
}

// writeFile writes a file that appears under its name only when it is whole.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("dlkit: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("dlkit: writing %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
