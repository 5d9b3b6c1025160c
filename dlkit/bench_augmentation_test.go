package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// BenchmarkAugmentation is each layer alone, in training mode, on 32 pictures
// of 32×32×3 with random values.
func BenchmarkAugmentation(b *testing.B) {
	d, err := deviceFor("go")
	if err != nil {
		b.Fatal(err)
	}
	for name, layers := range augmentationBenchmarks {
		b.Run(name, func(b *testing.B) {
			r := layerRun{layer: inARow{layers, true}, dtype: dtypes.Float32, training: true,
				inputs: []*tensor.Tensor{randomData(32, 2, 32, 32, 3).All().X()}}
			p, err := r.prepare(d)
			if err != nil {
				b.Fatal(err)
			}
			defer p.finalize()
			for b.Loop() {
				out, err := p.program.runAll()
				if err != nil {
					b.Fatal(err)
				}
				for _, buf := range out {
					if err := buf.Finalize(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

var augmentationBenchmarks = map[string][]Layer{
	"flip":         {RandomFlip(Horizontal)},
	"flip both":    {RandomFlip()},
	"crop":         {RandomCrop(32, Margin(4))},
	"crop reflect": {RandomCrop(32, Margin(4), FillReflect)},
	"flip crop":    {RandomFlip(Horizontal), RandomCrop(32, Margin(4))},
	"translation":  {RandomTranslation(0.1, 0.1)},
	"rotation":     {RandomRotation(0.05)},
	"zoom":         {RandomZoom(0.1)},
	"contrast":     {RandomContrast(0.2)},
	"brightness":   {RandomBrightness(0.2)},
	"erasing":      {RandomErasing(FillValue(0))},
	"cutout":       {Cutout(8)},
}
