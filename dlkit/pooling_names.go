package dlkit

// MaxPooling1D is MaxPool1D by its long name in Keras.
func MaxPooling1D(pool int, options ...PoolOption) *MaxPool1DLayer {
	return MaxPool1D(pool, options...)
}

// MaxPooling2D is MaxPool2D by its long name in Keras.
func MaxPooling2D[S Size](pool S, options ...PoolOption) *MaxPool2DLayer {
	return MaxPool2D(pool, options...)
}

// AveragePooling1D is AvgPool1D by its long name in Keras.
func AveragePooling1D(pool int, options ...PoolOption) *AvgPool1DLayer {
	return AvgPool1D(pool, options...)
}

// AveragePooling2D is AvgPool2D by its long name in Keras.
func AveragePooling2D[S Size](pool S, options ...PoolOption) *AvgPool2DLayer {
	return AvgPool2D(pool, options...)
}

// GlobalMaxPooling1D is GlobalMaxPool1D by its long name in Keras.
func GlobalMaxPooling1D(options ...GlobalPoolOption) *GlobalMaxPool1DLayer {
	return GlobalMaxPool1D(options...)
}

// GlobalMaxPooling2D is GlobalMaxPool2D by its long name in Keras.
func GlobalMaxPooling2D(options ...GlobalPoolOption) *GlobalMaxPool2DLayer {
	return GlobalMaxPool2D(options...)
}

// GlobalAveragePooling1D is GlobalAvgPool1D by its long name in Keras.
func GlobalAveragePooling1D(options ...GlobalPoolOption) *GlobalAvgPool1DLayer {
	return GlobalAvgPool1D(options...)
}

// GlobalAveragePooling2D is GlobalAvgPool2D by its long name in Keras.
func GlobalAveragePooling2D(options ...GlobalPoolOption) *GlobalAvgPool2DLayer {
	return GlobalAvgPool2D(options...)
}
