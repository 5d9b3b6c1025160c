package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
)

// Must returns v, or ends the cell with the error's text and the line that
// asked:
//
//	model := kernel.Must(dlkit.Load(file))
//
// A cell that was interrupted is no failure: where the error is the
// interrupt's and there is a value all the same, such as the history of the
// epochs that were trained, Must prints a line and returns it.
//
// Outside a notebook Must panics with the error, so that deferred calls run.
func Must[T any](v T, err error) T {
	if err == nil {
		return v
	}
	if interrupted(err) && !isZero(reflect.ValueOf(&v).Elem()) {
		fmt.Fprintln(os.Stderr, "interrupted: going on with what there is up to here")
		return v
	}
	fail(err, 2)
	return v
}

// Check ends the cell where err is not nil, as Must does, for calls that return
// an error alone.
func Check(err error) {
	if err != nil {
		fail(err, 2)
	}
}

// interrupted says whether err comes from the cancelled Context.
func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) && Context().Err() != nil
}

// isZero also counts a nil behind an interface.
func isZero(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Interface && isZero(v.Elem())
}

// fail ends the program; skip leads from fail's frame to the one to name.
func fail(err error, skip int) {
	if !InNotebook() {
		panic(err)
	}
	_ = syncNotebook() // pictures first, then why it stopped
	fmt.Fprintln(os.Stderr, failure(err, skip+1))
	os.Exit(1)
}

// failure is the text: the error, then the place. GoNB turns the path of the
// cell's main.go into the cell's number and line.
func failure(err error, skip int) string {
	text := "Error: " + err.Error()
	if interrupted(err) {
		text = "Interrupted: " + err.Error()
	}
	if _, file, line, ok := runtime.Caller(skip); ok {
		text += fmt.Sprintf("\n\tat %s:%d", filepath.FromSlash(file), line)
	}
	return text
}
