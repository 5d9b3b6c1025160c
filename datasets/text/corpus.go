package text

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Corpus is a set of texts with or without labels: a handle of package
// datasets, or what FromStrings makes.
type Corpus interface {
	// Texts returns all texts.
	Texts(ctx context.Context) ([]string, error)
	// Labels returns the class of every text, nil if there are none.
	Labels(ctx context.Context) ([]int32, error)
}

// cacher is implemented by a Corpus on disk, beside which something made of it
// can be kept.
type cacher interface {
	Name() string
	Fingerprint(ctx context.Context) (string, error)
	CacheFiles(name string) []string
}

// Strings is a Corpus in memory.
type Strings struct {
	texts  []string
	labels []int32
	names  []string
}

// FromStrings makes a Corpus of texts and the class of each, counted from 0;
// labels may be nil. It returns an error if there is another number of labels
// than of texts, or a label is negative.
func FromStrings(texts []string, labels []int32) (*Strings, error) {
	if labels != nil && len(labels) != len(texts) {
		return nil, fmt.Errorf("text: %d labels for %d texts; every text needs one", len(labels), len(texts))
	}
	for i, label := range labels {
		if label < 0 {
			return nil, fmt.Errorf("text: label %d is %d; classes count from 0", i, label)
		}
	}
	return &Strings{texts: texts, labels: labels}, nil
}

// Texts returns all texts.
func (s *Strings) Texts(context.Context) ([]string, error) { return s.texts, nil }

// Labels returns the class of every text, nil if there are none.
func (s *Strings) Labels(context.Context) ([]int32, error) { return s.labels, nil }

// Name gives the classes names, in the order of their numbers, and returns s.
func (s *Strings) Name(classes ...string) *Strings {
	s.names = slices.Clone(classes)
	return s
}

// ClassNames gives the name of each label, in order; nil if they have none.
func (s *Strings) ClassNames() []string { return slices.Clone(s.names) }

func classNames(c Corpus) []string {
	if named, ok := c.(tensor.Classes); ok {
		return named.ClassNames()
	}
	return nil
}

// allOf is a sequence of strings without an error.
func allOf(texts []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}
}
