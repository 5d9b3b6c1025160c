// Package xla lets dlkit's models run on XLA, the compiler behind JAX. Import
// it for that alone:
//
//	import _ "github.com/gofromzero/fromzero/dlkit/xla"
//
// or build with the tag xla, which has the same effect on every program that
// uses dlkit. XLA is a library of its own, a plugin that the program loads when
// it starts to calculate. Nothing is ever downloaded for that: `fromzero setup
// --xla` installs one, and so does go-xla's own installer. They lie in
// ~/.local/lib/go-xla or /usr/local/lib/go-xla, or in the folders that
// PJRT_PLUGIN_LIBRARY_PATH names.
//
// Where the environment variable GOMLX_BACKEND is set, it decides: "go", "xla",
// "xla:cpu", "xla:cuda". Else models run on XLA if a plugin is installed, and
// else on pure Go, as without this package. [Plugin] tells which it is.
//
// Building it takes cgo: a C compiler, and CGO_ENABLED not 0. Without cgo, or on
// a system that XLA has no plugins for, the package can still be imported, but
// brings no backend; models run on pure Go, and [Plugin] says why.
package xla
