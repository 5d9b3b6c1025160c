// Package dlkit builds, trains and runs neural networks the way Keras does,
// in idiomatic Go, on GoMLX.
//
//	m := dlkit.Sequential(tensor.Shape{784},
//		dlkit.Dense(64, dlkit.ReLU),
//		dlkit.Dense(10, dlkit.Softmax),
//	)
//	err := m.Compile(dlkit.CompileConfig{})
//	hist, err := m.Fit(ctx, train, dlkit.FitConfig{Epochs: 5})
//	scores, err := m.Evaluate(ctx, test)
//	probs, err := m.Predict(ctx, x)
//
// # Table of contents
//
// Models: [Sequential], [Functional] with [Input], [Apply] and [Value.Then];
// [Model.Compile], [Model.Fit], [Model.Evaluate], [Model.Predict],
// [Model.Summary], [Model.Save], [Load], [Model.Attach], [Model.Clone],
// [History].
//
// Inside a model: [Model.Layers], [Model.Weights], [Model.SetWeight],
// [Model.LayerOutput], [Model.Gradient], [Model.Freeze], [Model.Wiring],
// [Model.SetClasses].
//
// Layers: [Dense], [Flatten], [Dropout], and every [Activation] ([ReLU],
// [Sigmoid], [Tanh], [Softmax] …), which is a layer of its own too. Options of
// all layers with a kernel: [KernelInit], [BiasInit], [NoBias], [L1], [L2],
// [MaxNorm].
//
// Joining branches: [Add], [Subtract], [Multiply], [Average], [Maximum],
// [Minimum], [Concatenate].
//
// Convolution: [Conv1D], [Conv2D], [DepthwiseConv2D], [SeparableConv2D],
// [Conv2DTranspose]; their options [Same], [Valid], [Causal], [Strides],
// [Dilation], [Groups], and [HW] for a height and a width.
//
// Pooling: [MaxPool1D], [MaxPool2D], [AvgPool1D], [AvgPool2D],
// [GlobalMaxPool1D], [GlobalMaxPool2D], [GlobalAvgPool1D], [GlobalAvgPool2D];
// their long names ([MaxPooling2D] …) make the same layers.
//
// Shapes: [Reshape], [Permute], [RepeatVector], [UpSampling1D],
// [UpSampling2D], [ZeroPadding1D], [ZeroPadding2D], [Cropping2D].
//
// Normalisation: [BatchNormalization], [LayerNormalization],
// [RMSNormalization], [GroupNormalization], [UnitNormalization]; of the data
// itself [Normalization] and [Rescaling].
//
// Words and sequences: [Embedding], [SimpleRNN], [LSTM], [GRU],
// [Bidirectional], [TimeDistributed], [Masking]; their options
// [ReturnSequences], [GoBackwards], [MaskZero], [RecurrentDropout],
// [RecurrentActivation].
//
// First weights: [GlorotUniform], [GlorotNormal], [HeUniform], [HeNormal],
// [LecunUniform], [LecunNormal], [VarianceScaling], [RandomUniform],
// [RandomNormal], [Orthogonal], [Identity], [Constant], [Zeros], [Ones];
// [InitializerByName].
//
// Attention: [MultiHeadAttention], [TransformerEncoder], [PositionEmbedding],
// [TokenAndPositionEmbedding], [SinePositionEncoding], [Dot];
// [Model.AttentionScores].
//
// Against overfitting: [SpatialDropout1D], [SpatialDropout2D],
// [GaussianNoise]. Learnt slopes: [PReLU].
//
// Pictures changed at random in training: [RandomFlip], [RandomCrop],
// [RandomTranslation], [RandomRotation], [RandomZoom], [RandomContrast],
// [RandomBrightness], [RandomErasing], [Cutout]; [Augment] and
// [Model.Augmented] show what they do.
//
// Losses for classes: [SparseCategoricalCrossEntropy],
// [CategoricalCrossEntropy], [BinaryCrossEntropy],
// [CategoricalFocalCrossEntropy], [BinaryFocalCrossEntropy], [KLDivergence],
// [CategoricalHinge], [Hinge], [SquaredHinge]. For numbers: [MeanSquaredError],
// [MeanAbsoluteError], [MeanAbsolutePercentageError],
// [MeanSquaredLogarithmicError], [Huber], [LogCosh], [Poisson],
// [CosineSimilarity]. Each is a metric too.
//
// Optimizers: [SGD], [Adam], [AdamW], [Nadam], [Adamax], [Lion], [RMSprop],
// [Adagrad], [Adadelta]; [Clip], accumulation and moving averages are settings
// of [CompileConfig].
//
// Learning rates: [CosineDecay], [OneCycle], [StepDecay], [ExponentialDecay],
// [ReduceLROnPlateau], [Model.FindLearningRate].
//
// Callbacks: [EarlyStopping], [ModelCheckpoint], [BackupAndRestore],
// [CSVLogger], [TerminateOnNaN], [EpochFunc], [CallbackFunc].
//
// Metrics: [Accuracy], [SparseCategoricalAccuracy], [CategoricalAccuracy],
// [BinaryAccuracy], [TopKCategoricalAccuracy], [SparseTopKCategoricalAccuracy],
// [Precision], [Recall], [F1Score], [AUC], [ConfusionMatrix] and
// [Model.ConfusionMatrix], [TruePositives], [FalsePositives], [TrueNegatives],
// [FalseNegatives], [RootMeanSquaredError], [R2Score], every loss above,
// [LossMetric], [RenamedMetric]; [Scores.Array].
//
// Your own: implement [Layer], [Loss], [Metric], [Optimizer] or [Callback]
// exactly as this package does; they receive graph nodes of GoMLX
// (github.com/gomlx/gomlx/core/graph), the one place where GoMLX shows.
//
// # Errors
//
// Nothing here panics on wrong use, and nothing is printed. A model that
// cannot work says so when it is built: [Model.Err], Compile and Fit return the
// first error, a [*LayerError] that names the layer. Functions that run take a
// context and stop when it is cancelled, keeping what they have.
package dlkit
