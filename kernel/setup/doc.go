// Package setup brings a machine to the point where the course's notebooks run,
// and runs them: it finds or installs Jupyter, builds GoNB and its helpers at
// pinned versions, registers the kernel "Go (fromzero)" with the build flags
// that it needs, and fills the build cache so that the first cell is quick.
// Everything it installs lies in one folder of the user's, see Places; it
// touches no system file unless it has to install the system's own Jupyter
// packages, which it does only as root.
//
// Running it again takes about a second: each step remembers what it was made
// from (state.json) and is repeated only when that changed.
//
// It is used by the fromzero program and by tests, never by a cell.
package setup
