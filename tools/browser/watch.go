package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Heard is what pages did that a reader does not see.
type Heard struct {
	// Remote are the addresses on other machines that pages asked for. None of
	// them was reached.
	Remote []string
	// Complaints are the errors that pages' scripts wrote to the console or did
	// not catch.
	Complaints []string
}

// watch notes what pages do; the browser calls it from a goroutine of its own.
type watch struct {
	mu    sync.Mutex
	heard Heard
}

// start watches the tab of a context from now on.
func (w *watch) start(ctx context.Context) error { return chromedp.Listen(ctx, w.event) }

func (w *watch) event(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if isRemote(e.Request.URL) && !slices.Contains(w.heard.Remote, e.Request.URL) {
			w.heard.Remote = append(w.heard.Remote, e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		w.complain(e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			w.complain("console.error:", e.Args...)
		}
	case *log.EventEntryAdded:
		// A request that fails is told of above.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.complain(e.Entry.Text)
		}
	}
}

func (w *watch) complain(text string, values ...*runtime.RemoteObject) {
	for _, v := range values {
		if v != nil {
			text += fmt.Sprintf(" %s%s", v.Description, v.Value)
		}
	}
	w.heard.Complaints = append(w.heard.Complaints, text)
}

// isRemote reports whether an address is on another machine.
func isRemote(url string) bool {
	scheme, rest, _ := strings.Cut(url, "://")
	switch scheme {
	case "http", "https", "ws", "wss":
		return !strings.HasPrefix(rest, "127.0.0.1") && !strings.HasPrefix(rest, "localhost")
	}
	return false
}

// Heard returns what pages did since it was last called.
func (c *Chromium) Heard() Heard {
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	out := c.watch.heard
	c.watch.heard = Heard{}
	return out
}
