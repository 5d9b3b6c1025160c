package kernel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/kernel/kept"
)

// Keep returns the value of this name: from disk where it was built before from
// the same inputs, else from build, whose result is then kept for later cells
// and for the next time that the notebook is run.
//
// inputs are what the value depends on: a config, a data set's fingerprint, a
// struct or map of several. nil means that it depends on nothing. Equal inputs
// load, other inputs build anew and the line that Keep prints names what
// changed, field by field:
//
//	kept: model loaded from .fromzero/keep/10-mnist (built 3 min ago in 12.3 s)
//	kept: model: other inputs than last time (Epochs 5 → 10)
//	kept: model built in 24.1 s, 412 kB in .fromzero/keep/10-mnist
//
// Inputs must be plain values; a func, a channel or NaN among them is an error.
// The body of build is not an input: after changing it, change an input (a
// version number will do) or run "fromzero keep".
//
// T is carried by encoding/gob. Types with MarshalBinary and UnmarshalBinary,
// such as models and histories, can be kept alone or as exported fields of a
// struct. A type that gob would carry only in part (a field in lower case, a
// func, a channel) is an error before build runs. What loads is what gob makes
// of the value: an empty slice comes back as nil, and so does a field that
// points to a plain zero.
//
// When build fails or is interrupted, Keep returns its value and its error, and
// keeps nothing. A value that cannot be written is returned too, with an error
// that says why; where only the folder cannot be written to, a printed line
// says so instead.
//
// Values belong to one notebook: they lie in .fromzero/keep/<notebook> beside
// it, and no other notebook reads them. The values of a program lie in a folder
// of its own in the current directory. A damaged file, or one of another type,
// is built anew. Two processes do not build the same value at the same time:
// the second waits and loads.
func Keep[T any](name string, inputs any, build func() (T, error)) (T, error) {
	return keepWith(defaultKeeper(), name, inputs, build)
}

// keepWith is Keep with a keeper of the test's own.
func keepWith[T any](k *keeper, name string, inputs any, build func() (T, error)) (T, error) {
	var v T
	err := k.keep(name, inputs, &v, func() (err error) {
		v, err = build()
		return err
	})
	return v, err
}

// keeper is what Keep needs of the world.
type keeper struct {
	store kept.Store
	note  string // why values do not outlive the kernel, if so
	err   error  // why there is no store, if so
	out   io.Writer
	now   func() time.Time
	stop  func() <-chan struct{} // closed when waiting is to end
}

func defaultKeeper() *keeper {
	where := thisNotebook()
	return &keeper{
		store: where.store, note: where.note, err: where.err,
		out: os.Stdout, now: time.Now,
		stop: func() <-chan struct{} { return Context().Done() },
	}
}

// keep fills v, a pointer, from the store or by build, which sets *v itself.
func (k *keeper) keep(name string, inputs any, v any, build func() error) error {
	canonical, err := check(name, inputs, v)
	if err != nil {
		return fmt.Errorf("kernel: Keep %q: %w", name, err)
	}
	if k.err != nil { // whose the folder is cannot be told
		start := k.now()
		err := build()
		if err == nil {
			k.notKept(name, k.now().Sub(start), k.err)
		}
		return err
	}
	unlock, err := k.store.Lock(name, func(holder string) <-chan struct{} {
		k.sayf("%s is being built by %s: waiting for it", name, cmp.Or(holder, "another process"))
		return k.stop()
	})
	switch {
	case errors.Is(err, kept.ErrStopped):
		return fmt.Errorf("kernel: Keep %q: interrupted while waiting for another Keep of this name (does one stand inside the other?): %w", name, context.Canceled)
	case err != nil: // the folder cannot be written to; there may be something to read all the same
		unlock = func() {}
	}
	defer unlock()
	if k.load(name, canonical, v) {
		return nil
	}
	return k.buildAndSave(name, canonical, v, build)
}

// check finds out before the work what would make it useless.
func check(name string, inputs, v any) (canonical []byte, err error) {
	if err := kept.CheckName(name); err != nil {
		return nil, err
	}
	if _, err := kept.Schema(reflect.TypeOf(v).Elem()); err != nil {
		return nil, fmt.Errorf("the value cannot be kept: %w", err)
	}
	return kept.Canonical(inputs)
}

// load reports whether the value was there; if not, it says what was in the
// way, where that is of interest.
func (k *keeper) load(name string, inputs []byte, v any) bool {
	h, err := k.store.Load(name, inputs, v)
	var other *kept.TypeError
	switch {
	case err == nil:
		k.sayf("%s loaded from %s (built %s in %s)", name, k.place(), ago(k.now().Sub(h.Built)), seconds(h.Took))
		return true
	case errors.Is(err, kept.ErrNone):
		k.sayWhatDiffers(name, inputs)
	case errors.As(err, &other):
		k.sayf("%s: %v: building it again", name, other)
	case errors.Is(err, kept.ErrDamaged):
		k.sayf("%s: the kept file is damaged (%v): building it again", name, err)
	default:
		k.sayf("%s: the kept file cannot be read (%v): building it again", name, err)
	}
	return false
}

func (k *keeper) sayWhatDiffers(name string, inputs []byte) {
	last, ok := k.store.Last(name)
	if !ok {
		return
	}
	const most = 6
	diff := kept.Diff(last.Inputs, inputs)
	if len(diff) > most {
		diff = append(diff[:most], fmt.Sprintf("and %d more", len(diff)-most))
	}
	if len(diff) > 0 {
		k.sayf("%s: other inputs than last time (%s)", name, strings.Join(diff, ", "))
	}
}

func (k *keeper) buildAndSave(name string, inputs []byte, v any, build func() error) error {
	start := k.now()
	if err := build(); err != nil {
		return err
	}
	took := k.now().Sub(start)
	size, err := k.store.Save(name, inputs, v, k.now(), took)
	var refused *kept.EncodeError
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("kernel: Keep %q: it was built and is returned, but cannot be kept: %w", name, hint(refused.Err))
	case err != nil:
		k.notKept(name, took, err)
	default:
		k.sayf("%s built in %s, %s in %s%s", name, seconds(took), bytesText(size), k.place(), k.note)
	}
	return nil
}

func (k *keeper) notKept(name string, took time.Duration, err error) {
	k.sayf("%s built in %s, but not kept, so later cells will build it again: %v", name, seconds(took), err)
}

// hint adds what to do to the errors of gob that a beginner meets.
func hint(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "type not registered for interface"):
		return fmt.Errorf("%w: put gob.Register(T{}) with that type into a func init_keep() of the notebook, or keep the type itself instead of an interface", err)
	case strings.Contains(text, "nil pointer"), strings.Contains(text, "nil element"):
		return fmt.Errorf("%w: there is a nil where a value should be; return an error from build when there is nothing to keep", err)
	}
	return err
}

func (k *keeper) sayf(format string, args ...any) {
	fmt.Fprintf(k.out, "kept: "+format+"\n", args...)
}

// place is the store's folder, as short as it can be said.
func (k *keeper) place() string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, k.store.Dir); err == nil && len(rel) < len(k.store.Dir) {
			return rel
		}
	}
	return k.store.Dir
}
