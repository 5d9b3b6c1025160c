package dlkit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// CSVLogger writes one line of comma-separated values after every epoch, under
// a line of names: the epoch, counting from 1, and all measured values.
type CSVLogger struct {
	// Writer receives the lines, each at the end of its epoch.
	Writer io.Writer
	// Path, instead of Writer, is the name of a file. It holds all epochs of the
	// history at all times, also of a training that goes on from a backup.
	Path string

	names []string
}

// Notify implements Callback.
func (l *CSVLogger) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		l.names = nil
		if (l.Writer == nil) == (l.Path == "") {
			return errors.New("dlkit: CSVLogger wants a Writer, such as an open file, or the Path of a file, and not both")
		}
	case EpochEnd:
		if err := l.write(e); err != nil {
			return fmt.Errorf("dlkit: CSVLogger: %w", err)
		}
	}
	return nil
}

func (l *CSVLogger) write(e *Event) error {
	if l.Path != "" {
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		names := e.History.Names()
		if err := w.Write(append([]string{"epoch"}, names...)); err != nil {
			return err
		}
		for epoch := range e.History.Epochs() {
			if err := writeLine(w, names, epoch, func(name string) float64 { return e.History.values[name][epoch] }); err != nil {
				return err
			}
		}
		return writeFile(l.Path, file.Bytes())
	}
	w := csv.NewWriter(l.Writer)
	if l.names == nil {
		l.names = append([]string{}, e.names...)
		if err := w.Write(append([]string{"epoch"}, l.names...)); err != nil {
			return err
		}
	}
	logs := e.Logs()
	return writeLine(w, l.names, e.Epoch, func(name string) float64 { return logs[name] })
}

// writeLine writes the values of an epoch and flushes.
func writeLine(w *csv.Writer, names []string, epoch int, value func(name string) float64) error {
	line := []string{strconv.Itoa(epoch + 1)}
	for _, n := range names {
		line = append(line, strconv.FormatFloat(value(n), 'g', -1, 64))
	}
	if err := w.Write(line); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
