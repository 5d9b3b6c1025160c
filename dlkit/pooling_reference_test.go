package dlkit

import "testing"

func init() {
	options := func(c refLayer) []PoolOption {
		o := []PoolOption{Padding(c.string("padding"))}
		if c.Config["strides"] != nil {
			o = append(o, Strides(HW(c.pair("strides"))))
		}
		return o
	}
	global := func(c refLayer) []GlobalPoolOption {
		if c.bool("keepdims") {
			return []GlobalPoolOption{KeepDims}
		}
		return nil
	}
	edges := func(c refLayer, name string) Edges {
		v := c.Config[name].([]any)
		at := func(i, j int) int { return int(v[i].([]any)[j].(float64)) }
		return Edges{at(0, 0), at(0, 1), at(1, 0), at(1, 1)}
	}
	list := func(c refLayer, name string) (out []int) {
		v, _ := c.Config[name].([]any)
		for _, n := range v {
			out = append(out, int(n.(float64)))
		}
		return out
	}
	for class, maker := range map[string]func(c refLayer) any{
		"MaxPooling1D":           func(c refLayer) any { return MaxPooling1D(c.pair("pool_size")[0], options(c)...) },
		"MaxPooling2D":           func(c refLayer) any { return MaxPooling2D(HW(c.pair("pool_size")), options(c)...) },
		"AveragePooling1D":       func(c refLayer) any { return AveragePooling1D(c.pair("pool_size")[0], options(c)...) },
		"AveragePooling2D":       func(c refLayer) any { return AveragePooling2D(HW(c.pair("pool_size")), options(c)...) },
		"GlobalMaxPooling1D":     func(c refLayer) any { return GlobalMaxPooling1D(global(c)...) },
		"GlobalMaxPooling2D":     func(c refLayer) any { return GlobalMaxPooling2D(global(c)...) },
		"GlobalAveragePooling1D": func(c refLayer) any { return GlobalAveragePooling1D(global(c)...) },
		"GlobalAveragePooling2D": func(c refLayer) any { return GlobalAveragePooling2D(global(c)...) },
		"UpSampling1D":           func(c refLayer) any { return UpSampling1D(c.int("size")) },
		"UpSampling2D": func(c refLayer) any {
			return UpSampling2D(HW(c.pair("size")), Interpolation(c.string("interpolation")))
		},
		"ZeroPadding1D":    func(c refLayer) any { p := c.pair("padding"); return ZeroPadding1D(p[0], p[1]) },
		"ZeroPadding2D":    func(c refLayer) any { return ZeroPadding2D(edges(c, "padding")) },
		"Cropping2D":       func(c refLayer) any { return Cropping2D(edges(c, "cropping")) },
		"Reshape":          func(c refLayer) any { return Reshape(list(c, "target_shape")...) },
		"Permute":          func(c refLayer) any { return Permute(list(c, "dims")...) },
		"RepeatVector":     func(c refLayer) any { return RepeatVector(c.int("n")) },
		"SpatialDropout1D": func(c refLayer) any { return SpatialDropout1D(c.float("rate")) },
		"SpatialDropout2D": func(c refLayer) any { return SpatialDropout2D(c.float("rate")) },
		"GaussianNoise":    func(c refLayer) any { return GaussianNoise(c.float("stddev")) },
		"PReLU":            func(c refLayer) any { return PReLU(SharedAxes(list(c, "shared_axes")...)) },
		"LeakyReLU":        func(c refLayer) any { return LeakyReLU(c.float("negative_slope")) },
		"ReLU":             func(refLayer) any { return ReLU },
	} {
		layerMakers[class] = func(_ *testing.T, c refLayer) any { return maker(c) }
	}
}

func TestPoolingAgreesWithKeras(t *testing.T) { runLayerReferences(t, "layers_pooling.json") }
