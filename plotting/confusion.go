package plotting

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// Label is what class numbers can be given as.
type Label interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8
}

// NewConfusion makes the heat map of a classifier's answers: the cell in row i
// and column j counts the examples of class i that it took for class j, so
// that right answers lie on the diagonal. Nil classes stand for the numbers
// themselves. It returns an error that wraps ErrNoData for no answers,
// ErrLength if truth and predicted differ in length, and ErrShape for a number
// that is no class.
func NewConfusion[T, P Label](truth []T, predicted []P, classes []string) (*HeatMap, error) {
	if len(truth) == 0 {
		return nil, fmt.Errorf("plotting: confusion matrix: %w", ErrNoData)
	}
	if len(truth) != len(predicted) {
		return nil, fmt.Errorf("plotting: confusion matrix of %d true and %d predicted classes: %w; each example needs one of both",
			len(truth), len(predicted), ErrLength)
	}
	if classes == nil {
		classes = classNumbers(truth, predicted)
	}
	counts := make([][]int, len(classes))
	for i := range counts {
		counts[i] = make([]int, len(classes))
	}
	for i := range truth {
		t, p := int(truth[i]), int(predicted[i])
		if t < 0 || t >= len(classes) || p < 0 || p >= len(classes) {
			return nil, fmt.Errorf("plotting: confusion matrix, example %d: true class %d, predicted class %d: %w; with %d classes numbers go from 0 to %d",
				i, t, p, ErrShape, len(classes), len(classes)-1)
		}
		counts[t][p]++
	}
	return newConfusion(counts, classes)
}

// NewConfusionCounts makes the heat map of NewConfusion from counts that are
// there already, such as those of dlkit's Model.ConfusionMatrix: a square
// tensor whose row i and column j say how many examples of class i were taken
// for class j. Nil classes stand for the numbers themselves. It returns an
// error that wraps ErrNoData for no counts or none above zero, ErrLength if
// there are not as many classes as rows, and ErrShape for another shape or a
// number that is no count.
func NewConfusionCounts(counts *tensor.Tensor, classes []string) (*HeatMap, error) {
	if counts == nil || counts.Size() == 0 {
		return nil, fmt.Errorf("plotting: confusion matrix: %w", ErrNoData)
	}
	s := counts.Shape()
	if len(s) != 2 || s[0] != s[1] {
		return nil, fmt.Errorf("plotting: confusion matrix of shape %v: %w; want (classes, classes)", s, ErrShape)
	}
	if classes == nil {
		classes = classNumbers([]int{s[0] - 1}, []int{0})
	}
	if len(classes) != s[0] {
		return nil, fmt.Errorf("plotting: confusion matrix of shape %v with the names of %d classes: %w", s, len(classes), ErrLength)
	}
	rows, total := make([][]int, s[0]), 0
	for i, v := range tensor.Values[float64](counts) {
		if v < 0 || v != math.Trunc(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("plotting: confusion matrix, row %d, column %d: %g: %w; want whole numbers, how often each happened",
				i/s[0], i%s[0], v, ErrShape)
		}
		rows[i/s[0]] = append(rows[i/s[0]], int(v))
		total += int(v)
	}
	if total == 0 {
		return nil, fmt.Errorf("plotting: confusion matrix: %w: all counts are zero", ErrNoData)
	}
	return newConfusion(rows, classes)
}

func newConfusion(counts [][]int, classes []string) (*HeatMap, error) {
	h, err := NewHeatMap(counts, classes, classes)
	if err != nil {
		return nil, err
	}
	h.Title, h.XLabel, h.YLabel, h.confusion = "Confusion matrix", "predicted", "true", true
	h.Width -= 60 // no scale at the side
	h.note = confusions(counts, classes)
	return h, nil
}

// classNumbers names the classes from 0 to the greatest number.
func classNumbers[T, P Label](truth []T, predicted []P) []string {
	most := 0
	for i := range truth {
		most = max(most, int(truth[i]), int(predicted[i]))
	}
	names := make([]string, most+1)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// confusions says how many answers are right and what is taken for what most
// often.
func confusions(counts [][]int, classes []string) string {
	type mistake struct{ truth, predicted, n int }
	var all []mistake
	right, total := 0, 0
	for i, row := range counts {
		for j, n := range row {
			total += n
			if i == j {
				right += n
			} else if n > 0 {
				all = append(all, mistake{i, j, n})
			}
		}
	}
	text := fmt.Sprintf("%d of %d right (%.2f %%)", right, total, 100*float64(right)/float64(total))
	if len(all) == 0 {
		return text
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].n > all[b].n })
	var parts []string
	for _, m := range all[:min(len(all), 3)] {
		parts = append(parts, fmt.Sprintf("%s taken for %s (%d)", classes[m.truth], classes[m.predicted], m.n))
	}
	return text + "; most often " + strings.Join(parts, ", ")
}
