// Package wire is how a program that needs data talks with the program
// fromzero that downloads it: through environment variables one way, and lines
// of JSON on standard output the other way.
package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Environment variables for `fromzero fetch`.
const (
	// Progress, set to "json", asks for progress as lines of JSON on standard
	// output.
	Progress = "FROMZERO_FETCH_PROGRESS"
	// Replace lists, separated by commas, the files that are there but no good.
	Replace = "FROMZERO_FETCH_REPLACE"
)

// Message is one line: a call of a Reporter's method.
type Message struct {
	Label  string    `json:"fromzero_fetch"`
	Done   int64     `json:"done,omitempty"`
	Total  int64     `json:"total,omitempty"`
	Names  []string  `json:"names,omitempty"`
	Values []float64 `json:"values,omitempty"`
	Finish bool      `json:"finish,omitempty"`
}

// Parse decodes a line. Lines that are not messages give ok = false: they are
// text for people.
func Parse(line string) (m Message, ok bool) {
	if !strings.HasPrefix(line, `{"fromzero_fetch":`) {
		return m, false
	}
	return m, json.Unmarshal([]byte(line), &m) == nil
}

// Writer is a Reporter that writes messages as lines.
type Writer struct{ To io.Writer }

// Update writes a message.
func (w Writer) Update(label string, done, total int64, names []string, values []float64) {
	w.write(Message{label, done, total, names, values, false})
}

// Finish writes the last message of a task.
func (w Writer) Finish(label string, names []string, values []float64) {
	w.write(Message{Label: label, Names: names, Values: values, Finish: true})
}

func (w Writer) write(m Message) {
	if line, err := json.Marshal(m); err == nil {
		fmt.Fprintf(w.To, "%s\n", line)
	}
}
