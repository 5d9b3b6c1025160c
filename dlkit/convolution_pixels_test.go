package dlkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// A single picture takes another way than several do; the results must be the
// same.
func TestASinglePictureIsPredictedLikeMany(t *testing.T) {
	rough := RandomNormal{StdDev: 0.5}
	in := tensor.Shape{9, 8, 3}
	for _, layers := range [][]Layer{
		{Conv2D(4, 3, ReLU, BiasInit(rough))},
		{Conv2D(4, 3, ReLU, NoBias)},
		{Conv2D(4, 1, Tanh)},
		{Conv2D(4, HW{2, 3}, Same, Strides(2), BiasInit(rough)), ReLU, MaxPool2D(2)},
		{Conv2D(4, 3, Same, Strides(3)), Softmax},
		{Conv2D(4, HW{3, 2}, Valid, Strides(2), LeakyReLU(0.1)), MaxPool2D(2, Strides(1))},
		{Conv2D(4, 3, Same, BiasInit(rough)), BatchNormalization(BetaInit(rough), GammaInit(rough)), ReLU, MaxPool2D(2), Conv2D(5, 2)},
		{Conv2D(6, 3, Same), Conv2D(6, 3, Groups(3)), Conv2D(4, 3, Dilation(2), Same), Conv2D(4, 2), MaxPool2D(3, Same)},
		{MaxPool2D(2), DepthwiseConv2D(3), AvgPool2D(2), Conv2D(3, 1)},
		{Conv2D(4, 3, GELU), MaxPool2D(2), Conv2DTranspose(3, 3), GlobalMaxPool2D()},
		{SeparableConv2D(4, 3, ReLU), UpSampling2D(2), Conv2D(2, 4), Flatten(), Dense(3)},
	} {
		t.Run(fmt.Sprint(layers), func(t *testing.T) {
			m := Sequential(in, layers...)
			if err := m.Err(); err != nil {
				t.Fatal(err)
			}
			const n = 5
			x := randomTensor(rand.New(rand.NewPCG(5, 3)), append([]int{n}, in...)...).Convert(tensor.Float32)
			all, err := m.Predict(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			one := tensor.Must(tensor.New(tensor.Values[float32](x)[2*in.Size():3*in.Size()], append(tensor.Shape{1}, in...)...))
			alone, err := m.Predict(context.Background(), one)
			if err != nil {
				t.Fatal(err)
			}
			want := tensor.Values[float64](all.Convert(tensor.Float64))
			width := len(want) / n
			wantClose(t, "the picture", tensor.Values[float64](alone.Convert(tensor.Float64)), want[2*width:3*width], 1e-5)
		})
	}
}
