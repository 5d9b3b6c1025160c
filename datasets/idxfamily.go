package datasets

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/tensor"
)

// idxFamily is a set in MNIST's form: four IDX files, which are training images
// and labels, test images and labels.
type idxFamily struct {
	spec    Spec
	shape   [3]int
	classes int
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

// files finds and decodes the four files.
func (f idxFamily) files(_ context.Context, root string) (splits [2]*pixels, sources []source, err error) {
	files, err := readFiles(root, f.spec, f.decode)
	if err != nil {
		return splits, nil, err
	}
	for _, file := range files {
		sources = append(sources, file.source)
	}
	splits, err = f.join(files)
	return splits, sources, err
}

// mostItems bounds a file before it is unpacked: the largest set of this form,
// EMNIST, has 814,255 images.
const mostItems = 1 << 20

// decode decodes and checks file i: images, shape (n, height, width), or labels,
// shape (n,) with values below classes.
func (f idxFamily) decode(i int, data []byte) (*tensor.Tensor, error) {
	s, err := idx.Shape(data)
	if err != nil {
		return nil, err
	}
	if s[0] > mostItems {
		return nil, fmt.Errorf("its header %v promises more than %d items", s, mostItems)
	}
	images := i%2 == 0
	if images && (s.Rank() != 3 || s[1] != f.shape[0] || s[2] != f.shape[1]) {
		return nil, fmt.Errorf("its shape is %v; images of (n, %d, %d) are wanted", s, f.shape[0], f.shape[1])
	}
	if !images && s.Rank() != 1 {
		return nil, fmt.Errorf("its shape is %v; labels of (n,) are wanted", s)
	}
	t, err := idx.Decode(data)
	if err != nil {
		return nil, err
	}
	switch {
	case t.DType() != tensor.Uint8:
		return nil, fmt.Errorf("it holds %v numbers; one byte each (uint8) is wanted", t.DType())
	case s[0] == 0:
		return nil, fmt.Errorf("it holds no items")
	case !images && firstNotBelow(tensor.Values[uint8](t), f.classes) >= 0:
		return nil, fmt.Errorf("it has labels of %d and more; there are %d classes", f.classes, f.classes)
	}
	return t, nil
}

// join pairs the files. Where the numbers differ, a file that is not the
// published one is to blame.
func (f idxFamily) join(files []found[*tensor.Tensor]) (splits [2]*pixels, err error) {
	for i := range splits {
		x, y := files[2*i], files[2*i+1]
		if x.values.Len() != y.values.Len() {
			return splits, f.mismatch(files, 2*i)
		}
		splits[i] = newPixels(f.shape, tensor.Values[uint8](y.values), tensor.Values[uint8](x.values))
	}
	return splits, nil
}

func (f idxFamily) mismatch(files []found[*tensor.Tensor], first int) error {
	bad := &filesError{set: f.spec.Title, present: len(files)}
	for k := first; k < first+2; k++ {
		if !files[k].published {
			bad.problems = append(bad.problems, problem{f.spec.Files[k].Name, fmt.Errorf("%d images but %d labels (%s)",
				files[first].values.Len(), files[first+1].values.Len(), files[k].path)})
		}
	}
	return bad
}
