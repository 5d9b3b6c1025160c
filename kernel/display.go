package kernel

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/internal/wholefile"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Bundle is one thing in up to three forms; the notebook shows the first that
// it can: HTML, PNG, Text. A form that is empty is left out.
type Bundle struct {
	HTML string
	PNG  []byte // the bytes of a .png file
	Text string // also what a terminal shows
}

// ErrNothing is returned by Display and Update for an empty Bundle.
var ErrNothing = errors.New("kernel: nothing to display: the bundle has no HTML, no PNG and no text")

// syncWait is how long the notebook may take to take in what was sent.
const syncWait = 20 * time.Second

// InNotebook says whether this program is a GoNB cell.
func InNotebook() bool { return gonbui.IsNotebook }

// UniqueID returns a new id for Update.
func UniqueID() string { return gonbui.UniqueId() }

// Display shows b below the cell, and returns when the notebook has it.
// Outside a notebook it writes b's text to the standard output; see also
// Bundle.Fprint and Bundle.WriteFile.
func Display(b Bundle) error { return show("", b) }

// Update shows b in place of what the last Update with this id showed in this
// cell; the first one makes the place. Ids are the caller's; UniqueID makes
// one. Outside a notebook it does what Display does.
func Update(id string, b Bundle) error {
	if id == "" {
		return errors.New("kernel: Update wants an id: kernel.UniqueID() makes one")
	}
	return show(id, b)
}

func show(id string, b Bundle) error {
	if b.HTML == "" && len(b.PNG) == 0 && b.Text == "" {
		return ErrNothing
	}
	if !InNotebook() {
		return b.Fprint(os.Stdout)
	}
	send(id, b)
	return syncNotebook()
}

// send hands b to the notebook, without waiting for it to arrive.
func send(id string, b Bundle) {
	data := map[protocol.MIMEType]any{}
	if b.HTML != "" {
		data[protocol.MIMETextHTML] = b.HTML
	}
	if len(b.PNG) > 0 {
		data[protocol.MIMEImagePNG] = b.PNG
	}
	if b.Text != "" {
		data[protocol.MIMETextPlain] = b.Text
	}
	message := &protocol.DisplayData{Data: data, DisplayID: id}
	if width, height, ok := pngSize(b.PNG); ok {
		message.Metadata = map[string]any{string(protocol.MIMEImagePNG): map[string]int{"width": width, "height": height}}
	}
	gonbui.SendData(message)
}

// syncNotebook waits until the notebook has all that was sent: what is still on
// the way when the cell's process ends is lost. gonbui's own Sync would wait
// for ever for a notebook that has gone away.
func syncNotebook() error {
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(syncWait):
		return fmt.Errorf("kernel: the notebook did not answer within %v: restart its kernel", syncWait)
	}
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("kernel: the way to the notebook is broken (restart its kernel): %w", err)
	}
	return nil
}

// Fprint writes what Display shows outside a notebook: the text, or where there
// is none a line that says so.
func (b Bundle) Fprint(w io.Writer) error {
	text := b.Text
	switch {
	case text != "":
	case len(b.PNG) > 0:
		text = fmt.Sprintf("(a picture of %d bytes, without a text form)", len(b.PNG))
	case b.HTML != "":
		text = "(HTML, without a text form)"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// WriteFile writes one form of b to a file, the one that the name's ending asks
// for: .html, .png or .txt. The file is whole or not there at all.
func (b Bundle) WriteFile(path string) error {
	data, err := b.form(strings.ToLower(filepath.Ext(path)))
	if err != nil {
		return fmt.Errorf("kernel: %s: %w", path, err)
	}
	if err := wholefile.Bytes(path, data); err != nil {
		return fmt.Errorf("kernel: %w", err)
	}
	return nil
}

func (b Bundle) form(ext string) ([]byte, error) {
	var data []byte
	switch ext {
	case ".html", ".htm":
		data = []byte(b.HTML)
	case ".png":
		data = b.PNG
	case ".txt":
		data = []byte(b.Text)
	default:
		return nil, fmt.Errorf("unknown ending %q: use .html, .png or .txt", ext)
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("the bundle has no %s form", ext)
	}
	return data, nil
}
