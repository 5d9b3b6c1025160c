package dlkit

import "github.com/gofromzero/fromzero/tensor"

// batchFeeds are a program's feeds, of which those for the batch can be there
// twice: while the program runs on one, the next is read into the other.
type batchFeeds struct {
	inputs  []*feed
	targets []*feed
	weights *feed
	feeds   []*feed // all, in order of the graph's parameters
}

// each calls do with the feeds of the batch and their tensors in batch.
func (b *batchFeeds) each(batch tensor.Batch, do func(f *feed, t *tensor.Tensor) error) error {
	for i, f := range b.inputs {
		if err := do(f, batch.Inputs[i]); err != nil {
			return err
		}
	}
	for i, f := range b.targets {
		if err := do(f, batch.Targets[i]); err != nil {
			return err
		}
	}
	if b.weights != nil {
		return do(b.weights, batch.Weights)
	}
	return nil
}

// fill copies a batch into the feeds. Tensors that are the feeds' own, because
// the dataset wrote into them, are left alone.
func (b *batchFeeds) fill(batch tensor.Batch) error {
	return b.each(batch, func(f *feed, t *tensor.Tensor) error { return f.fill(t) })
}

// upload copies the batch to the device where that has memory of its own, so that
// the program need not do it.
func (b *batchFeeds) upload() error {
	return b.each(b.tensors(), func(f *feed, _ *tensor.Tensor) error { return f.upload() })
}

// tensors is the batch that the feeds hold. A dataset may write the next rows
// into it.
func (b *batchFeeds) tensors() tensor.Batch {
	out := tensor.Batch{}
	for _, f := range b.inputs {
		out.Inputs = append(out.Inputs, f.tensor)
	}
	for _, f := range b.targets {
		out.Targets = append(out.Targets, f.tensor)
	}
	if b.weights != nil {
		out.Weights = b.weights.tensor
	}
	return out
}

// addSpare gives the program places for one more batch.
func (p *program) addSpare() error {
	if p.spare != nil {
		return nil
	}
	spare := &batchFeeds{feeds: append([]*feed{}, p.feeds...)}
	other := map[*feed]*feed{}
	for i, f := range p.feeds {
		if !p.ofBatch(f) {
			continue
		}
		own, err := newFeed(p.device, f.tensor.DType(), f.tensor.Shape())
		if err != nil {
			return err
		}
		spare.feeds[i], other[f] = own, own
	}
	for _, f := range p.inputs {
		spare.inputs = append(spare.inputs, other[f])
	}
	for _, f := range p.targets {
		spare.targets = append(spare.targets, other[f])
	}
	spare.weights = other[p.weights]
	p.spare = spare
	return nil
}

// ofBatch reports whether a feed is for a part of the batch.
func (b *batchFeeds) ofBatch(f *feed) bool {
	found := false
	_ = b.each(b.tensors(), func(of *feed, _ *tensor.Tensor) error {
		found = found || of == f
		return nil
	})
	return found
}

// swap makes the program run on the batch in the spare feeds.
func (p *program) swap() { p.batchFeeds, *p.spare = *p.spare, p.batchFeeds }
