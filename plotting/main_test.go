package plotting

import (
	"fmt"
	"os"
	"testing"

	"github.com/gofromzero/fromzero/plotting/static"
)

// TestMain lets the test binary stand in for the fromzero program: with
// PLOTTING_TEST_RENDER set, "render" draws, or fails as the variable says.
func TestMain(m *testing.M) {
	if how := os.Getenv("PLOTTING_TEST_RENDER"); how != "" && len(os.Args) > 1 && os.Args[1] == "render" {
		os.Exit(standIn(how))
	}
	os.Exit(m.Run())
}

func standIn(how string) int {
	switch how {
	case "crash":
		fmt.Fprintln(os.Stderr, "Error: the disk is on fire")
		return 1
	case "old":
		fmt.Println("unknown command")
		return 0
	}
	if err := static.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
