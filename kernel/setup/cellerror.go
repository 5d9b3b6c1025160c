package setup

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// CellError says which cell of a notebook failed, and why, in plain text.
type CellError struct {
	// Notebook is the file.
	Notebook string
	// Number counts the notebook's code cells from 1.
	Number int
	// Source is the cell's code.
	Source string
	// Text is what the Go compiler or the program said.
	Text string
	// Err is set where the cell did not end by itself: a timeout, an
	// interrupt, a kernel that died.
	Err error
}

// Error has the place, the reason, and the cell's source with line numbers.
func (e *CellError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: code cell %d failed", e.Notebook, e.Number)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Text != "" {
		b.WriteString("\n" + indent(e.Text, "  "))
	}
	b.WriteString("\nthe cell:\n" + excerpt(e.Source, e.markedLine()))
	return b.String()
}

// Unwrap is Err.
func (e *CellError) Unwrap() error { return e.Err }

// GoNB says "Cell[3]: Line 2" where a line of main.go comes from a cell.
var reCellLine = regexp.MustCompile(`Cell(?:\[(\d+)\]:)? Line (\d+)`)

// markedLine is the line of the cell that the text names first; 0 if none.
func (e *CellError) markedLine() int {
	m := reCellLine.FindStringSubmatch(e.Text)
	if m == nil {
		return 0
	}
	var line int
	fmt.Sscan(m[2], &line) //nolint:errcheck // digits only
	return line
}

// around is how many lines an excerpt has before and after the marked one.
const around = 4

// excerpt is the source with line numbers, the marked line with an arrow, and
// only its neighbourhood where the cell is long.
func excerpt(source string, marked int) string {
	lines := strings.Split(strings.TrimRight(source, "\n"), "\n")
	from, to := 0, len(lines)
	if limit := 2*around + 1; len(lines) > limit {
		to = limit
		if marked > 0 {
			from = max(0, min(marked-1-around, len(lines)-limit))
			to = min(len(lines), from+limit)
		}
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		arrow := " "
		if i+1 == marked {
			arrow = ">"
		}
		fmt.Fprintf(&b, "  %s %3d | %s\n", arrow, i+1, lines[i])
	}
	if to < len(lines) {
		fmt.Fprintf(&b, "        … %d more lines\n", len(lines)-to)
	}
	return strings.TrimRight(b.String(), "\n")
}

// faultText gathers why a cell failed: what it wrote to stderr, above all the
// message of a panic, GoNB's HTML report, which knows the cell's lines, and,
// where there is neither, the kernel's own word.
func faultText(ex *jupyter.Execution) string {
	var report, stderr, word string
	for _, o := range ex.Outputs {
		switch html, _ := o.Data["text/html"].(string); {
		case o.Kind == jupyter.Failure:
			word = o.Plain()
		case o.Kind == jupyter.Stream && o.Name == "stderr":
			stderr += jupyter.StripANSI(o.Text)
		case isErrorReport(html):
			report += o.Plain() + "\n"
		}
	}
	report = cellLines(report)
	if message, _, panicked := strings.Cut(stderr, "\ngoroutine "); panicked && report != "" {
		stderr = message // the report has the places that are in cells
	}
	text := strings.TrimSpace(strings.TrimSpace(stderr) + "\n" + report)
	for _, other := range []string{word, ex.EValue} {
		if text == "" {
			text = other
		}
	}
	return cutMiddle(text, 40)
}

var (
	// The line of the cell says more than that of the file that GoNB made.
	reMainLine = regexp.MustCompile(`(Cell(?:\[\d+\]:)? Line \d+) \S*main\.go:\d+(:\d+)?(?: \+0x[0-9a-f]+)?`)
	rePackage  = regexp.MustCompile(`(?m)^# gonb_\w+\n?`)
)

// cellLines makes GoNB's report readable: "Cell[2]: Line 3:14: …".
func cellLines(report string) string {
	report = rePackage.ReplaceAllString(report, "")
	return strings.TrimSpace(reMainLine.ReplaceAllString(report, "$1$2"))
}

// isErrorReport reports whether a display is GoNB's box of a cell's error.
func isErrorReport(html string) bool { return strings.Contains(html, "gonb-err") }

// cutMiddle keeps the beginning and the end of a long text.
func cutMiddle(text string, lines int) string {
	all := strings.Split(text, "\n")
	if len(all) <= lines {
		return text
	}
	head, tail := all[:lines*3/4], all[len(all)-lines/4:]
	return strings.Join(head, "\n") + fmt.Sprintf("\n… %d lines …\n", len(all)-lines) + strings.Join(tail, "\n")
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}

// plainText is what outputs say, without pictures.
func plainText(outputs []*jupyter.Output) string {
	var b strings.Builder
	for _, o := range outputs {
		text := o.Plain()
		b.WriteString(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			b.WriteString("\n")
		}
	}
	return b.String()
}
