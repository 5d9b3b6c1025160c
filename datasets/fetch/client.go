package fetch

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// userAgent is our own: some hosts refuse the default ones of HTTP libraries.
const userAgent = "fromzero/1.0 (+https://github.com/gofromzero/fromzero)"

// limits say how long a server may be silent, and how often a transfer that
// was cut is taken up again without a single new byte.
type limits struct {
	connect, header, idle time.Duration
	pause                 time.Duration // before a cut transfer is taken up again
	retries               int
}

var defaultLimits = limits{
	connect: 10 * time.Second, header: 20 * time.Second, idle: 30 * time.Second,
	pause: time.Second, retries: 3,
}

func newClient(l limits) *http.Client {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: l.connect}).DialContext,
		TLSHandshakeTimeout:   l.connect,
		ResponseHeaderTimeout: l.header,
		ForceAttemptHTTP2:     true,
		// A .gz file is wanted as it is, not unpacked on the way.
		DisableCompression: true,
	}
	// For mirrors in a local folder, and GOPROXY=file://…
	t.RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	return &http.Client{Transport: t}
}

// watchdog is a reader that ends with a silentError when nothing arrives for a
// while. A slow transfer goes on for as long as it takes.
type watchdog struct {
	body  io.Reader
	timer *time.Timer
	idle  time.Duration
}

// watch wraps body; cancel must make its reads return.
func watch(body io.Reader, idle time.Duration, cancel context.CancelCauseFunc) *watchdog {
	return &watchdog{body, time.AfterFunc(idle, func() { cancel(&silentError{idle}) }), idle}
}

func (w *watchdog) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.timer.Reset(w.idle)
	}
	return n, err
}

func (w *watchdog) stop() { w.timer.Stop() }
