package kernel

import (
	"fmt"
	"html"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminalWidth returns what tells the width of the terminal behind w, or nil
// where w is none.
func terminalWidth(w io.Writer) func() int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return func() int {
		columns, _, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}
}

// terminalView rewrites one line of a terminal.
type terminalView struct {
	w     io.Writer
	width func() int
	shown int // columns that the line on the screen takes; 0: none is open
}

// draw leaves the last column free: a full line would wrap.
func (t *terminalView) draw(l line) { t.put(l.fit(max(t.width()-1, 1)), "") }

// finish says all, even where that takes a second row: it is not rewritten.
func (t *terminalView) finish(l line) {
	t.put(l.text(0, true, len(l.metrics())), "\n")
	t.shown = 0
}

func (t *terminalView) close() {
	if t.shown > 0 {
		fmt.Fprintln(t.w)
		t.shown = 0
	}
}

// put writes over the line on the screen, and blanks what is left of it.
func (t *terminalView) put(text, end string) {
	n := cells(text)
	blank := max(t.shown-n, 0)
	fmt.Fprint(t.w, "\r", text, strings.Repeat(" ", blank), end)
	t.shown = n
}

// logView writes lines that stay.
type logView struct{ w io.Writer }

func (v *logView) draw(l line) {
	fmt.Fprintln(v.w, l.text(0, true, len(l.metrics())))
}

func (v *logView) finish(l line) { v.draw(l) }

func (v *logView) close() {}

// notebookView rewrites one element below the cell. A series of tasks shares
// it; another series, or the same one begun anew, gets one of its own, so that
// the last line of training stays while the model is evaluated.
type notebookView struct {
	id     string
	static bool // text alone, for notebooks that are committed
	count  int
	last   series
	begun  bool
}

func (v *notebookView) draw(l line) {
	v.choose(l)
	send(v.element(), v.bundle(l))
}

func (v *notebookView) finish(l line) {
	v.choose(l)
	send(v.element(), v.bundle(l))
	// What is still on the way when the cell ends would be lost. An error here
	// is not worth a training run.
	_ = syncNotebook()
}

func (v *notebookView) close() { _ = syncNotebook() }

func (v *notebookView) element() string { return fmt.Sprintf("%s-%d", v.id, v.count) }

func (v *notebookView) choose(l line) {
	s := seriesOf(l.label)
	if v.begun && (s.name != v.last.name || s.at < v.last.at) {
		v.count++
	}
	v.begun, v.last = true, s
}

func (v *notebookView) bundle(l line) Bundle {
	b := Bundle{Text: l.text(24, true, len(l.metrics()))}
	if !v.static {
		b.HTML = l.html()
	}
	return b
}

// html is the line with a drawn bar, in an element whose height never changes.
func (l line) html() string {
	var b strings.Builder
	b.WriteString(`<div style="font-family:monospace;line-height:1.6;white-space:pre;overflow:hidden;text-overflow:ellipsis">`)
	b.WriteString(html.EscapeString(l.label))
	if f, ok := l.fraction(); ok && !l.over {
		fmt.Fprintf(&b, `  <span style="display:inline-block;width:14em;height:.7em;background:#d0d7de;border-radius:.35em;overflow:hidden">`+
			`<span style="display:block;width:%.1f%%;height:100%%;background:#2f81c7"></span></span>`, 100*f)
	}
	rest := l
	rest.label = ""
	b.WriteString("  " + html.EscapeString(rest.text(0, true, len(l.metrics()))))
	b.WriteString("</div>")
	return b.String()
}
