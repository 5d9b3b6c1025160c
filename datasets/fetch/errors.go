package fetch

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Attempt is one address that was tried, and what came of it.
type Attempt struct {
	URL string // without a password, if it had one
	Err error
}

// Error says that files could not be had from any mirror.
type Error struct {
	Title    string   // the set
	Missing  []string // names of the files that could not be had
	Attempts []Attempt
}

// Error lists every address and what it answered.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "fetch: %s could not be downloaded (missing: %s). Tried:", e.Title, strings.Join(e.Missing, ", "))
	for _, a := range e.Attempts {
		fmt.Fprintf(&b, "\n  %s: %v", a.URL, a.Err)
	}
	if len(e.Attempts) == 0 {
		b.WriteString("\n  nothing: no mirror is known; set FROMZERO_MIRROR to an address that has the files")
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.As the attempts' errors.
func (e *Error) Unwrap() []error {
	out := make([]error, len(e.Attempts))
	for i, a := range e.Attempts {
		out[i] = a.Err
	}
	return out
}

// StatusError is a server's answer that is not the file.
type StatusError struct {
	Code int    // HTTP status code
	Text string // the code and its name: "503 Service Unavailable"
}

// Error is the status, with a word on what it means where that helps.
func (e *StatusError) Error() string { return "the server answered " + e.Text }

// ErrContent is wrapped by errors about contents that are not the file's:
// another size, another checksum, a web page.
var ErrContent = errors.New("not the published file")

func contentError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrContent, fmt.Sprintf(format, args...))
}

// localError is a failure of this machine, a full disk for instance: no other
// mirror would help.
type localError struct{ err error }

func (e *localError) Error() string { return "fetch: " + e.err.Error() }
func (e *localError) Unwrap() error { return e.err }

// silentError ends a transfer whose server says nothing any more.
type silentError struct{ after time.Duration }

func (e *silentError) Error() string {
	return fmt.Sprintf("the server sent nothing for %v", e.after)
}

// plain takes off the wrapping that repeats the address.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// urlOf is the address that a request failed at, "" if the error does not say.
func urlOf(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.URL
	}
	return ""
}

// redact writes an address without its password.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Redacted()
}
