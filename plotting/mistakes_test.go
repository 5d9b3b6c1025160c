package plotting

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestTopMistakesOfSeveralClasses(t *testing.T) {
	probs := must[*tensor.Tensor](t)(tensor.New([]float32{
		0.5, 0.3, 0.2, // right
		0.1, 0.3, 0.6,
		0.2, 0.7, 0.1,
		0.6, 0.2, 0.2,
	}, 4, 3))
	got := must[Mistakes](t)(TopMistakes([]int64{0, 1, 0, 2}, probs, 2))
	if len(got) != 2 || !slices.Equal(got.Rows(), []int{2, 1}) {
		t.Fatalf("%+v; want the examples 2 and 1", got)
	}
	if m := got[0]; m.True != 0 || m.Predicted != 1 || m.Probability < 0.69 || m.Probability > 0.71 {
		t.Errorf("%+v", m)
	}
	if all := must[Mistakes](t)(TopMistakes([]int64{0, 1, 0, 2}, probs, 0)); len(all) != 3 {
		t.Errorf("%d mistakes; want all 3", len(all))
	}
}

func TestTopMistakesOfYesAndNo(t *testing.T) {
	for _, dims := range [][]int{{4}, {4, 1}} {
		probs := must[*tensor.Tensor](t)(tensor.New([]float64{0.9, 0.2, 0.5, 0.05}, dims...))
		got := must[Mistakes](t)(TopMistakes([]int{0, 0, 1, 1}, probs, 0))
		want := Mistakes{{3, 1, 0, 0.95}, {0, 0, 1, 0.9}, {2, 1, 0, 0.5}}
		if !slices.Equal(got, want) {
			t.Errorf("shape %v: %+v; want %+v", dims, got, want)
		}
	}
}

func TestNoMistakesIsNoErrorUntilDrawn(t *testing.T) {
	probs := must[*tensor.Tensor](t)(tensor.New([]float64{0.9}, 1, 1))
	none := must[Mistakes](t)(TopMistakes([]int{1}, probs, 0))
	if len(none) != 0 {
		t.Errorf("%+v", none)
	}
	if _, err := NewMistakeTexts(context.Background(), shelf{"a"}, none, nil); !errors.Is(err, ErrNoData) {
		t.Errorf("%v", err)
	}
}

func TestMistakesTellTheirTexts(t *testing.T) {
	table := must[*Texts](t)(NewMistakeTexts(context.Background(), shelf{"zero", "one", "two"}, Mistakes{{2, 0, 1, 0.75}}, nil))
	if got := table.String(); !strings.Contains(got, "true 0, predicted 1, probability 75.0 %: two") {
		t.Error(got)
	}
}
