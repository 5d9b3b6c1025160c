// Package kernel is what a notebook cell talks to: it shows things in the
// notebook, shows how far a long task has come, and hands values on to later
// cells. In a plain program, outside a notebook, the same calls write to the
// terminal.
//
// GoNB compiles each cell and runs it as a new process. Imports, types and
// functions stay, values do not; Keep carries those that were expensive:
//
//	trained, err := kernel.Keep("model", config, func() (*dlkit.Model, error) {
//		…                                 // runs once; later cells load the result
//	})
//
// An interrupt (the notebook's stop button, or Ctrl-C) cancels Context, so that
// a training cell can return what it has.
package kernel
