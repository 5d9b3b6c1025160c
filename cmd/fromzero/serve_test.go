package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// logged is a log that is written and read at the same time.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestServe(t *testing.T) {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Skip("cannot listen on the loopback address:", err)
	} else {
		l.Close()
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := dlkit.Sequential(tensor.Shape{2}, dlkit.ReLU).SaveFile(path); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var log logged
	cmd := root()
	cmd.SetArgs([]string{"serve", "--addr", "127.0.0.1:0", "--classes", "left,right", path})
	cmd.SetErr(&log)
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()
	addr := ""
	for deadline := time.Now().Add(20 * time.Second); addr == ""; time.Sleep(time.Millisecond) {
		if _, rest, ok := strings.Cut(log.String(), "address="); ok {
			addr, _, _ = strings.Cut(rest, " ")
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not serve: %s", log.String())
		}
	}
	resp, err := http.Post("http://"+addr+"/v1/models/model:predict", "", strings.NewReader(`{"instance": [1, 2]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), `"label": "right"`) {
		t.Errorf("got %s, %v", body, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if _, err := call(t, "", "serve", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a model that is not there is served")
	}
}
