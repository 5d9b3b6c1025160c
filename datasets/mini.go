package datasets

import (
	"embed"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// The mini set: the first 200 training and the first 50 test images of each
// digit, in the set's own order. mini/generate.go made the files.
const miniTrain, miniTest = 2000, 500

//go:generate go run ./mini

//go:embed mini/*.gz
var miniFiles embed.FS

func miniMNIST() (splits [2]*pixels, err error) {
	f := idxFamily{mnistSpec(), [3]int{28, 28, 1}, 10}
	var files []found[*tensor.Tensor]
	for i, file := range f.spec.Files {
		data, err := miniFiles.ReadFile("mini/" + file.Name)
		if err != nil {
			return splits, err
		}
		t, err := f.decode(i, data)
		if err != nil {
			return splits, fmt.Errorf("%s: %w", file.Name, err)
		}
		files = append(files, found[*tensor.Tensor]{values: t})
	}
	if n := files[0].values.Shape(); !n.Equal(tensor.Shape{miniTrain, 28, 28}) {
		return splits, fmt.Errorf("it has images of %v", n)
	}
	return f.join(files)
}
