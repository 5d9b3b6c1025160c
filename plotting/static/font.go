package static

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The font of all pictures: Noto Sans SC, SIL Open Font License 1.1, cut down
// by fonts.sh to Latin, Greek, symbols and the characters of GB 2312.
//
//go:embed NotoSansSC-subset.otf
var notoSansSC []byte

// typeface is the embedded font and, for characters that it lacks, fonts of
// the system. A font is opened once and read from many pictures.
type typeface struct {
	mu     sync.Mutex
	buf    sfnt.Buffer
	fonts  []*sfnt.Font
	system bool // the system's fonts were looked for
	known  map[rune]glyph
}

// glyph is where a character is drawn from: a font and its number there.
type glyph struct {
	font  *sfnt.Font
	index sfnt.GlyphIndex
}

var face = sync.OnceValue(func() *typeface {
	t := &typeface{known: map[rune]glyph{}}
	if f, err := sfnt.Parse(notoSansSC); err == nil {
		t.fonts = append(t.fonts, f)
	}
	return t
})

// unitsPerEm is the size at which outlines and widths are read; they are
// scaled from there, so that no hinting or rounding depends on the size.
const unitsPerEm = 1000

// find tells where the character is drawn from. A character that no font has
// becomes the embedded font's box.
func (t *typeface) find(r rune) glyph {
	if g, ok := t.known[r]; ok {
		return g
	}
	g, ok := t.lookUp(r, t.fonts)
	if !ok && !t.system {
		t.system = true
		more := systemFonts()
		t.fonts = append(t.fonts, more...)
		g, ok = t.lookUp(r, more)
	}
	if !ok && len(t.fonts) > 0 {
		g = glyph{font: t.fonts[0]}
	}
	t.known[r] = g
	return g
}

func (t *typeface) lookUp(r rune, fonts []*sfnt.Font) (glyph, bool) {
	for _, f := range fonts {
		if i, err := f.GlyphIndex(&t.buf, r); err == nil && i != 0 {
			return glyph{f, i}, true
		}
	}
	return glyph{}, false
}

// outline is one character's shape and width for a font size of unitsPerEm.
type outline struct {
	segments sfnt.Segments
	advance  float64
}

// outlines gives the shapes of the text's characters in order.
func (t *typeface) outlines(text string) []outline {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []outline
	for _, r := range text {
		g := t.find(r)
		if g.font == nil {
			continue
		}
		ppem := fixed.I(unitsPerEm)
		advance, err := g.font.GlyphAdvance(&t.buf, g.index, ppem, font.HintingNone)
		if err != nil {
			continue
		}
		segments, err := g.font.LoadGlyph(&t.buf, g.index, ppem, nil)
		if err != nil {
			segments = nil
		}
		out = append(out, outline{append(sfnt.Segments(nil), segments...), float64(advance) / 64})
	}
	return out
}

// textWidth is the width of a line of text in CSS pixels.
func textWidth(text string, size float64) float64 {
	t := face()
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum float64
	for _, r := range text {
		g := t.find(r)
		if g.font == nil {
			continue
		}
		if a, err := g.font.GlyphAdvance(&t.buf, g.index, fixed.I(unitsPerEm), font.HintingNone); err == nil {
			sum += float64(a) / 64
		}
	}
	return sum * size / unitsPerEm
}

// systemFontNames are beginnings of the file names of fonts that have many
// characters, best first, in lower case.
var systemFontNames = []string{
	"notosanscjk", "notosanssc", "sourcehansans", "wqy-", "droidsansfallback", // Linux
	"pingfang", "hiragino sans gb", "arial unicode", // macOS
	"msyh", "simsun", // Windows
	"dejavusans.ttf", "notosans-regular", "seguisym",
}

// systemFonts opens the system's fonts with many characters. It is asked only
// when a character is missing from the embedded font.
func systemFonts() []*sfnt.Font {
	home, _ := os.UserHomeDir()
	dirs := []string{
		"/usr/share/fonts", "/usr/local/share/fonts",
		filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts"),
		"/System/Library/Fonts", "/Library/Fonts",
		filepath.Join(os.Getenv("WINDIR"), "Fonts"),
	}
	found := make([]string, len(systemFontNames))
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) {
			continue // an unset HOME or WINDIR
		}
		filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // an unreadable folder has no fonts for us
			}
			name := strings.ToLower(d.Name())
			for i, prefix := range systemFontNames {
				if found[i] == "" && strings.HasPrefix(name, prefix) {
					found[i] = path
				}
			}
			return nil
		})
	}
	var fonts []*sfnt.Font
	for _, path := range found {
		if path == "" {
			continue
		}
		if f, err := openFont(path); err == nil {
			fonts = append(fonts, f)
		}
	}
	return fonts
}

// openFont opens the first font of a file. The file stays open with the font,
// which reads from it what it needs.
func openFont(path string) (*sfnt.Font, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return c.Font(0)
}
