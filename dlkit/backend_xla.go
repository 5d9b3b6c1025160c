//go:build xla

package dlkit

import _ "github.com/gofromzero/fromzero/dlkit/xla" // the tag puts XLA into every program
