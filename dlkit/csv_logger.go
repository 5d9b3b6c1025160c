package dlkit

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// CSVLogger writes one line of comma-separated values after every epoch, under
// a line of names: the epoch, counting from 1, and all measured values.
type CSVLogger struct {
	// Writer receives the lines.
	Writer io.Writer

	names []string
}

// Notify implements Callback.
func (l *CSVLogger) Notify(e *Event) error {
	if e.Kind == TrainBegin {
		l.names = nil
		if l.Writer == nil {
			return fmt.Errorf("dlkit: CSVLogger has no Writer; give it an open file, for example")
		}
	}
	if e.Kind != EpochEnd {
		return nil
	}
	w := csv.NewWriter(l.Writer)
	if l.names == nil {
		l.names = append([]string{"epoch"}, e.names...)
		if err := w.Write(l.names); err != nil {
			return fmt.Errorf("dlkit: CSVLogger: %w", err)
		}
	}
	logs := e.Logs()
	line := []string{strconv.Itoa(e.Epoch + 1)}
	for _, n := range l.names[1:] {
		line = append(line, strconv.FormatFloat(logs[n], 'g', -1, 64))
	}
	if err := w.Write(line); err != nil {
		return fmt.Errorf("dlkit: CSVLogger: %w", err)
	}
	w.Flush()
	return w.Error()
}
