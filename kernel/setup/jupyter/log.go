package jupyter

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// lastLines keeps the end of what is written to it, for an error message.
type lastLines struct {
	also io.Writer // gets everything; may be nil

	mu  sync.Mutex
	end []byte
}

const lastBytes = 4096

// Write implements io.Writer. It never fails: losing a log must not end a kernel.
func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.also != nil {
		l.also.Write(p) //nolint:errcheck // see above
	}
	l.end = append(l.end, p...)
	if extra := len(l.end) - lastBytes; extra > 0 {
		l.end = bytes.Clone(l.end[extra:])
	}
	return len(p), nil
}

// String is the last ten lines without colours, indented.
func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.TrimSpace(StripANSI(string(l.end)))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	if len(lines) > 10 {
		lines = lines[len(lines)-10:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
