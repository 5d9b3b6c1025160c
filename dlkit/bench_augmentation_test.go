package dlkit

import "testing"

// BenchmarkAugmentation is each layer alone, in training mode, on 32 pictures
// of 32×32×3 with random values.
func BenchmarkAugmentation(b *testing.B) {
	for name, layers := range augmentationBenchmarks {
		b.Run(name, func(b *testing.B) {
			benchmarkAlone(b, inARow{layers, true}, true, false, randomData(32, 2, 32, 32, 3).All().X())
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
