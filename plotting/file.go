package plotting

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"github.com/gofromzero/fromzero/internal/wholefile"
)

// writeFile writes a file by way of a temporary one beside it, so that a
// reader never sees half of it.
func writeFile(path string, form func(io.Writer) error) error {
	if err := wholefile.Write(path, form); err != nil {
		return fmt.Errorf("plotting: saving a chart: %w", err)
	}
	return nil
}

// names gives each figure of a program a file name of its own, the same one
// whenever it is shown again.
type names struct {
	mu    sync.Mutex
	taken map[string]*Figure
}

var shown = &names{taken: map[string]*Figure{}}

func (n *names) name(f *Figure) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	base := f.FileName
	if base == "" {
		base = slug(f.Title)
	}
	if base == "" {
		base = slug(f.content.kind())
	}
	name := base
	for i := 2; n.taken[name] != nil && n.taken[name] != f; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	n.taken[name] = f
	return name
}

// slug turns a title into a file name: letters and digits of any script in
// lower case, single dashes between them.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	name := []rune(strings.Join(words, "-"))
	return string(name[:min(len(name), 60)])
}
