package images_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing/fstest"

	"github.com/gofromzero/fromzero/datasets/images"
	"github.com/gofromzero/fromzero/tensor"
)

// onePNG is a picture file of one colour.
func onePNG(w, h int, c color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m) // a Buffer takes all
	return b.Bytes()
}

// flowers stands for a folder on disk, which Folder reads.
var flowers = fstest.MapFS{
	"daisy/1.png": {Data: onePNG(40, 30, color.White)},
	"daisy/2.png": {Data: onePNG(30, 40, color.White)},
	"rose/1.png":  {Data: onePNG(64, 64, color.RGBA{255, 0, 0, 255})},
	"rose/2.png":  {Data: []byte("<html>404</html>")},
}

func ExampleFolderFS() {
	train := images.FolderFS(flowers, images.Config{Height: 32, Width: 32, Fit: images.Crop, SkipDamaged: true})
	if err := train.Load(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train, train.ClassNames())
	for batch := range train.Batches(context.Background(), 8) {
		fmt.Println(batch.X().Shape(), batch.Y())
	}
	report, _ := train.Report(context.Background())
	fmt.Println(report)
	// Output:
	// 3 pictures of (32, 32, 3) in folder, 2 classes [daisy rose]
	// (3, 32, 32, 3) [0 0 1]
	// 3 pictures (3 PNG), 30 to 64 pixels wide, 30 to 64 high
	// 1 damaged, left out:
	//   rose/2.png: it is not a PNG, JPEG, GIF, WebP or BMP picture
}

func ExampleDataset_Load_damaged() {
	err := images.FolderFS(flowers, images.Config{Height: 32, Width: 32}).Load(context.Background())
	fmt.Println(err)
	// Output:
	// images: 1 of 4 files can't be used:
	//   rose/2.png: it is not a PNG, JPEG, GIF, WebP or BMP picture
	// replace or delete them, or set Config.SkipDamaged to train without them
}

func ExampleConfig_Decode() {
	c := images.Config{Height: 2, Width: 2, Color: images.Gray}
	x, err := c.Decode(bytes.NewReader(onePNG(50, 50, color.Gray{102})))
	if err != nil {
		fmt.Println(err)
		return
	}
	flat := tensor.Must(x.Reshape(2, 2))
	fmt.Println(x.Shape())
	fmt.Println(flat)
	// Output:
	// (1, 2, 2, 1)
	// [[0.4 0.4]
	//  [0.4 0.4]]
}
