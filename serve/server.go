package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// Server answers requests with a model. It is an http.Handler, for use in a
// server of your own, and runs by itself with Serve and ListenAndServe.
type Server struct {
	config   Config
	model    model
	batcher  *batcher
	slots    chan struct{} // of requests at work
	stopping atomic.Bool
}

// New makes a Server, and computes something with the model, so that the first
// requests need not wait. It returns an error if the model has one, and if its
// vectorizer or the names of the classes do not fit it.
func New(m *dlkit.Model, c Config) (*Server, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	described, err := describe(m, c)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, model: described, batcher: newBatcher(m, c.MaxBatch), slots: make(chan struct{}, c.MaxRequests)}
	return s, s.warm()
}

// warm lets the model get ready for the sizes of batches that will come.
func (s *Server) warm() error {
	for _, n := range []int{1, 8, 32} {
		if n > 1 && n > s.config.MaxBatch {
			break
		}
		var zeros []*tensor.Tensor
		for _, in := range s.model.inputs {
			dtype := tensor.Float32
			if in.whole {
				dtype = tensor.Int32
			}
			x, err := tensor.Zeros(dtype, append([]int{n}, in.Shape...)...)
			if err != nil {
				return fmt.Errorf("serve: %w", err)
			}
			zeros = append(zeros, x)
		}
		if _, err := s.batcher.run(context.Background(), zeros); err != nil {
			return fmt.Errorf("serve: trying the model: %w", err)
		}
	}
	return nil
}

// ListenAndServe is Serve on a TCP address, such as ":8080".
func (s *Server) ListenAndServe(ctx context.Context, addr string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return s.Serve(ctx, l)
}

// headerLimit is far more than a client of an API needs.
const headerLimit = 16 << 10

// Serve answers requests on l until ctx ends. Then it accepts no more, answers
// the requests at work, and returns nil; after Config.Grace it cuts them off and
// returns an error. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      15*time.Second + s.config.MaxWait + s.config.Timeout + 15*time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    headerLimit,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
	}
	s.config.Log.Info("serving", "address", l.Addr().String(), "model", s.config.Name)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(limited(l, s.config.MaxConnections)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	s.config.Log.Info("stopping", "grace", s.config.Grace)
	return s.shutdown(ctx, server)
}

func (s *Server) shutdown(ctx context.Context, server *http.Server) error {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if err == nil {
		s.config.Log.Info("stopped")
		return nil
	}
	return fmt.Errorf("serve: requests were cut off after %v: %w", s.config.Grace, errors.Join(err, server.Close()))
}
