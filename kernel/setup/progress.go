package setup

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// cellProgress tells of one cell while it runs: a line when it starts, its text
// indented below, a line when it is over.
type cellProgress struct {
	out      io.Writer
	cell     *jupyter.Cell
	total    int
	terminal bool // lines can be overwritten
	midLine  bool // the last text did not end its line
	updating bool // the current line is an updating one
}

func newProgress(out io.Writer, cell *jupyter.Cell, total int) *cellProgress {
	f, ok := out.(*os.File)
	return &cellProgress{out: out, cell: cell, total: total, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

func (p *cellProgress) begin() {
	fmt.Fprintf(p.out, "[%d/%d] %s\n", p.cell.Number, p.total, headline(p.cell.Source()))
}

// headline is the first line of a cell that says something.
func headline(source string) string {
	inImports := false
	for line := range strings.Lines(source) {
		t := strings.TrimSpace(line)
		switch {
		case t == "", strings.HasPrefix(t, "%"), strings.HasPrefix(t, "//"):
		case t == "import (":
			inImports = true
		case inImports:
			inImports = t != ")"
		default:
			return shorten(t, 70)
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(source), "\n")
	return shorten(first, 70)
}

func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// show passes an output on. Updates of a display are shown only on a terminal,
// on one line; elsewhere they would fill the log.
func (p *cellProgress) show(o *jupyter.Output, update bool) {
	text := o.Plain()
	if !p.terminal {
		text = jupyter.StripANSI(text)
	}
	html, _ := o.Data["text/html"].(string)
	switch {
	case text == "", o.Kind == jupyter.Failure, isErrorReport(html):
		// The error at the end says it.
	case o.Kind == jupyter.Stream:
		p.text(text)
	case p.terminal && o.DisplayID != "" && !strings.Contains(strings.TrimSpace(text), "\n"):
		fmt.Fprintf(p.out, "\r\x1b[K      %s", strings.TrimSpace(text))
		p.midLine, p.updating = true, true
	case !update:
		p.text(text + "\n")
	}
}

// text writes lines, indented.
func (p *cellProgress) text(s string) {
	if p.updating {
		p.finishLine()
	}
	for line := range strings.Lines(s) {
		if !p.midLine {
			fmt.Fprint(p.out, "      ")
		}
		fmt.Fprint(p.out, line)
		p.midLine = !strings.HasSuffix(line, "\n")
	}
}

func (p *cellProgress) finishLine() {
	if p.midLine {
		fmt.Fprintln(p.out)
	}
	p.midLine, p.updating = false, false
}

func (p *cellProgress) end(err error, took time.Duration) {
	p.finishLine()
	word := "ok"
	if err != nil {
		word = "FAILED"
	}
	fmt.Fprintf(p.out, "      %s, %.1f s\n", word, took.Seconds())
}
