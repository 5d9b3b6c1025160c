package plotting

import (
	"fmt"
	"strings"
)

// Texts is a table of texts, a row for each, with its label, what a model took
// it for, in green where that is right and in red where it is wrong, and
// further words.
type Texts struct {
	Figure
	// Labels are the true names, one for each text; nil for none. LabelNames
	// makes them of class numbers.
	Labels []string
	// Predictions are the names that a model gave; nil for none.
	Predictions []string
	// Captions are further words about each text, such as a probability; nil
	// for none.
	Captions []string
	// LabelHeader, PredictionHeader, CaptionHeader and TextHeader stand above
	// the columns.
	LabelHeader, PredictionHeader, CaptionHeader, TextHeader string
	// MaxLength is the length at which texts are cut, in Latin letters; a
	// Chinese one counts as two.
	MaxLength int
	// Max is the number of texts that are shown at most, the first ones.
	Max int

	texts []string
}

// NewTexts makes a table of texts. It returns an error that wraps ErrNoData if
// there are none; an empty text is one.
func NewTexts(texts []string) (*Texts, error) {
	if len(texts) == 0 {
		return nil, fmt.Errorf("plotting: texts: %w", ErrNoData)
	}
	t := &Texts{
		Figure:      Figure{Width: 860, Height: 1},
		LabelHeader: "true", PredictionHeader: "predicted", CaptionHeader: "probability", TextHeader: "text",
		MaxLength: 330, Max: 50,
		texts: append([]string(nil), texts...),
	}
	t.content = t
	return t, nil
}

func (t *Texts) kind() string { return "texts" }

// check looks at all but the height, which follows from the rest.
func (t *Texts) check() error {
	if t.MaxLength < 2 {
		return fmt.Errorf("plotting: texts cut at %d letters; MaxLength must be at least 2", t.MaxLength)
	}
	for _, c := range t.columns() {
		if len(c.words) < t.shown() {
			return fmt.Errorf("plotting: %d texts but %d %s: %w; each text needs one", t.shown(), len(c.words), c.name, ErrLength)
		}
	}
	return nil
}

// shown is the number of texts that are drawn.
func (t *Texts) shown() int {
	if t.Max > 0 {
		return min(t.Max, len(t.texts))
	}
	return len(t.texts)
}

// column is one of the columns before the texts.
type column struct {
	name   string // of the field
	header string
	words  []string
}

func (t *Texts) columns() []column {
	var out []column
	for _, c := range []column{
		{"Labels", t.LabelHeader, t.Labels}, {"Predictions", t.PredictionHeader, t.Predictions}, {"Captions", t.CaptionHeader, t.Captions},
	} {
		if c.words != nil {
			out = append(out, c)
		}
	}
	return out
}

// color is that of a column's words in a row.
func (t *Texts) color(c column, row int) string {
	switch {
	case c.name != "Predictions" || t.Labels == nil:
		return textColor
	case t.Labels[row] == t.Predictions[row]:
		return rightColor
	}
	return wrongColor
}

// text is what is shown of a text.
func (t *Texts) text(row int) string { return shorten(t.texts[row], t.MaxLength) }

// summary lists the texts, each with what is said about it.
func (t *Texts) summary() string {
	n := t.shown()
	text := fmt.Sprintf("%s: %d", heading(&t.Figure, t.kind()), n)
	if n < len(t.texts) {
		text += fmt.Sprintf(" (the first of %d)", len(t.texts))
	}
	for row := range n {
		var said []string
		for _, c := range t.columns() {
			said = append(said, strings.TrimSpace(c.header+" "+c.words[row]))
		}
		line := shorten(t.texts[row], min(t.MaxLength, 90))
		if said != nil {
			line = strings.Join(said, ", ") + ": " + line
		}
		text += "\n" + line
	}
	return text
}
