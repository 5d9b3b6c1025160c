// Package backends is where a package that brings a faster backend than pure
// Go tells dlkit of it. dlkit reads it when a model is compiled.
package backends

import "sync/atomic"

var preferred atomic.Value

// Prefer makes models run on a backend, given as a configuration of GoMLX such
// as "xla:cpu", where neither the program nor GOMLX_BACKEND chooses one. The
// last call counts.
func Prefer(config string) { preferred.Store(config) }

// Preferred is the configuration last given to Prefer, or "" if there is none.
func Preferred() string {
	config, _ := preferred.Load().(string)
	return config
}
