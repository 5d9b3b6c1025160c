package dlkit

import "testing"

func init() {
	layerMakers["Conv1D"] = func(t *testing.T, c refLayer) any {
		var padding Conv1DOption = Padding(c.string("padding"))
		if c.string("padding") == "causal" {
			padding = Causal
		}
		return Conv1D(c.int("filters"), c.pair("kernel_size")[0], padding, Strides(c.pair("strides")[0]),
			Dilation(c.pair("dilation_rate")[0]), Groups(c.int("groups")), c.activation(t), c.bias())
	}
	layerMakers["Conv2D"] = func(t *testing.T, c refLayer) any {
		return Conv2D(c.int("filters"), HW(c.pair("kernel_size")), Padding(c.string("padding")), Strides(HW(c.pair("strides"))),
			Dilation(HW(c.pair("dilation_rate"))), Groups(c.int("groups")), c.activation(t), c.bias())
	}
	layerMakers["DepthwiseConv2D"] = func(t *testing.T, c refLayer) any {
		return DepthwiseConv2D(HW(c.pair("kernel_size")), Padding(c.string("padding")), Strides(HW(c.pair("strides"))),
			Dilation(HW(c.pair("dilation_rate"))), DepthMultiplier(c.int("depth_multiplier")), c.activation(t), c.bias())
	}
	layerMakers["SeparableConv2D"] = func(t *testing.T, c refLayer) any {
		return SeparableConv2D(c.int("filters"), HW(c.pair("kernel_size")), Padding(c.string("padding")), Strides(HW(c.pair("strides"))),
			Dilation(HW(c.pair("dilation_rate"))), DepthMultiplier(c.int("depth_multiplier")), c.activation(t), c.bias())
	}
	layerMakers["Conv2DTranspose"] = func(t *testing.T, c refLayer) any {
		options := []Conv2DTransposeOption{Padding(c.string("padding")), Strides(HW(c.pair("strides"))),
			Dilation(HW(c.pair("dilation_rate"))), c.activation(t), c.bias()}
		if c.Config["output_padding"] != nil {
			options = append(options, OutputPadding(HW(c.pair("output_padding"))))
		}
		return Conv2DTranspose(c.int("filters"), HW(c.pair("kernel_size")), options...)
	}
	const volumes = "dlkit has no layers for volumes"
	const line = "dlkit has this layer for pictures only"
	notHere["Conv3D"] = volumes
	notHere["SeparableConv1D"], notHere["Conv1DTranspose"] = line, line
}

func TestConvolutionsAgreeWithKeras(t *testing.T) { runLayerReferences(t, "layers_conv.json") }
