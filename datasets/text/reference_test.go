package text_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

// kerasConfig is the part of a TextVectorization's arguments that is used.
type kerasConfig struct {
	MaxTokens   int    `json:"max_tokens"`
	Length      int    `json:"output_sequence_length"`
	NGrams      int    `json:"ngrams"`
	Split       string `json:"split"`
	Standardize string `json:"standardize"`
	OutputMode  string `json:"output_mode"`
	PadToMax    bool   `json:"pad_to_max_tokens"`
}

func (k kerasConfig) config() text.Config {
	c := text.Config{MaxTokens: k.MaxTokens, Length: k.Length, NGrams: k.NGrams, KeepMarkup: true, Mode: text.Mode(k.OutputMode)}
	if k.Split == "character" {
		c.Split = text.Characters
	}
	switch k.Standardize {
	case "strip_punctuation":
		c.KeepCase = true
	case "lower":
		c.Punctuation = text.Keep
	}
	return c
}

// What Keras gives; see testdata/reference/text_vectorization.py.
func TestAsKeras(t *testing.T) {
	data, err := os.ReadFile("testdata/reference/text_vectorization.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Train, Texts []string
		Cases        map[string]struct {
			Config     kerasConfig
			Vocabulary []string
			Shape      []int
			Values     []float64
		}
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	corpus := tensor.Must(text.FromStrings(reference.Train, nil))
	for name, want := range reference.Cases {
		t.Run(name, func(t *testing.T) {
			v, err := text.Fit(context.Background(), corpus, want.Config.config())
			if err != nil {
				t.Fatal(err)
			}
			if got := v.Vocabulary(); !slices.Equal(got, want.Vocabulary) {
				t.Fatalf("vocabulary\n%q, want\n%q", got, want.Vocabulary)
			}
			x := tensor.Must(v.Transform(reference.Texts...))
			values, shape := tensor.Values[float64](x), x.Shape()
			if want.Config.PadToMax {
				// Keras adds columns of zeros, which no model needs.
				want.Values, want.Shape = withoutPadding(want.Values, want.Shape, v.Len())
			}
			if !shape.Equal(want.Shape) {
				t.Fatalf("shape %v, want %v", shape, want.Shape)
			}
			for i := range values {
				if math.Abs(values[i]-want.Values[i]) > 1e-5 {
					t.Fatalf("value %d is %v, want %v", i, values[i], want.Values[i])
				}
			}
		})
	}
}

func withoutPadding(values []float64, shape []int, width int) ([]float64, []int) {
	var out []float64
	for i := range shape[0] {
		out = append(out, values[i*shape[1]:i*shape[1]+width]...)
	}
	return out, []int{shape[0], width}
}
