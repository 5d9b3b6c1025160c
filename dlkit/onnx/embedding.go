package onnx

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func (e *exporter) embedding(l *dlkit.EmbeddingLayer, x *value) *value {
	out := &value{
		outer: e.op("Gather", nil, e.storeWeight("embeddings", l.Words, l.Size), e.outer(x)),
		shape: append(x.shape.Clone(), l.Size),
	}
	if l.MaskZero && len(x.shape) > 0 {
		out.mask = e.op("Not", nil, e.op("Equal", nil, e.outer(x), e.ints(0)))
	}
	return out
}

// masking sets steps that hold one value throughout to 0, and notes the others
// as those that count.
func (e *exporter) masking(l *dlkit.MaskingLayer, x *value) *value {
	differs := e.op("Not", nil, e.op("Equal", nil, e.outer(x), e.scalar(l.Value)))
	counts := e.op("ReduceMax", attributes{"axes": []int{2}, "keepdims": 1}, e.counts(differs))
	flat := e.op("Squeeze", nil, counts, e.ints(2))
	return &value{
		outer: e.op("Mul", nil, e.outer(x), counts),
		shape: x.shape,
		mask:  e.op("Cast", attributes{"to": int(boolElem)}, flat),
	}
}

// positions adds the first rows of the table of the layer being exported.
func (e *exporter) positions(x string, shape tensor.Shape) string {
	table, _ := e.weight("embeddings")
	rows := e.store("embeddings", shape, func() []float32 { return table[:shape.Size()] })
	return e.op("Add", nil, x, rows)
}

func (e *exporter) positionEmbedding(x *value) *value {
	return &value{outer: e.positions(e.outer(x), x.shape), shape: x.shape}
}

func (e *exporter) tokenAndPosition(l *dlkit.TokenAndPositionEmbeddingLayer, x *value) *value {
	var y *value
	e.within("token_emb", func() {
		y = e.embedding(&dlkit.EmbeddingLayer{Words: l.Words, Size: l.Size, MaskZero: l.MaskZero}, x)
	})
	e.within("pos_emb", func() { y.outer = e.positions(y.outer, y.shape) })
	return y
}

// sinePositions adds sines and cosines of the positions, in dlkit's order.
func (e *exporter) sinePositions(x *value) *value {
	steps, features := x.shape[0], x.shape[1]
	table := make([]float32, steps*features)
	for at := range table {
		position, i := at/features, at%features
		angle := float64(position) * math.Pow(10000, -float64(i/2*2)/float64(features))
		if i%2 == 0 {
			table[at] = float32(math.Sin(angle))
		} else {
			table[at] = float32(math.Cos(angle))
		}
	}
	y := e.op("Add", nil, e.outer(x), e.constant(e.at+"/positions", []int{steps, features}, table))
	return &value{outer: y, shape: x.shape}
}
