package main

// benchCase is a model at a batch size, with what is wanted of pure Go.
type benchCase struct {
	name   string // in the tables
	model  string // the workers' name for it
	batch  int
	steps  int     // of an epoch; a block of training is whole epochs
	rows   int     // most that the large prediction has; 0 is no limit
	target float64 // the most that a step may take, as a ratio to the faster peer
}

var cases = []benchCase{
	{"784-64-10, batch 32", "dense", 32, 256, 0, 0.8},
	{"784-64-10, batch 128", "dense", 128, 128, 0, 1.1},
	{"CNN 32-64 on 28×28×1, batch 32", "cnn", 32, 32, 0, 0.7},
	{"CNN of 3 blocks on 32×32×3, batch 32", "cifar", 32, 8, 2000, 0.7},
	{"3 residual blocks on 32×32×3", "residual", 32, 8, 2000, 1},
	{"separable CNN on 32×32×3", "separable", 32, 8, 2000, 1},
	{"embedding, average, dense", "embedding", 32, 64, 0, 0.6},
	{"LSTM 64", "lstm", 32, 16, 0, 0.7},
	{"GRU 64", "gru", 32, 16, 0, 0.7},
	{"CNN over words", "textcnn", 32, 16, 2000, 1},
	{"TransformerEncoder", "transformer", 32, 16, 2000, 1.5},
}

// memoryTarget is the most memory that is wanted, as a ratio to the faster peer.
const memoryTarget = 1.0
