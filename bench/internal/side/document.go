package side

import (
	"fmt"
	"os"
	"strings"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

// PutBetween replaces what stands between two lines of a document.
func PutBetween(path, begin, end, text string) error {
	doc, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(doc), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("bench: %s has no lines %q and %q to put the result between", path, begin, end)
	}
	return wholefile.Bytes(path, []byte(before+begin+"\n"+text+"\n"+end+after))
}
