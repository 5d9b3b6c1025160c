package onnx_test

import (
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// exported is a model that is tried, by the name of what is special about it.
type exported struct {
	name  string
	model *dlkit.Model
}

func one(name string, shape tensor.Shape, layers ...dlkit.Layer) exported {
	return exported{name, dlkit.Sequential(shape, layers...)}
}

func joined(name string, make func(a, b *dlkit.Value) *dlkit.Value, a, b tensor.Shape) exported {
	x, y := dlkit.Input(a), dlkit.Input(b)
	return exported{name, dlkit.Functional([]*dlkit.Value{x, y}, make(x, y))}
}

var (
	picture  = tensor.Shape{9, 8, 4}
	sequence = tensor.Shape{7, 6}
	words    = tensor.Shape{7}
)

// cases are models of every kind of layer, and whole ones.
func cases() []exported {
	var list []exported
	for _, part := range [][]exported{activations(), dense(), convolutions(), pooling(), shapes(), normalizations(), random(),
		sequences(), recurrent(), attention(), merges(), whole()} {
		list = append(list, part...)
	}
	return list
}

func activations() []exported {
	var list []exported
	for _, a := range []dlkit.Activation{dlkit.Linear, dlkit.ReLU, dlkit.LeakyReLU(0.2), dlkit.ELU(0.7), dlkit.SELU, dlkit.GELU,
		dlkit.GELUApproximate, dlkit.Sigmoid, dlkit.HardSigmoid, dlkit.Tanh, dlkit.Softmax, dlkit.Softplus, dlkit.Softsign,
		dlkit.SiLU, dlkit.Mish} {
		list = append(list,
			one("activation "+a.String(), tensor.Shape{5}, a),
			one("activation of pictures "+a.String(), picture, dlkit.Conv2D(3, 2, a)))
	}
	return append(list,
		one("prelu", tensor.Shape{5}, dlkit.PReLU()),
		one("prelu of pictures", picture, dlkit.Conv2D(3, 2), dlkit.PReLU(dlkit.SharedAxes(1, 2))),
		one("prelu of a sequence", sequence, dlkit.PReLU(dlkit.SharedAxes(1))))
}

func dense() []exported {
	return []exported{
		one("dense", tensor.Shape{5}, dlkit.Dense(3, dlkit.ReLU)),
		one("dense without bias", tensor.Shape{5}, dlkit.Dense(3, dlkit.NoBias)),
		one("dense of a sequence", sequence, dlkit.Dense(3, dlkit.Tanh)),
		one("dense of pictures, no bias", picture, dlkit.Dense(3, dlkit.NoBias)),
	}
}

func convolutions() []exported {
	hw := func(h, w int) dlkit.HW { return dlkit.HW{h, w} }
	list := []exported{
		one("conv1d", sequence, dlkit.Conv1D(5, 3, dlkit.ReLU)),
		one("conv1d same, strides", sequence, dlkit.Conv1D(5, 4, dlkit.Same, dlkit.Strides(3))),
		one("conv1d causal, dilation", sequence, dlkit.Conv1D(5, 3, dlkit.Causal, dlkit.Dilation(2))),
		one("conv1d causal, strides", sequence, dlkit.Conv1D(5, 2, dlkit.Causal, dlkit.Strides(2))),
		one("conv1d groups", sequence, dlkit.Conv1D(4, 3, dlkit.Groups(2), dlkit.NoBias)),
		one("conv2d", picture, dlkit.Conv2D(5, 3, dlkit.ReLU)),
		one("conv2d same", picture, dlkit.Conv2D(5, hw(3, 2), dlkit.Same)),
		one("conv2d same, strides", picture, dlkit.Conv2D(5, hw(4, 3), dlkit.Same, dlkit.Strides(hw(2, 3)), dlkit.NoBias)),
		one("conv2d dilation", picture, dlkit.Conv2D(5, 2, dlkit.Dilation(hw(2, 3)), dlkit.Softmax)),
		one("conv2d groups, valid, strides", picture, dlkit.Conv2D(6, 3, dlkit.Groups(2), dlkit.Strides(2))),
		one("conv2d strides wider than the kernel", picture, dlkit.Conv2D(3, 1, dlkit.Same, dlkit.Strides(3))),
		one("depthwise", picture, dlkit.DepthwiseConv2D(3, dlkit.ReLU)),
		one("depthwise multiplier", picture, dlkit.DepthwiseConv2D(3, dlkit.DepthMultiplier(2), dlkit.Same, dlkit.Strides(2))),
		one("separable", picture, dlkit.SeparableConv2D(5, 3, dlkit.DepthMultiplier(2), dlkit.Same, dlkit.ReLU)),
	}
	for _, c := range []struct {
		name    string
		options []dlkit.Conv2DTransposeOption
		kernel  dlkit.HW
	}{
		{"", nil, hw(3, 2)},
		{" strides", []dlkit.Conv2DTransposeOption{dlkit.Strides(2)}, hw(3, 4)},
		{" strides wider than the kernel", []dlkit.Conv2DTransposeOption{dlkit.Strides(3)}, hw(2, 1)},
		{" same", []dlkit.Conv2DTransposeOption{dlkit.Same, dlkit.NoBias}, hw(3, 4)},
		{" same strides", []dlkit.Conv2DTransposeOption{dlkit.Same, dlkit.Strides(2), dlkit.ReLU}, hw(3, 4)},
		{" same strides wider", []dlkit.Conv2DTransposeOption{dlkit.Same, dlkit.Strides(3)}, hw(2, 1)},
		{" same output padding", []dlkit.Conv2DTransposeOption{dlkit.Same, dlkit.Strides(3), dlkit.OutputPadding(dlkit.HW{1, 2})}, hw(4, 5)},
		{" valid output padding", []dlkit.Conv2DTransposeOption{dlkit.Strides(2), dlkit.OutputPadding(1)}, hw(3, 2)},
		{" dilation", []dlkit.Conv2DTransposeOption{dlkit.Dilation(2)}, hw(3, 2)},
	} {
		list = append(list, one("transpose"+c.name, picture, dlkit.Conv2DTranspose(3, c.kernel, c.options...)))
	}
	return list
}

func pooling() []exported {
	return []exported{
		one("max pool", picture, dlkit.MaxPool2D(2)),
		one("max pool same", picture, dlkit.MaxPool2D(dlkit.HW{3, 2}, dlkit.Same, dlkit.Strides(2))),
		one("average pool", picture, dlkit.AvgPool2D(2, dlkit.Strides(1))),
		one("average pool same", picture, dlkit.AvgPool2D(3, dlkit.Same, dlkit.Strides(2))),
		one("max pool 1d", sequence, dlkit.MaxPool1D(2, dlkit.Same)),
		one("average pool 1d", sequence, dlkit.AvgPool1D(3, dlkit.Same, dlkit.Strides(2))),
		one("global max", picture, dlkit.GlobalMaxPool2D()),
		one("global mean", picture, dlkit.GlobalAvgPool2D(dlkit.KeepDims)),
		one("global mean of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.GlobalAvgPool2D()),
		one("global max of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.GlobalMaxPool2D(dlkit.KeepDims)),
		one("global max 1d", sequence, dlkit.GlobalMaxPool1D(dlkit.KeepDims)),
		one("global mean 1d", sequence, dlkit.GlobalAvgPool1D()),
		one("global mean 1d of a convolution", sequence, dlkit.Conv1D(3, 2), dlkit.GlobalAvgPool1D()),
	}
}

func shapes() []exported {
	return []exported{
		one("flatten", picture, dlkit.Flatten()),
		one("flatten of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.Flatten(), dlkit.Dense(2)),
		one("reshape", picture, dlkit.Reshape(-1, 12)),
		one("reshape of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.Reshape(8, 21)),
		one("permute", picture, dlkit.Permute(3, 1, 2)),
		one("permute of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.Permute(2, 3, 1)),
		one("repeat vector", tensor.Shape{5}, dlkit.RepeatVector(3)),
		one("up sampling 1d", sequence, dlkit.UpSampling1D(3)),
		one("up sampling", picture, dlkit.UpSampling2D(dlkit.HW{2, 3})),
		one("up sampling bilinear", picture, dlkit.UpSampling2D(dlkit.HW{2, 3}, dlkit.Bilinear)),
		one("zero padding 1d", sequence, dlkit.ZeroPadding1D(1, 2)),
		one("zero padding", picture, dlkit.ZeroPadding2D(dlkit.Edges{Top: 1, Bottom: 2, Left: 3})),
		one("cropping", picture, dlkit.Cropping2D(dlkit.Edges{Top: 1, Bottom: 2, Left: 3})),
	}
}

func normalizations() []exported {
	return []exported{
		one("rescaling", picture, dlkit.Rescaling(1.0/255, dlkit.Offset(-1))),
		one("normalization", tensor.Shape{3}, dlkit.NormalizationOf([]float64{1, 2, 3}, []float64{4, 0, 0.25})),
		one("normalization of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.NormalizationOf([]float64{0.1}, []float64{2})),
		one("normalization, adapted", tensor.Shape{2}, adapted()),
		one("batch normalization", tensor.Shape{5}, dlkit.BatchNormalization()),
		one("batch normalization of pictures", picture, dlkit.BatchNormalization(dlkit.NoScale)),
		one("batch normalization of a convolution", picture, dlkit.Conv2D(3, 2), dlkit.BatchNormalization(dlkit.NoCenter), dlkit.ReLU),
		one("layer normalization", sequence, dlkit.LayerNormalization()),
		one("layer normalization, axes", picture, dlkit.LayerNormalization(dlkit.Axes(0, 1), dlkit.NoCenter)),
		one("layer normalization of a convolution, axes", picture, dlkit.Conv2D(3, 2), dlkit.LayerNormalization(dlkit.Axes(1, -1))),
		one("rms normalization", sequence, dlkit.RMSNormalization()),
		one("rms normalization, axes", picture, dlkit.RMSNormalization(dlkit.Axes(0, 2))),
		one("unit normalization", picture, dlkit.UnitNormalization(dlkit.Axes(1))),
		one("group normalization", picture, dlkit.Conv2D(6, 2), dlkit.GroupNormalization(3)),
		one("instance normalization", picture, dlkit.GroupNormalization(-1, dlkit.NoScale)),
		one("group normalization of features", tensor.Shape{6}, dlkit.GroupNormalization(2)),
	}
}

func adapted() *dlkit.NormalizationLayer {
	n := dlkit.Normalization()
	if err := n.AdaptTo(tensor.Must(tensor.New([]float32{1, 20, 2, 30, 4, 70}, 3, 2))); err != nil {
		panic(err)
	}
	return n
}

func random() []exported {
	return []exported{
		one("dropout", picture, dlkit.Dropout(0.5), dlkit.SpatialDropout2D(0.2), dlkit.GaussianNoise(1), dlkit.Flatten()),
		one("nothing but dropout", sequence, dlkit.SpatialDropout1D(0.2)),
		one("augmentation", tensor.Shape{9, 8, 3}, dlkit.RandomFlip(dlkit.Horizontal), dlkit.RandomRotation(0.1), dlkit.RandomZoom(0.1),
			dlkit.RandomTranslation(0.1, 0.1), dlkit.RandomContrast(0.1), dlkit.RandomBrightness(0.1), dlkit.RandomErasing(), dlkit.Cutout(2),
			dlkit.Conv2D(2, 3)),
		one("random crop, margin", picture, dlkit.RandomCrop(dlkit.HW{9, 8}, dlkit.Margin(2))),
		one("random crop", picture, dlkit.RandomCrop(dlkit.HW{4, 5})),
		one("random crop into the margin", picture, dlkit.RandomCrop(dlkit.HW{11, 9}, dlkit.Margin(2), dlkit.FillValue(0.5))),
		one("random crop, mirrored", picture, dlkit.RandomCrop(dlkit.HW{11, 9}, dlkit.Margin(2), dlkit.FillReflect)),
		one("random crop, wrapped", picture, dlkit.RandomCrop(dlkit.HW{12, 10}, dlkit.Margin(2), dlkit.FillWrap)),
		one("random crop, nearest", picture, dlkit.RandomCrop(dlkit.HW{12, 10}, dlkit.Margin(2), dlkit.FillNearest)),
	}
}

func sequences() []exported {
	return []exported{
		one("embedding", words, dlkit.Embedding(10, 4)),
		one("embedding, masked mean", words, dlkit.Embedding(10, 4, dlkit.MaskZero), dlkit.GlobalAvgPool1D()),
		one("mask through dense and convolution", words, dlkit.Embedding(10, 4, dlkit.MaskZero), dlkit.Dense(3), dlkit.Conv1D(3, 3, dlkit.Same), dlkit.GlobalAvgPool1D(dlkit.KeepDims)),
		one("masking", sequence, dlkit.Masking(0.5), dlkit.Dense(4), dlkit.GlobalAvgPool1D()),
		one("mask ends at pooling", words, dlkit.Embedding(10, 4, dlkit.MaskZero), dlkit.MaxPool1D(2, dlkit.Strides(1), dlkit.Same), dlkit.GlobalAvgPool1D()),
		one("time distributed dense", sequence, dlkit.TimeDistributed(dlkit.Dense(3, dlkit.Softmax))),
		one("time distributed convolution", tensor.Shape{3, 6, 5, 2}, dlkit.TimeDistributed(dlkit.Conv2D(4, 3, dlkit.ReLU)), dlkit.Flatten()),
		one("time distributed embedding", sequence, dlkit.TimeDistributed(dlkit.Embedding(10, 3))),
		one("position embedding", sequence, dlkit.PositionEmbedding(10)),
		one("token and position embedding", words, dlkit.TokenAndPositionEmbedding(9, 10, 4, dlkit.MaskZero), dlkit.GlobalAvgPool1D()),
		one("sine positions", sequence, dlkit.SinePositionEncoding()),
	}
}

func recurrent() []exported {
	masked := func(layers ...dlkit.Layer) []dlkit.Layer {
		return append([]dlkit.Layer{dlkit.Embedding(10, 4, dlkit.MaskZero)}, layers...)
	}
	list := []exported{
		one("rnn", sequence, dlkit.SimpleRNN(5)),
		one("rnn relu backwards", sequence, dlkit.SimpleRNN(5, dlkit.ReLU, dlkit.GoBackwards, dlkit.ReturnSequences)),
		one("rnn masked", words, masked(dlkit.SimpleRNN(5, dlkit.ReturnSequences), dlkit.SimpleRNN(3))...),
		one("rnn silu", sequence, dlkit.SimpleRNN(5, dlkit.SiLU, dlkit.NoBias, dlkit.ReturnSequences)),
		one("lstm", sequence, dlkit.LSTM(5)),
		one("lstm sequences without bias", sequence, dlkit.LSTM(5, dlkit.ReturnSequences, dlkit.NoBias)),
		one("lstm other activations", sequence, dlkit.LSTM(5, dlkit.Softsign, dlkit.RecurrentActivation(dlkit.HardSigmoid))),
		one("lstm relu", sequence, dlkit.LSTM(5, dlkit.ReLU, dlkit.RecurrentActivation(dlkit.Softsign))),
		one("lstm more activations", sequence, dlkit.LSTM(5, dlkit.ELU(0.5), dlkit.RecurrentActivation(dlkit.LeakyReLU(0.1)), dlkit.ReturnSequences)),
		one("lstm masked", words, masked(dlkit.LSTM(5))...),
		one("lstm masked backwards", words, masked(dlkit.LSTM(5, dlkit.GoBackwards, dlkit.ReturnSequences), dlkit.LSTM(3))...),
		one("gru", sequence, dlkit.GRU(5)),
		one("gru reset before", sequence, dlkit.GRU(5, dlkit.ResetBefore, dlkit.ReturnSequences)),
		one("gru backwards, linear", sequence, dlkit.GRU(5, dlkit.Linear, dlkit.GoBackwards)),
		one("gru masked", words, masked(dlkit.GRU(5, dlkit.ReturnSequences), dlkit.GlobalAvgPool1D())...),
		one("gru masked reset before", words, masked(dlkit.GRU(5, dlkit.ResetBefore))...),
		one("gru gelu", sequence, dlkit.GRU(5, dlkit.GELU)),
		one("bidirectional lstm", sequence, dlkit.Bidirectional(dlkit.LSTM(5, dlkit.ReturnSequences, dlkit.Name("inside")))),
		one("bidirectional gru sum", sequence, dlkit.Bidirectional(dlkit.GRU(5), dlkit.MergeSum)),
		one("bidirectional backwards", sequence, dlkit.Bidirectional(dlkit.SimpleRNN(5, dlkit.GoBackwards, dlkit.ReturnSequences), dlkit.MergeMul)),
		one("bidirectional masked", words, masked(dlkit.Bidirectional(dlkit.LSTM(5, dlkit.ReturnSequences), dlkit.MergeAve), dlkit.Bidirectional(dlkit.GRU(3)))...),
	}
	return list
}

func attention() []exported {
	ids := func() *dlkit.Value { return dlkit.Input(words) }
	query, val := ids(), ids()
	q := query.Then(dlkit.Embedding(10, 6, dlkit.MaskZero))
	v := val.Then(dlkit.Embedding(10, 4, dlkit.MaskZero))
	cross := dlkit.Functional([]*dlkit.Value{query, val}, dlkit.ApplyMerge(dlkit.MultiHeadAttention(2, 3, dlkit.Causal), q, v, v))
	return []exported{
		one("attention", sequence, dlkit.MultiHeadAttention(2, 3)),
		one("attention causal", sequence, dlkit.MultiHeadAttention(2, 3, dlkit.Causal, dlkit.ValueSize(4), dlkit.OutputSize(5), dlkit.NoBias)),
		one("attention masked", words, dlkit.Embedding(10, 6, dlkit.MaskZero), dlkit.MultiHeadAttention(2, 3)),
		{"attention to another sequence", cross},
		one("transformer", sequence, dlkit.TransformerEncoder(2, 3, 8, dlkit.DropoutRate(0.1))),
		one("transformer, norm first", sequence, dlkit.TransformerEncoder(2, 3, 8, dlkit.NormFirst, dlkit.Causal, dlkit.GELU)),
		one("transformer masked", words, dlkit.TokenAndPositionEmbedding(7, 10, 6, dlkit.MaskZero), dlkit.TransformerEncoder(2, 3, 8), dlkit.GlobalAvgPool1D(), dlkit.Dense(2, dlkit.Softmax)),
	}
}

func merges() []exported {
	var list []exported
	for name, merge := range map[string]func(...*dlkit.Value) *dlkit.Value{
		"add": dlkit.Add, "multiply": dlkit.Multiply, "average": dlkit.Average, "maximum": dlkit.Maximum, "minimum": dlkit.Minimum} {
		list = append(list, joined(name, func(a, b *dlkit.Value) *dlkit.Value { return merge(a, b) }, picture, tensor.Shape{1, 8, 1}))
	}
	conv := func(x *dlkit.Value) *dlkit.Value { return x.Then(dlkit.Conv2D(3, 3, dlkit.Same)) }
	list = append(list,
		joined("subtract", dlkit.Subtract, sequence, sequence),
		joined("concatenate", func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Concatenate(a, b) }, sequence, tensor.Shape{7, 2}),
		joined("concatenate convolutions", func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Concatenate(conv(a), conv(b)) }, picture, picture),
		joined("concatenate rows of convolutions", func(a, b *dlkit.Value) *dlkit.Value { return dlkit.ConcatenateAxis(0, conv(a), conv(b)) }, picture, picture),
		joined("add a convolution to its input", func(a, b *dlkit.Value) *dlkit.Value {
			return dlkit.Add(a.Then(dlkit.Conv2D(4, 3, dlkit.Same)), a, b)
		}, picture, tensor.Shape{1, 1, 4}),
		joined("dot", dlkit.Dot, tensor.Shape{6}, tensor.Shape{6}),
		joined("dot of axes", func(a, b *dlkit.Value) *dlkit.Value { return dlkit.DotAxes(a, b, 0, -1) }, sequence, tensor.Shape{3, 7}),
		joined("cosines", func(a, b *dlkit.Value) *dlkit.Value {
			return dlkit.ApplyMerge(&dlkit.DotLayer{Axes: [2]int{-1, -1}, Normalize: true}, a, b)
		}, sequence, tensor.Shape{3, 6}))
	return list
}

func whole() []exported {
	digits := one("a network for digits", tensor.Shape{28, 28, 1},
		dlkit.RandomTranslation(0.1, 0.1), dlkit.Rescaling(1.0/255), dlkit.Conv2D(8, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.Conv2D(16, 3, dlkit.NoBias), dlkit.BatchNormalization(), dlkit.ReLU, dlkit.MaxPool2D(2),
		dlkit.Flatten(), dlkit.Dropout(0.5), dlkit.Dense(10, dlkit.Softmax, dlkit.Name("digit")))
	if err := digits.model.SetClasses("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"); err != nil {
		panic(err)
	}
	in := dlkit.Input(tensor.Shape{12, 12, 3})
	h := in.Then(dlkit.Conv2D(8, 3, dlkit.Same, dlkit.ReLU))
	for range 2 { // residual blocks
		y := h.Then(dlkit.Conv2D(8, 3, dlkit.Same, dlkit.NoBias), dlkit.BatchNormalization(), dlkit.ReLU, dlkit.Conv2D(8, 3, dlkit.Same), dlkit.BatchNormalization())
		h = dlkit.Add(h, y).Then(dlkit.ReLU)
	}
	residual := dlkit.Functional([]*dlkit.Value{in}, h.Then(dlkit.GlobalAvgPool2D(), dlkit.Dense(5, dlkit.Softmax)))

	left, right := dlkit.Input(tensor.Shape{6}), dlkit.Input(words)
	tower := dlkit.Dense(4, dlkit.Tanh, dlkit.Name("shared"))
	a := dlkit.Apply(tower, left)
	b := dlkit.Apply(tower, right.Then(dlkit.Embedding(10, 6), dlkit.GlobalAvgPool1D()))
	branches := dlkit.Functional([]*dlkit.Value{left, right}, dlkit.Concatenate(a, b).Then(dlkit.Dense(1, dlkit.Sigmoid, dlkit.Name("score"))), a, b, a)
	return []exported{
		digits, {"residual blocks", residual}, {"two inputs, shared weights, four outputs", branches},
		one("reviews", tensor.Shape{20}, dlkit.Embedding(50, 8, dlkit.MaskZero), dlkit.Bidirectional(dlkit.LSTM(6)), dlkit.Dropout(0.5), dlkit.Dense(1, dlkit.Sigmoid)),
		one("an autoencoder", tensor.Shape{16, 16, 1}, dlkit.Conv2D(4, 3, dlkit.Same, dlkit.Strides(2), dlkit.ReLU), dlkit.Conv2D(8, 3, dlkit.Same, dlkit.Strides(2), dlkit.ReLU),
			dlkit.Conv2DTranspose(4, 3, dlkit.Same, dlkit.Strides(2), dlkit.ReLU), dlkit.UpSampling2D(2), dlkit.Conv2D(1, 3, dlkit.Same, dlkit.Sigmoid)),
	}
}
