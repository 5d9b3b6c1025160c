package onnx

import (
	"errors"

	"github.com/gofromzero/fromzero/dlkit"
)

// layer exports one layer or merge.
func (e *exporter) layer(layer any, in []*value) (*value, error) {
	x := in[0]
	switch l := layer.(type) {
	case *dlkit.DropoutLayer, *dlkit.SpatialDropout1DLayer, *dlkit.SpatialDropout2DLayer, *dlkit.GaussianNoiseLayer,
		*dlkit.RandomFlipLayer, *dlkit.RandomTranslationLayer, *dlkit.RandomRotationLayer, *dlkit.RandomZoomLayer,
		*dlkit.RandomContrastLayer, *dlkit.RandomBrightnessLayer, *dlkit.RandomErasingLayer, *dlkit.CutoutLayer:
		return x, nil // they act in training only
	case dlkit.Activation:
		return e.activate(l, x), nil
	case *dlkit.PReLULayer:
		return e.prelu(l, x), nil
	case *dlkit.DenseLayer:
		return e.dense(l, x), nil
	case *dlkit.EmbeddingLayer:
		return e.embedding(l, x), nil
	case *dlkit.MaskingLayer:
		return e.masking(l, x), nil
	case *dlkit.PositionEmbeddingLayer:
		return e.positionEmbedding(x), nil
	case *dlkit.TokenAndPositionEmbeddingLayer:
		return e.tokenAndPosition(l, x), nil
	case *dlkit.SinePositionEncodingLayer:
		return e.sinePositions(x), nil
	case *dlkit.MultiHeadAttentionLayer:
		return e.attention(l, in), nil
	case *dlkit.TransformerEncoderLayer:
		return e.transformer(l, x), nil
	case *dlkit.SimpleRNNLayer, *dlkit.LSTMLayer, *dlkit.GRULayer:
		return e.recurrent(l, x)
	case *dlkit.BidirectionalLayer:
		return e.bidirectional(l, x)
	case *dlkit.TimeDistributedLayer:
		return e.timeDistributed(l, x)
	case *dlkit.MergeLayer:
		return e.merge(l, in)
	case *dlkit.ConcatenateLayer:
		return e.concatenate(l, in), nil
	case *dlkit.DotLayer:
		return e.dot(l, in), nil
	}
	if y, ok := e.spatialLayer(layer, x); ok {
		return y, nil
	}
	if y, ok := e.shapeLayer(layer, x); ok {
		return y, nil
	}
	if y, ok := e.normalizationLayer(layer, x); ok {
		return y, nil
	}
	return nil, errors.New("onnx: this kind of layer cannot be exported, only layers of package dlkit; replace it by those, or export the model up to it (dlkit.Functional with an earlier value as output)")
}

// spatialLayer exports layers that slide a window, and pooling.
func (e *exporter) spatialLayer(layer any, x *value) (*value, bool) {
	switch l := layer.(type) {
	case *dlkit.Conv1DLayer:
		return e.conv1D(l, x), true
	case *dlkit.Conv2DLayer:
		return e.conv2D(l, x), true
	case *dlkit.DepthwiseConv2DLayer:
		return e.depthwise(l, x), true
	case *dlkit.SeparableConv2DLayer:
		return e.separable(l, x), true
	case *dlkit.Conv2DTransposeLayer:
		return e.convTranspose(l, x), true
	case *dlkit.MaxPool1DLayer:
		return e.pool("MaxPool", x, windowAlong(x, 0, l.Pool, l.Strides, 1, l.Padding)), true
	case *dlkit.AvgPool1DLayer:
		return e.pool("AveragePool", x, windowAlong(x, 0, l.Pool, l.Strides, 1, l.Padding)), true
	case *dlkit.MaxPool2DLayer:
		return e.pool("MaxPool", x, windowsOver(x, l.Pool, l.Strides, dlkit.HW{1, 1}, l.Padding)...), true
	case *dlkit.AvgPool2DLayer:
		return e.pool("AveragePool", x, windowsOver(x, l.Pool, l.Strides, dlkit.HW{1, 1}, l.Padding)...), true
	case *dlkit.GlobalMaxPool1DLayer:
		return e.globalPool("Max", l.KeepDims, x), true
	case *dlkit.GlobalMaxPool2DLayer:
		return e.globalPool("Max", l.KeepDims, x), true
	case *dlkit.GlobalAvgPool2DLayer:
		return e.globalPool("Mean", l.KeepDims, x), true
	case *dlkit.GlobalAvgPool1DLayer:
		if x.mask != "" {
			return e.maskedMean(l.KeepDims, x), true
		}
		return e.globalPool("Mean", l.KeepDims, x), true
	}
	return nil, false
}

// shapeLayer exports layers that only move numbers.
func (e *exporter) shapeLayer(layer any, x *value) (*value, bool) {
	switch l := layer.(type) {
	case *dlkit.FlattenLayer:
		return e.reshape(x, x.shape.Size()), true
	case *dlkit.ReshapeLayer:
		out, err := l.OutShape(x.shape)
		return e.reshape(x, out...), err == nil
	case *dlkit.PermuteLayer:
		return e.permute(l, x), true
	case *dlkit.RepeatVectorLayer:
		return e.repeatVector(l, x), true
	case *dlkit.UpSampling1DLayer:
		return e.resize(x, "nearest", l.Size), true
	case *dlkit.UpSampling2DLayer:
		mode := "nearest"
		if l.Interpolation == dlkit.Bilinear {
			mode = "linear"
		}
		return e.resize(x, mode, l.Size[0], l.Size[1]), true
	case *dlkit.ZeroPadding1DLayer:
		return e.pad(x, []int{l.Left}, []int{l.Right}, 0), true
	case *dlkit.ZeroPadding2DLayer:
		p := l.Padding
		return e.pad(x, []int{p.Top, p.Left}, []int{p.Bottom, p.Right}, 0), true
	case *dlkit.Cropping2DLayer:
		c := l.Cropping
		return e.crop(x, []int{c.Top, c.Left}, []int{x.shape[0] - c.Top - c.Bottom, x.shape[1] - c.Left - c.Right}), true
	case *dlkit.RandomCropLayer:
		return e.middle(l, x), true
	}
	return nil, false
}

// normalizationLayer exports layers that scale and shift.
func (e *exporter) normalizationLayer(layer any, x *value) (*value, bool) {
	switch l := layer.(type) {
	case *dlkit.RescalingLayer:
		return e.rescaling(l, x), true
	case *dlkit.NormalizationLayer:
		return e.normalization(l, x), true
	case *dlkit.BatchNormalizationLayer:
		return e.batchNormalization(l, x), true
	case *dlkit.LayerNormalizationLayer:
		return e.layerNormalization(l.Axes, l.Epsilon, x), true
	case *dlkit.RMSNormalizationLayer:
		return e.rmsNormalization(l, x), true
	case *dlkit.UnitNormalizationLayer:
		return e.unitNormalization(l, x), true
	case *dlkit.GroupNormalizationLayer:
		return e.groupNormalization(l, x), true
	}
	return nil, false
}
