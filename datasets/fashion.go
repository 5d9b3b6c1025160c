package datasets

func fashionSpec() Spec {
	return Spec{
		Name:  "fashion-mnist",
		Title: "Fashion-MNIST",
		Files: []File{
			idxFile("train-images", 3, 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
			idxFile("train-labels", 1, 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
			idxFile("t10k-images", 3, 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
			idxFile("t10k-labels", 1, 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
		},
		Folders: []string{"FashionMNIST/raw"},
		Mirrors: []string{
			"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
			"https://storage.googleapis.com/tensorflow/tf-keras-datasets",
		},
		Terms: "Zalando SE; MIT licence",
	}
}

// FashionMNIST is the set of 60,000 training and 10,000 test images of articles
// of clothing: 28×28 pixels in one channel, bright on black, in ten classes. It
// has the form of MNIST and is harder. Images have shape (28, 28, 1), or (784,)
// with the option Flatten.
//
// Its files have the names of MNIST's, so they are looked for in the folder
// "fashion-mnist" of the data directory only, or in the directory that the
// option Dir names.
func FashionMNIST(opts ...Option) (train, test *Images) {
	f := idxFamily{fashionSpec(), [3]int{28, 28, 1}, 10}
	c := newConfig(opts)
	f.spec.namesakes = c.dir == ""
	return newImageSet(&set[*pixels]{spec: f.spec, config: c, files: f.files}, f.shape,
		"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
}
