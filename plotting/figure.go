package plotting

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/kernel"
	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

// Figure is what all charts have in common: their looks, and the methods that
// show and save them. It is embedded in every chart and is of no use alone.
type Figure struct {
	// Title stands above the chart, Subtitle under the title in small letters.
	Title, Subtitle string
	// Width and Height are the size in CSS pixels. A page that is narrower
	// than Width shrinks the chart.
	Width, Height int
	// FileName is the name, without ending, of the file that Show writes
	// outside a notebook. Empty makes one of the title.
	FileName string

	content content
	noCopy  noCopy
}

// noCopy makes go vet report copies of a Figure: a copied chart would still
// draw the original's data.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// content is what a kind of chart adds to a Figure.
type content interface {
	// kind names the kind of chart in one or two words.
	kind() string
	// check returns an error if the exported fields do not fit the data.
	check() error
	// summary is the chart in words and numbers.
	summary() string
	// element is the chart as a piece of HTML that shows still, a PNG, until
	// its script has run; still may be empty.
	element(still []byte) (string, error)
	// page is the chart as the body of a page of its own.
	page() (string, error)
	// picture is the chart as a file of a format of package picture.
	picture(format string) ([]byte, error)
}

// dots is the number of dots to a CSS pixel in PNGs, for sharp letters on
// today's screens.
const dots = 2

// String is the chart in words and numbers, as terminals show it.
func (f *Figure) String() string {
	if err := f.ready(); err != nil {
		return err.Error()
	}
	return f.content.summary()
}

// ready returns an error if the figure cannot be drawn.
func (f *Figure) ready() error {
	if f.content == nil {
		return fmt.Errorf("plotting: a chart made without its constructor: %w; use plotting.New…", ErrNoData)
	}
	const most = 8000
	if f.Width < 1 || f.Height < 1 || f.Width > most || f.Height > most {
		return fmt.Errorf("plotting: %s of %d×%d pixels; Width and Height must be 1 to %d", f.content.kind(), f.Width, f.Height, most)
	}
	return f.content.check()
}

// Show displays the chart below the cell in a notebook. Elsewhere it writes
// the chart as an HTML file into the folder charts and says so on the standard
// output.
func (f *Figure) Show() error {
	if err := f.ready(); err != nil {
		return err
	}
	if !kernel.InNotebook() {
		return f.showFile()
	}
	b, err := f.bundle()
	if err != nil {
		return err
	}
	return kernel.Display(b)
}

// staticOnly reports whether the user wants notebooks without scripts.
func staticOnly() bool { return os.Getenv("FROMZERO_STATIC") == "1" }

// bundle is the chart in all forms that a notebook may show.
func (f *Figure) bundle() (kernel.Bundle, error) {
	b := kernel.Bundle{Text: f.content.summary()}
	still, err := f.content.picture(picture.PNG)
	if err != nil { // a missing picture must not stop a lesson
		b.Text += "\n\n(no picture: " + strings.TrimPrefix(err.Error(), "plotting: ") + ")"
	}
	b.PNG = still
	if staticOnly() {
		return b, nil
	}
	element, err := f.content.element(still)
	if err != nil {
		return kernel.Bundle{}, err
	}
	b.HTML = element
	return b, nil
}

// showFile writes the chart into the folder charts.
func (f *Figure) showFile() error {
	path := filepath.Join("charts", shown.name(f)+".html")
	if err := f.Save(path); err != nil {
		return err
	}
	_, err := fmt.Printf("plotting: %s is in %s: open it in a browser\n", f.content.kind(), path)
	return err
}

// WriteHTML writes the chart as a page of its own that needs no other file
// and no network.
func (f *Figure) WriteHTML(w io.Writer) error {
	if err := f.ready(); err != nil {
		return err
	}
	page, err := f.page()
	if err != nil {
		return err
	}
	return write(w, []byte(page))
}

// WriteSVG writes the chart as an SVG picture. It returns an error that wraps
// ErrNoRenderer where pictures cannot be made.
func (f *Figure) WriteSVG(w io.Writer) error { return f.writePicture(w, picture.SVG) }

// WritePNG writes the chart as a PNG picture with two dots to each CSS pixel.
// It returns an error that wraps ErrNoRenderer where pictures cannot be made.
func (f *Figure) WritePNG(w io.Writer) error { return f.writePicture(w, picture.PNG) }

func (f *Figure) writePicture(w io.Writer, format string) error {
	if err := f.ready(); err != nil {
		return err
	}
	data, err := f.content.picture(format)
	if err != nil {
		return err
	}
	return write(w, data)
}

func write(w io.Writer, data []byte) error {
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("plotting: writing a chart: %w", err)
	}
	return nil
}

// Save writes the chart to a file whose ending says how: .html, .svg or .png.
// It makes the file's folder if need be; the file is whole or not there.
func (f *Figure) Save(path string) error {
	var form func(io.Writer) error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".html", ".htm":
		form = f.WriteHTML
	case ".svg":
		form = f.WriteSVG
	case ".png":
		form = f.WritePNG
	default:
		return fmt.Errorf("plotting: cannot save a chart as %q: the ending %q is not .html, .svg or .png", path, ext)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("plotting: saving a chart: %w", err)
	}
	return writeFile(path, form)
}
