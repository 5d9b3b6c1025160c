package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	rec := &record{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("panic", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			if rec.status == 0 {
				fail(rec, &panicError{fmt.Sprint(p)})
			}
		}
		s.log(r, rec, time.Since(start))
	}()
	s.route(rec, r)
}

// record notes what was answered, for the log.
type record struct {
	http.ResponseWriter
	status    int
	instances int
	err       error
}

// WriteHeader implements http.ResponseWriter.
func (r *record) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find the writer inside.
func (r *record) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (s *Server) log(r *http.Request, rec *record, took time.Duration) {
	level := slog.LevelInfo
	if rec.status >= http.StatusInternalServerError && rec.status != http.StatusServiceUnavailable {
		level = slog.LevelError
	}
	if !s.config.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", rec.status),
		slog.Duration("took", took), slog.String("from", r.RemoteAddr)}
	if rec.instances > 0 {
		attrs = append(attrs, slog.Int("instances", rec.instances))
	}
	if rec.err != nil {
		attrs = append(attrs, slog.String("error", rec.err.Error()))
	}
	s.config.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

func (s *Server) route(w *record, r *http.Request) {
	name := "/v1/models/" + s.config.Name
	switch r.URL.Path {
	case "/predict", name + ":predict":
		if allow(w, r, http.MethodPost) {
			w.err = s.predict(w, r)
		}
	case "/healthz":
		if allow(w, r, http.MethodGet, http.MethodHead) {
			s.health(w)
		}
	case "/", name + "/metadata":
		if allow(w, r, http.MethodGet, http.MethodHead) {
			answer(w, http.StatusOK, s.description())
		}
	case name:
		if allow(w, r, http.MethodGet, http.MethodHead) {
			answer(w, http.StatusOK, s.versions())
		}
	default:
		answer(w, http.StatusNotFound, map[string]string{
			"error": fmt.Sprintf("nothing is at %.80q; POST to %s:predict or /predict, or GET / for a description", r.URL.Path, name)})
	}
}

// allow answers 405 unless the method is one of those.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	for _, m := range methods {
		if r.Method == m {
			return true
		}
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	answer(w, http.StatusMethodNotAllowed, map[string]string{"error": fmt.Sprintf("%.20s is not allowed here; use %s", r.Method, strings.Join(methods, " or "))})
	return false
}

func (s *Server) health(w http.ResponseWriter) {
	if s.stopping.Load() {
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// description is the model for people and programs.
func (s *Server) description() any {
	return struct {
		Model   string   `json:"model"`
		Predict string   `json:"predict"`
		Inputs  []input  `json:"inputs"`
		Outputs []output `json:"outputs"`
		Classes []string `json:"classes,omitempty"`
		Texts   bool     `json:"texts"`
		Fields  []field  `json:"fields,omitempty"` // of a row
	}{s.config.Name, "/v1/models/" + s.config.Name + ":predict", s.model.inputs, s.model.outputs, s.model.classes, s.model.words != nil, s.model.rows.describe()}
}

// versions is what TensorFlow Serving tells of a model that works.
func (s *Server) versions() any {
	type status struct {
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}
	type version struct {
		Version string `json:"version"`
		State   string `json:"state"`
		Status  status `json:"status"`
	}
	return map[string][]version{"model_version_status": {{"1", "AVAILABLE", status{"OK", ""}}}}
}

// predict answers a request for predictions, and returns an error for the log.
func (s *Server) predict(w *record, r *http.Request) error {
	text, err := s.predicted(w, r)
	if err != nil {
		fail(w, err)
		return err
	}
	write(w, http.StatusOK, text)
	return nil
}

func (s *Server) predicted(w *record, r *http.Request) ([]byte, error) {
	if r.ContentLength > s.config.MaxBody { // refused before anything is read
		w.Header().Set("Connection", "close")
		return nil, s.tooLarge()
	}
	if err := s.begin(r.Context()); err != nil {
		return nil, err
	}
	defer func() { <-s.slots }()
	body, err := s.read(w, r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.Timeout)
	defer cancel()
	parsed, err := parseRequest(body, s.config.MaxInstances)
	if err != nil {
		return nil, err
	}
	w.instances = len(parsed.instances)
	inputs, err := s.model.tensors(parsed.instances)
	if err != nil {
		return nil, err
	}
	outputs, err := s.batcher.predict(ctx, inputs)
	if err != nil {
		return nil, err
	}
	return s.model.answer(parsed, outputs)
}

// begin waits for one of the places of requests at work.
func (s *Server) begin(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(s.config.MaxWait)
	defer timer.Stop()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return &statusError{http.StatusServiceUnavailable, fmt.Sprintf("%d requests are at work already; try again", s.config.MaxRequests)}
	}
}

func (s *Server) tooLarge() error {
	return &statusError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the request is larger than %d bytes; send fewer instances at a time", s.config.MaxBody)}
}

// promised is up to which size memory is made for a body that is only announced.
const promised = 64 << 10

// read reads the body, up to the limit.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(w, r.Body, s.config.MaxBody)
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), promised)) + bytes.MinRead)
	_, err := body.ReadFrom(limited)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, s.tooLarge()
	case err != nil:
		return nil, badRequest("the request was cut off: %v", err)
	case body.Len() == 0:
		return nil, badRequest("the request is empty; %s", wantedForm)
	}
	return body.Bytes(), nil
}
