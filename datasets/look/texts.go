package look

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"
)

// Texts is data of texts, such as the reviews of package datasets. If it has the
// method Labels(ctx) ([]int32, error) its classes are described, and
// ClassNames() []string names them.
type Texts interface {
	Texts(ctx context.Context) ([]string, error)
}

// TextLengths describes how long texts are.
type TextLengths struct {
	// Words and Characters have one length for each text. Words are what blanks
	// divide, which says nothing in Chinese.
	Words, Characters []int
	// Empty counts the texts without a word.
	Empty int
}

// Unit is "words", or "characters" where texts are not written with blanks.
func (t *TextLengths) Unit() string {
	if t.unspaced() {
		return "characters"
	}
	return "words"
}

// unspaced reports texts whose "words" are much longer than words are.
func (t *TextLengths) unspaced() bool {
	return sum(t.Characters) > 9*sum(t.Words)
}

// Lengths are the lengths in the texts' Unit, sorted.
func (t *TextLengths) Lengths() []int {
	if t.unspaced() {
		return slices.Sorted(slices.Values(t.Characters))
	}
	return slices.Sorted(slices.Values(t.Words))
}

func sum(values []int) (n int) {
	for _, v := range values {
		n += v
	}
	return n
}

// DescribeTexts reports what texts look like before they are made numbers:
// lengths, classes, empty and equal ones.
func DescribeTexts(ctx context.Context, d Texts, opts ...Option) (*Report, error) {
	if d == nil {
		return nil, errors.New("look: the texts are nil")
	}
	texts, err := d.Texts(ctx)
	if err != nil {
		return nil, fmt.Errorf("look: the texts can't be read: %w", err)
	}
	r := newReport(gather(opts))
	if c, ok := d.(interface{ ClassNames() []string }); ok {
		r.names = c.ClassNames()
	}
	targets := []int32(nil)
	if c, ok := d.(interface {
		Labels(context.Context) ([]int32, error)
	}); ok {
		if targets, err = c.Labels(ctx); err != nil {
			return nil, fmt.Errorf("look: the labels can't be read: %w", err)
		}
		if len(targets) != len(texts) {
			return nil, fmt.Errorf("look: %d texts and %d labels; want one label for each text", len(texts), len(targets))
		}
		r.labels = newLabels(1, int32Type)
	}
	r.addTexts(texts, targets)
	r.textFindings()
	return r, nil
}

// textSeed makes equal texts of two data sets have the same hash.
var textSeed = maphash.MakeSeed()

func (r *Report) addTexts(texts []string, targets []int32) {
	r.Texts = &TextLengths{}
	for i, text := range texts {
		words := countWords(text)
		r.Texts.Words = append(r.Texts.Words, words)
		r.Texts.Characters = append(r.Texts.Characters, utf8.RuneCountInString(text))
		if words == 0 {
			r.Texts.Empty++
		}
		target := uint64(0)
		if targets != nil {
			r.labels.add([]float64{float64(targets[i])})
			target = uint64(targets[i])
		}
		if i < r.options.remember {
			r.remember(maphash.String(textSeed, strings.TrimSpace(text)), target, targets != nil)
		}
		r.Rows++
	}
}

// countWords is len(strings.Fields(text)) without making the slice.
func countWords(text string) (n int) {
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}

func (r *Report) textFindings() {
	if r.Rows == 0 {
		r.findings()
		return
	}
	r.findLabels()
	r.findDuplicates()
	t := r.Texts
	if t.Empty > 0 {
		r.find(Finding{Level: Warning, Code: EmptyText, Rows: emptyTexts(t.Words),
			Message: fmt.Sprintf("%d of %d texts have no word", t.Empty, r.Rows),
			Try:     "drop them, and check how the texts were read"})
	}
	lengths := t.Lengths()
	median, most := lengths[len(lengths)/2], lengths[len(lengths)-1]
	if long := lengths[len(lengths)*95/100]; most > 2*long && most > 4*median {
		r.find(Finding{Level: Info, Code: LongTexts,
			Message: fmt.Sprintf("half of the texts have at most %d %s, 95 of 100 at most %d, the longest %d", median, t.Unit(), long, most),
			Try:     fmt.Sprintf("cut them to %d or fewer: longer sequences cost time, for a few texts only", long)})
	}
	r.Findings.order()
}

func emptyTexts(words []int) (rows []int) {
	for i, n := range words {
		if n == 0 {
			rows = note(rows, i)
		}
	}
	return rows
}

// CheckTexts is Check for texts. test may be nil.
func CheckTexts(ctx context.Context, train, test Texts, opts ...Option) (Findings, error) {
	a, err := DescribeTexts(ctx, train, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w (in the training data)", err)
	}
	if test == nil {
		return a.in("train"), nil
	}
	b, err := DescribeTexts(ctx, test, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w (in the test data)", err)
	}
	return Compare(a, b), nil
}
