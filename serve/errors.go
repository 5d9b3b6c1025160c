package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const unprocessable = http.StatusUnprocessableEntity

// statusError is an error that the client is told, with its HTTP status.
type statusError struct {
	status int
	text   string
}

// Error implements error.
func (e *statusError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return &statusError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// statusOf is the HTTP status of an error. Errors of the model itself are about
// the values that it was given, such as words that it does not know.
func statusOf(err error) int {
	var known *statusError
	var tooLarge *http.MaxBytesError
	var panicked *panicError
	switch {
	case errors.As(err, &known):
		return known.status
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &panicked):
		return http.StatusInternalServerError
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// fail answers with an error. What the server itself did wrong is not told in
// detail; it is in the log.
func fail(w http.ResponseWriter, err error) int {
	status, text := statusOf(err), err.Error()
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
		if errors.Is(err, context.DeadlineExceeded) {
			text = "the server could not answer in time; try again"
		}
	case http.StatusInternalServerError:
		text = "the server failed; its log says more"
	}
	answer(w, status, map[string]string{"error": text})
	return status
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error": "the server failed"}`)
	}
	write(w, status, append(text, '\n'))
}

func write(w http.ResponseWriter, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have gone
}
