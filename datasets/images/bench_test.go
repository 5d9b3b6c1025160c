package images

import (
	"context"
	"fmt"
	"image"
	"math"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/gofromzero/fromzero/tensor"
)

// BenchmarkFolder decodes 64 photograph-like JPEGs of 500 × 375 pixels to
// 128 × 128, without a cache. On two processors two workers are to be at least
// 1.8 times as fast as one.
func BenchmarkFolder(b *testing.B) {
	file := jpegOf(b, waves(500, 375))
	fsys := fstest.MapFS{}
	at := make([]int, 64)
	for i := range at {
		at[i] = i
		fsys[fmt.Sprintf("a/%d.jpg", i)] = &fstest.MapFile{Data: file}
	}
	for _, workers := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			d := FolderFS(fsys, Config{Height: 128, Width: 128, CacheBytes: -1, Workers: workers})
			var batch tensor.Batch
			for b.Loop() {
				var err error
				if batch, err = d.Rows(context.Background(), at, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(at))/b.Elapsed().Seconds(), "images/s")
		})
	}
}

// waves is a picture with detail everywhere.
func waves(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := float64(i%w), float64(i/w)
		for c := range 3 {
			m.Pix[4*i+c] = uint8(128 + 60*math.Sin(x/7*float64(c+1)) + 60*math.Cos(y/5+x/90))
		}
		m.Pix[4*i+3] = 255
	}
	return m
}
