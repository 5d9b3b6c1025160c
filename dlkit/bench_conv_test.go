package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// BenchmarkConvolutions are training steps of one layer and a mean.
func BenchmarkConvolutions(b *testing.B) {
	for name, layer := range map[string]func() Layer{
		"3x3":        func() Layer { return Conv2D(32, 3, Same) },
		"1x1":        func() Layer { return Conv2D(32, 1) },
		"strides2":   func() Layer { return Conv2D(32, 3, Same, Strides(2)) },
		"dilation2":  func() Layer { return Conv2D(32, 3, Same, Dilation(2)) },
		"groups4":    func() Layer { return Conv2D(32, 3, Same, Groups(4)) },
		"depthwise":  func() Layer { return DepthwiseConv2D(3, Same) },
		"separable":  func() Layer { return SeparableConv2D(32, 3, Same) },
		"transposed": func() Layer { return Conv2DTranspose(32, 3, Same, Strides(2)) },
		"max2":       func() Layer { return MaxPool2D(2) },
		"max3s2":     func() Layer { return MaxPool2D(3, Strides(2), Same) },
		"avg2":       func() Layer { return AvgPool2D(2) },
		"up2":        func() Layer { return UpSampling2D(2) },
		"bilinear2":  func() Layer { return UpSampling2D(2, Bilinear) },
		"none":       func() Layer { return SpatialDropout2D(0) },
	} {
		b.Run(name, func(b *testing.B) {
			m := Sequential(tensor.Shape{16, 16, 4}, Conv2D(32, 1), layer(), GlobalAvgPool2D(), Dense(10, Softmax))
			benchmarkTraining(b, m, randomData(20*32, 10, 16, 16, 4), 32)
		})
	}
}
