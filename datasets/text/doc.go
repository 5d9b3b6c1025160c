// Package text turns texts into numbers that a model can learn from:
//
//	train, test := datasets.IMDB()
//	v, err := text.Fit(ctx, train, text.Config{MaxTokens: 10_000, Length: 200})
//	x, err := v.Dataset(ctx, train)   // Int32 of shape (n, 200), with the labels
//
// A Vectorizer standardises a text (lower case, no markup, no punctuation),
// splits it into tokens and looks these up in a vocabulary, which Fit makes of
// the most frequent tokens of the training texts. Numbers, ties and tf-idf
// weights are those of Keras' TextVectorization; what differs is said at Config.
//
// A Vectorizer is saved as JSON, or with encoding/gob inside other values, so
// that a program that serves a model turns texts into the same numbers as the
// one that trained it.
package text
