package dlkit

import "testing"

// refRange reads a pair of factors.
func (c refLayer) refRange(name string) Range {
	pair := c.Config[name].([]any)
	return Range{pair[0].(float64), pair[1].(float64)}
}

func (c refLayer) resamplingOptions() []ResamplingOption {
	options := []ResamplingOption{FillMode(c.string("fill_mode")), Interpolation(c.string("interpolation"))}
	if c.string("fill_mode") == "constant" {
		options = append(options, FillValue(c.float("fill_value")))
	}
	return options
}

func (c refLayer) valueRange() ValueRangeOption {
	r := c.refRange("value_range")
	return ValueRange(r[0], r[1])
}

func init() {
	layerMakers["RandomTranslation"] = func(_ *testing.T, c refLayer) any {
		return RandomTranslation(c.refRange("height_factor"), c.refRange("width_factor"), c.resamplingOptions()...)
	}
	layerMakers["RandomRotation"] = func(_ *testing.T, c refLayer) any {
		return RandomRotation(c.refRange("factor"), c.resamplingOptions()...)
	}
	layerMakers["RandomZoom"] = func(_ *testing.T, c refLayer) any {
		var options []RandomZoomOption
		for _, o := range c.resamplingOptions() {
			options = append(options, o)
		}
		if c.Config["width_factor"] != nil {
			options = append(options, ZoomWidth(c.refRange("width_factor")))
		}
		return RandomZoom(c.refRange("height_factor"), options...)
	}
	layerMakers["RandomContrast"] = func(_ *testing.T, c refLayer) any {
		r := c.refRange("factor") // downwards and upwards in Keras
		return RandomContrast(Range{-r[0], r[1]}, c.valueRange())
	}
	layerMakers["RandomBrightness"] = func(_ *testing.T, c refLayer) any {
		return RandomBrightness(c.refRange("factor"), c.valueRange())
	}
}

func TestAugmentationAgreesWithKeras(t *testing.T) { runLayerReferences(t, "augmentation.json") }
