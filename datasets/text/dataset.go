package text

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Dataset is a corpus as numbers: a tensor.Indexed whose inputs are what
// Transform gives, and whose targets are the labels, Int32 of shape (n,), if the
// corpus has some. Of the modes other than Sequence only the tokens that occur
// are kept in memory.
type Dataset struct {
	rows   rows
	labels []int32
	names  []string
}

// Dataset turns a corpus into numbers. What it makes of a set from package
// datasets is kept on disk; see Config.NoCache. It returns an error if v has no
// vocabulary, the texts can't be had or there are none.
func (v *Vectorizer) Dataset(ctx context.Context, texts Corpus) (*Dataset, error) {
	if err := v.ready(); err != nil {
		return nil, err
	}
	cache := rowsCache(ctx, texts, v)
	if d := cache.dataset(v); d != nil {
		d.names = classNames(texts)
		return d, nil
	}
	all, err := texts.Texts(ctx)
	if err != nil {
		return nil, err
	}
	labels, err := texts.Labels(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || labels != nil && len(labels) != len(all) {
		return nil, fmt.Errorf("text: %d texts and %d labels; at least one text is wanted, and a label for each or none at all", len(all), len(labels))
	}
	d := &Dataset{labels: labels, names: classNames(texts)}
	if d.rows, err = v.rows(ctx, all); err != nil {
		return nil, err
	}
	cache.writeDataset(d)
	return d, nil
}

// Len is the number of texts.
func (d *Dataset) Len() int { return d.rows.len() }

// Shape is the shape of one input: (Length,), or the size of the vocabulary.
func (d *Dataset) Shape() tensor.Shape { return d.rows.shape() }

// Labels returns a new slice with the label of every text, nil if there are
// none.
func (d *Dataset) Labels() []int32 { return slices.Clone(d.labels) }

// ClassNames gives the name of each label, in order; nil if they have none.
func (d *Dataset) ClassNames() []string { return slices.Clone(d.names) }

// Batches implements tensor.Dataset.
func (d *Dataset) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return tensor.RowBatches(ctx, d, size)
}

// Rows implements tensor.Indexed.
func (d *Dataset) Rows(_ context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	for _, i := range at {
		if i < 0 || i >= d.Len() {
			return tensor.Batch{}, fmt.Errorf("text: text %d of a dataset of %d; positions go from 0 to %d", i, d.Len(), d.Len()-1)
		}
	}
	if at == nil {
		at = []int{}
	}
	b := tensor.Batch{Inputs: reused(reuse.Inputs, d.rows.tensor(at, reuse.X()))}
	if d.labels == nil {
		return b, nil
	}
	y := tensor.Reuse(reuse.Y(), tensor.Int32, tensor.Shape{len(at)})
	labels, _ := tensor.Flat[int32](y)
	for k, i := range at {
		labels[k] = d.labels[i]
	}
	b.Targets = reused(reuse.Targets, y)
	return b, nil
}

// reused is a list that holds just t, in old's memory where it fits.
func reused(old []*tensor.Tensor, t *tensor.Tensor) []*tensor.Tensor {
	if len(old) == 1 {
		old[0] = t
		return old
	}
	return []*tensor.Tensor{t}
}
