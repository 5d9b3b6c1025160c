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
	var files []found
	for i, f := range mnistSpec().Files {
		data, err := miniFiles.ReadFile("mini/" + f.Name)
		if err != nil {
			return splits, err
		}
		t, err := decodeIDX(data, i%2 == 0, [3]int{28, 28, 1}, 10)
		if err != nil {
			return splits, fmt.Errorf("%s: %w", f.Name, err)
		}
		files = append(files, found{values: t})
	}
	if n := files[0].values.Shape(); !n.Equal(tensor.Shape{miniTrain, 28, 28}) {
		return splits, fmt.Errorf("it has images of %v", n)
	}
	return joinIDX(files)
}
