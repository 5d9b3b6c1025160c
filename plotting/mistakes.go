package plotting

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Mistake is a wrong answer of a classifier.
type Mistake struct {
	// Row is the place of the example in its data set.
	Row int
	// True is the example's class, Predicted the one that it was taken for.
	True, Predicted int
	// Probability is how sure the model was of its answer, from 0 to 1.
	Probability float64
}

// Mistakes are wrong answers, the most confident first.
type Mistakes []Mistake

// Rows are the places of the examples in their data set.
func (m Mistakes) Rows() []int {
	rows := make([]int, len(m))
	for i := range m {
		rows[i] = m[i].Row
	}
	return rows
}

// TopMistakes finds the n wrong answers that a model was most sure of; an n of
// 0 or less stands for all. truth has the classes, probs what the model's
// Predict gives: shape (rows, classes), or (rows, 1) or (rows) for a model that
// ends in one Sigmoid unit, the probability of class 1. Without a mistake the
// result is empty. It returns an error that wraps ErrNoData for no answers,
// ErrLength if there are not as many of both, ErrShape for another shape or a
// number that is no class, and ErrNaN or ErrInf for such a probability.
func TopMistakes[T Label](truth []T, probs *tensor.Tensor, n int) (Mistakes, error) {
	if len(truth) == 0 || probs == nil || probs.Size() == 0 {
		return nil, fmt.Errorf("plotting: mistakes: %w", ErrNoData)
	}
	s := probs.Shape()
	if len(s) > 2 {
		return nil, fmt.Errorf("plotting: mistakes in probabilities of shape %v: %w; want (rows, classes), or (rows, 1) for yes and no", s, ErrShape)
	}
	if s[0] != len(truth) {
		return nil, fmt.Errorf("plotting: mistakes: %d true classes and %d answers: %w; each example needs one of both", len(truth), s[0], ErrLength)
	}
	values := tensor.Values[float64](probs)
	if err := checkFinite("mistakes, probabilities", values); err != nil {
		return nil, err
	}
	width := len(values) / s[0]
	var wrong Mistakes
	for i, label := range truth {
		said, p := answer(values[i*width : (i+1)*width])
		if t := int(label); t < 0 || t >= max(width, 2) {
			return nil, fmt.Errorf("plotting: mistakes, example %d: true class %d: %w; with %d classes numbers go from 0 to %d",
				i, t, ErrShape, max(width, 2), max(width, 2)-1)
		} else if said != t {
			wrong = append(wrong, Mistake{i, t, said, p})
		}
	}
	slices.SortStableFunc(wrong, func(a, b Mistake) int { return cmp.Compare(b.Probability, a.Probability) })
	if n > 0 && n < len(wrong) {
		wrong = wrong[:n]
	}
	return wrong, nil
}

// answer is the class that a row of probabilities names, and its probability.
func answer(row []float64) (class int, p float64) {
	if len(row) == 1 {
		if row[0] > 0.5 {
			return 1, row[0]
		}
		return 0, 1 - row[0]
	}
	for i, v := range row {
		if v > row[class] {
			class = i
		}
	}
	return class, row[class]
}

// NewMistakeImages makes a grid of the images that a model got wrong, each with
// its true class, the one it was taken for, and how sure the model was. data
// is the data set that the mistakes are from. Nil classes stand for the
// numbers themselves. It returns the errors of reading and of NewImages, so
// ErrNoData if there are no mistakes.
func NewMistakeImages(ctx context.Context, data tensor.Indexed, m Mistakes, classes []string) (*Images, error) {
	if len(m) == 0 {
		return nil, fmt.Errorf("plotting: images of mistakes: %w: there are none", ErrNoData)
	}
	batch, err := data.Rows(ctx, m.Rows(), tensor.Batch{})
	if err != nil {
		return nil, fmt.Errorf("plotting: images of mistakes: %w", err)
	}
	grid, err := NewImages(batch.X())
	if err != nil {
		return nil, err
	}
	grid.Title = "The most confident mistakes"
	grid.Labels, grid.Predictions, grid.Captions = m.words(classes)
	return grid, nil
}

// Corpus is a data set that can give its texts, in order. *datasets.Texts is
// one.
type Corpus interface {
	Texts(ctx context.Context) ([]string, error)
}

// NewMistakeTexts makes a table of the texts that a model got wrong, each with
// its true class, the one it was taken for, and how sure the model was. data
// is the data set that the mistakes are from, such as a *datasets.Texts. Nil
// classes stand for the numbers themselves. It returns the errors of reading,
// and one that wraps ErrNoData if there are no mistakes or ErrLength if one is
// beyond the texts.
func NewMistakeTexts(ctx context.Context, data Corpus, m Mistakes, classes []string) (*Texts, error) {
	if len(m) == 0 {
		return nil, fmt.Errorf("plotting: texts of mistakes: %w: there are none", ErrNoData)
	}
	all, err := data.Texts(ctx)
	if err != nil {
		return nil, fmt.Errorf("plotting: texts of mistakes: %w", err)
	}
	texts := make([]string, len(m))
	for i, row := range m.Rows() {
		if row < 0 || row >= len(all) {
			return nil, fmt.Errorf("plotting: a mistake in text %d of %d: %w; are they of another data set?", row, len(all), ErrLength)
		}
		texts[i] = all[row]
	}
	t, err := NewTexts(texts)
	if err != nil {
		return nil, err
	}
	t.Title = "The most confident mistakes"
	t.Labels, t.Predictions, t.Captions = m.words(classes)
	return t, nil
}

// words are what stands beside the examples.
func (m Mistakes) words(classes []string) (labels, predictions, captions []string) {
	truth, said := make([]int, len(m)), make([]int, len(m))
	for i, w := range m {
		truth[i], said[i] = w.True, w.Predicted
		captions = append(captions, fmt.Sprintf("%.1f %%", 100*w.Probability))
	}
	return LabelNames(truth, classes), LabelNames(said, classes), captions
}
