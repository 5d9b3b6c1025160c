package serve

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/datasets/text"
)

// Config says how a Server works. The zero value has sane limits for a small
// machine.
type Config struct {
	// Name is the model's name in URLs; "model" if empty.
	Name string
	// Words turns texts into the model's input. nil means the one that is attached
	// to the model, if there is one.
	Words *text.Vectorizer
	// Rows turns rows of a table into the model's input. nil means the pipeline that
	// is attached to the model, if there is one.
	Rows *table.Fitted
	// Classes are the names of the classes in order of the output, or two for a
	// single output. nil means those of dlkit.Model.SetClasses, or else of the
	// pipeline's target, if there are any.
	Classes []string

	// MaxBody is the size in bytes that a request may have; 8 MB if 0.
	MaxBody int64
	// MaxInstances is how many examples a request may have; 1024 if 0.
	MaxInstances int
	// MaxRequests is how many requests are worked on at a time; 64 if 0. Others
	// wait for up to MaxWait, 2 seconds if 0, and are answered 503 then.
	MaxRequests int
	MaxWait     time.Duration
	// MaxConnections is how many clients may be connected; 1024 if 0. Others are
	// accepted when one of them goes.
	MaxConnections int
	// MaxBatch is how many examples, of one or several requests, are computed
	// together; 32 if 0.
	MaxBatch int
	// Timeout is the time that a request may take from its last byte to its
	// answer; 10 seconds if 0.
	Timeout time.Duration
	// Grace is how long requests at work are waited for when the server stops; 15
	// seconds if 0.
	Grace time.Duration
	// Log gets a record of every request, and of what goes wrong. nil is none.
	Log *slog.Logger
}

// filled is c with its defaults.
func (c Config) filled() (Config, error) {
	for _, v := range []struct {
		name  string
		value int64
	}{
		{"MaxBody", c.MaxBody}, {"MaxInstances", int64(c.MaxInstances)}, {"MaxRequests", int64(c.MaxRequests)}, {"MaxWait", int64(c.MaxWait)},
		{"MaxConnections", int64(c.MaxConnections)}, {"MaxBatch", int64(c.MaxBatch)}, {"Timeout", int64(c.Timeout)}, {"Grace", int64(c.Grace)},
	} {
		if v.value < 0 {
			return c, fmt.Errorf("serve: %s is %d; it must be above 0, or 0 for the default", v.name, v.value)
		}
	}
	c.Name = or(c.Name, "model")
	c.MaxBody, c.MaxInstances = or(c.MaxBody, 8<<20), or(c.MaxInstances, 1024)
	c.MaxRequests, c.MaxWait = or(c.MaxRequests, 64), or(c.MaxWait, 2*time.Second)
	c.MaxConnections, c.MaxBatch = or(c.MaxConnections, 1024), or(c.MaxBatch, 32)
	c.Timeout, c.Grace = or(c.Timeout, 10*time.Second), or(c.Grace, 15*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
