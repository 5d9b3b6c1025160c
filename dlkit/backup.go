package dlkit

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// Stateful is implemented by callbacks that carry something from epoch to
// epoch. BackupAndRestore saves it, so that a training that was cut off goes on
// as if it had not been.
type Stateful interface {
	// SaveState returns what the callback carries.
	SaveState() ([]byte, error)
	// LoadState takes it back, after TrainBegin and before the first epoch of a
	// training that goes on. The model has its weights already.
	LoadState(m *Model, data []byte) error
}

// BackupAndRestore saves the training's whole state after every epoch, and
// every so many steps if asked to: the model, the optimizer's memory, the
// history and other callbacks' states. If the program dies and Fit is called
// again in the same way, training goes on from the last backup and ends with the
// same weights and history as if it had not been cut off. Whatever its place
// among the callbacks, it is called last. The file is removed when training ends
// by itself.
type BackupAndRestore struct {
	// Path is the backup file's name.
	Path string
	// EverySteps also saves after every so many steps of an epoch; 0 saves
	// after epochs only. Data that is not tensor.Indexed must then give its
	// batches in the same order each time.
	EverySteps int

	resumed bool
}

// backupState is what a backup holds beside the model.
type backupState struct {
	Epoch   int           // finished epochs
	Step    int           // finished steps of the next one
	Done    int           // steps of this Fit
	Batch   int           // the batch size
	Took    time.Duration // time spent on the unfinished epoch
	Sums    []byte        // its loss and metrics so far
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
		if b.EverySteps < 0 {
			return fmt.Errorf("dlkit: BackupAndRestore{EverySteps: %d}; want 0 or more", b.EverySteps)
		}
		if err := removeParts(b.Path); err != nil {
			return fmt.Errorf("dlkit: removing a backup that was not finished: %w", err)
		}
		return b.restore(e)
	case StepEnd:
		if b.EverySteps > 0 && e.Step%b.EverySteps == 0 {
			s := backupState{Epoch: e.Epoch, Step: e.Step, Took: time.Since(e.fit.began)}
			var err error
			if s.Sums, err = encodeState(e.fit.acc.state()); err != nil {
				return err
			}
			return b.save(e, s)
		}
	case EpochEnd:
		return b.save(e, backupState{Epoch: e.Epoch + 1})
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

// save completes the state and writes it.
func (b *BackupAndRestore) save(e *Event, s backupState) error {
	s.Done, s.Epochs, s.Batch, s.History, s.States = e.fit.done, e.Epochs, e.fit.config.BatchSize, e.History, map[int]state{}
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
	if batch := e.fit.config.BatchSize; s.Step > 0 && batch != s.Batch {
		return fmt.Errorf("dlkit: the backup %s stands in the middle of an epoch with batches of %d, and Fit now has %d; give it %d, or remove the backup to begin anew", b.Path, s.Batch, batch, s.Batch)
	}
	if err := e.Model.takeBack(arch.Compiled, tensors); err != nil {
		return fmt.Errorf("dlkit: the backup %s: %w", b.Path, err)
	}
	f := e.fit
	f.start, f.skip, f.done, f.took = s.Epoch, s.Step, s.Done, s.Took
	b.resumed = true
	*f.hist = *s.History
	if s.Sums != nil {
		var sums accumulatorState
		if err := decodeState(s.Sums, &sums); err != nil {
			return fmt.Errorf("dlkit: the backup's metrics: %w", err)
		}
		f.acc = sums.accumulator(e.Model.compiled.metrics())
	}
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

// encodeState writes a callback's state. Unlike JSON, gob knows NaN and
// infinite numbers.
func encodeState(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

// decodeState reads what encodeState wrote.
func decodeState(data []byte, v any) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(v) }
