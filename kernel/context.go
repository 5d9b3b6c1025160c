package kernel

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Context returns the context of this cell or program. It is cancelled by the
// notebook's stop button, by Ctrl-C and by SIGTERM. GoNB kills a cell 5 s after
// the stop button, so what is worth saving must be saved by then; in a terminal
// a second Ctrl-C ends the program at once.
//
// All calls return the same context. Until the first call, an interrupt ends
// the program as it does in any Go program.
func Context() context.Context { return processContext() }

var processContext = sync.OnceValue(func() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal finds no handler
	return ctx
})
