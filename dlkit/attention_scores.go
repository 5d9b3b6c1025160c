package dlkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// AttentionScores tells, for every row of the inputs, how much every step looks
// at every other in the named layer, a MultiHeadAttention or a
// TransformerEncoder: shape (n, heads, steps, steps looked at). What a step
// gives out adds up to 1, or to 0 where a mask leaves it nothing to look at.
//
//	scores, err := m.AttentionScores(ctx, "transformer_encoder_1", x)
func (m *Model) AttentionScores(ctx context.Context, layer string, inputs ...*tensor.Tensor) (*tensor.Tensor, error) {
	if err := m.ready(); err != nil {
		return nil, err
	}
	spec, err := m.scoresSpec(layer)
	if err != nil {
		return nil, err
	}
	if err := m.checkInputs(inputs); err != nil {
		return nil, err
	}
	data, err := tensor.FromBatch(tensor.Batch{Inputs: inputs})
	if err != nil {
		return nil, err
	}
	out, err := m.predictRows(ctx, data, spec)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// attender is a layer with attention inside.
type attender interface {
	// attentionAt is the name of the attention's weights below the layer's, ""
	// if it is the layer itself, and its number of heads.
	attentionAt() (below string, heads int)
}

func (m *Model) scoresSpec(layer string) (predictSpec, error) {
	value, err := m.valueOf(layer)
	if err != nil {
		return predictSpec{}, err
	}
	s := m.steps[value-len(m.inputs)]
	a, ok := s.layer.(attender)
	if !ok {
		return predictSpec{}, fmt.Errorf("dlkit: layer %s (%s) has no attention; %s", layer, describe(s.layer), m.attentions())
	}
	below, heads := a.attentionAt()
	from := s.in[0][0]
	to := s.in[min(1, len(s.in)-1)][0]
	return predictSpec{scores: layer + below, shape: tensor.Shape{heads, from, to}}, nil
}

// attentions tells which layers have attention.
func (m *Model) attentions() string {
	var names []string
	for _, s := range m.steps {
		if _, ok := s.layer.(attender); ok && !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 {
		return "the model has none anywhere; MultiHeadAttention and TransformerEncoder bring one"
	}
	return "these do: " + strings.Join(names, ", ")
}

// attentionAt implements attender.
func (l *MultiHeadAttentionLayer) attentionAt() (string, int) { return "", l.Heads }

// rememberScores keeps what an attention's scores are made of, for
// AttentionScores. Where nobody asks for them they compile to nothing.
func (b *Builder) rememberScores(a attentionGraph, q, k *graph.Node) {
	if b.training {
		return
	}
	if b.attended == nil {
		b.attended = map[string]*graph.Node{}
	}
	b.attended[b.layer] = a.scores(q, k)
}
