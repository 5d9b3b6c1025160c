package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// inMemory is a network of one server, whose connections are pipes: in a bubble
// of synctest, time passes on it only when everybody waits.
type inMemory struct{ accepted chan net.Conn }

func (n inMemory) Accept() (net.Conn, error) {
	c, ok := <-n.accepted
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (n inMemory) Close() error   { return nil }
func (n inMemory) Addr() net.Addr { return &net.TCPAddr{} }

func (n inMemory) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	n.accepted <- theirs
	return ours, nil
}

// slowly serves the file with a pause before the answer and before each byte.
func slowly(answer, each time.Duration) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, q *http.Request, data []byte) {
		time.Sleep(answer)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.(http.Flusher).Flush()
		for i := range data {
			time.Sleep(each)
			if _, err := w.Write(data[i : i+1]); err != nil || q.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	}
}

// A server may be as slow as it likes, but not silent for longer than the limits
// that users have; the time here is not real.
func TestSlowAndHangingServers(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request, []byte)
		want  string // of the error; "" if the file is to come
		most  time.Duration
	}{
		"slow":                  {slowly(19*time.Second, 29*time.Second), "", time.Hour},
		"hangs before answer":   {slowly(time.Hour, 0), "timeout awaiting response headers", time.Minute},
		"hangs behind its head": {slowly(0, time.Hour), "the server sent nothing for 30s", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setupSmall(t)
			r.Spec.Mirrors = []string{"http://slow.example"}
			synctest.Test(t, func(t *testing.T) {
				network := inMemory{make(chan net.Conn)}
				server := &http.Server{Handler: &fakeMirror{files: files, fault: times(always, c.fault)}}
				go func() { _ = server.Serve(network) }()
				j := newJob(r, defaultLimits)
				j.client.Transport.(*http.Transport).DialContext = network.dial
				begin := time.Now()
				err := j.run(context.Background())
				took := time.Since(begin)
				close(network.accepted)
				_ = server.Close()
				time.Sleep(2 * time.Hour) // the handlers end
				if took > c.most {
					t.Errorf("it took %v", took)
				}
				if c.want == "" {
					if err != nil {
						t.Fatal(err)
					}
					wantFiles(t, r, files)
					return
				}
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "http://slow.example/a.gz: ") {
					t.Errorf("error %v, want %q", err, c.want)
				}
				wantNothing(t, r)
			})
		})
	}
}
