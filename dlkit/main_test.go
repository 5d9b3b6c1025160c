package dlkit

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
)

// Environment variables that choose what the tests run on. Nothing but tests
// reads them.
const (
	plainOpsEnv   = "FROMZERO_PLAIN_OPS"   // not empty: no hand-written lowerings
	requireXLAEnv = "FROMZERO_REQUIRE_XLA" // not empty: fail where models do not run on XLA by themselves
)

// A run of the tests on XLA is made of compiling: a tenth of a second for the
// smallest program, several for long chains of operations. These two lists say
// what it leaves out. All else runs there, on both backends where it compares
// with Keras.
var (
	// notOnXLA are whole tests, with the reason.
	notOnXLA = map[string]string{
		"TestKilledTraining": "it starts dozens of processes, on pure Go in any case",
	}
	// fewerOnXLA are tests of many like cases, of which every n-th runs.
	fewerOnXLA = map[string]int{
		"TestPoolingBeforeTheActivationChangesNothing": 7,  // 140 networks
		"TestBackupInTheMiddleOfAnEpoch":               10, // deaths at each of 42 steps
	}
)

func onXLA() bool { return kindOf(defaultBackend()) == "xla" }

// leftOut reports whether the i-th case of a test is left out.
func leftOut(t *testing.T, i int) bool {
	n, ok := fewerOnXLA[t.Name()]
	return ok && onXLA() && i%n != 0
}

func TestMain(m *testing.M) {
	plainOps = os.Getenv(plainOpsEnv) != ""
	if os.Getenv(requireXLAEnv) != "" && !onXLA() {
		fmt.Fprintf(os.Stderr, "%s is set, but models run on %q: build the tests with -tags xla and CGO_ENABLED=1, and install a plugin into one of %s (fromzero setup --xla)\n",
			requireXLAEnv, defaultBackend(), strings.Join(xlaplugin.Folders(), ", "))
		os.Exit(1)
	}
	if onXLA() && len(notOnXLA) > 0 {
		names := slices.Sorted(maps.Keys(notOnXLA))
		_ = flag.Set("test.skip", "^("+strings.Join(names, "|")+")$") // -skip on the command line replaces it
	}
	os.Exit(m.Run())
}

// kindOf is a backend's kind: "xla" of "xla:/lib/pjrt_c_api_cpu_plugin.so".
func kindOf(backend string) string {
	kind, _, _ := strings.Cut(backend, ":")
	return kind
}

// withPlainOps runs fn with the operations that every backend has.
func withPlainOps(fn func()) { withOps(true, fn) }

// withLowerings runs fn with the hand-written lowerings, whatever the
// environment says of the other tests.
func withLowerings(fn func()) { withOps(false, fn) }

func withOps(plain bool, fn func()) {
	was := plainOps
	plainOps = plain
	defer func() { plainOps = was }()
	fn()
}
