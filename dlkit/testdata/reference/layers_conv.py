"""Reference values of convolution, pooling and upsampling layers."""

from common import *
from keras import layers as L


def case(name, make, shape, **kw):
    return layer_case(name, make, [normal(rng_for(name), shape)], **kw)


def relu_case(name, make, shape):
    """make takes the activation, so that the pre-activations can be looked at."""
    return clear_of_kinks(name, lambda: make("relu"), lambda: make(None), lambda rng: [normal(rng, shape)])


def conv1d():
    x, grouped = (2, 7, 2), (2, 6, 4)
    return [
        case("conv1d valid", lambda: L.Conv1D(3, 3), x),
        case("conv1d same", lambda: L.Conv1D(3, 3, padding="same", activation="tanh"), x),
        case("conv1d same even kernel", lambda: L.Conv1D(3, 4, padding="same"), x),
        case("conv1d valid even kernel", lambda: L.Conv1D(2, 2), x),
        case("conv1d causal", lambda: L.Conv1D(3, 3, padding="causal"), x),
        case("conv1d causal dilation 2", lambda: L.Conv1D(3, 2, padding="causal", dilation_rate=2), x),
        case("conv1d same stride 2", lambda: L.Conv1D(3, 3, strides=2, padding="same"), x),
        case("conv1d valid stride 3", lambda: L.Conv1D(2, 2, strides=3), x),
        case("conv1d dilation 2", lambda: L.Conv1D(2, 3, dilation_rate=2), x),
        case("conv1d groups 2", lambda: L.Conv1D(4, 3, groups=2, padding="same"), grouped),
        case("conv1d without bias", lambda: L.Conv1D(2, 3, use_bias=False), x),
    ]


def conv2d():
    x, grouped = (2, 4, 5, 2), (1, 5, 5, 4)
    return [
        case("conv2d valid", lambda: L.Conv2D(3, 3), x),
        case("conv2d same", lambda: L.Conv2D(3, 3, padding="same", activation="tanh"), x),
        relu_case("conv2d relu", lambda a: L.Conv2D(2, 3, activation=a), (1, 4, 5, 2)),
        case("conv2d 1x1", lambda: L.Conv2D(3, 1), x),
        case("conv2d 1x1 stride 2", lambda: L.Conv2D(3, 1, strides=2), x),
        case("conv2d rectangular kernel", lambda: L.Conv2D(2, (3, 2)), x),
        case("conv2d rectangular kernel same", lambda: L.Conv2D(2, (1, 4), padding="same"), x),
        case("conv2d even kernel valid", lambda: L.Conv2D(2, 2), x),
        case("conv2d even kernel same", lambda: L.Conv2D(2, 2, padding="same"), x),
        case("conv2d kernel 4 same", lambda: L.Conv2D(2, 4, padding="same"), x),
        case("conv2d even kernel same stride 2", lambda: L.Conv2D(2, 2, strides=2, padding="same"), x),
        case("conv2d stride 2 valid", lambda: L.Conv2D(2, 3, strides=2), x),
        case("conv2d stride 2 same", lambda: L.Conv2D(2, 3, strides=2, padding="same"), x),
        case("conv2d stride 2 by 3", lambda: L.Conv2D(2, 3, strides=(2, 3), padding="same"), x),
        case("conv2d stride beyond the kernel", lambda: L.Conv2D(2, 2, strides=3), (1, 7, 8, 2)),
        case("conv2d dilation 2 valid", lambda: L.Conv2D(2, 3, dilation_rate=2), (1, 6, 7, 2)),
        case("conv2d dilation 2 same", lambda: L.Conv2D(2, 3, dilation_rate=2, padding="same"), x),
        case("conv2d dilation 2 even kernel same", lambda: L.Conv2D(2, 2, dilation_rate=(2, 1), padding="same"), x),
        case("conv2d groups 2", lambda: L.Conv2D(4, 3, groups=2), grouped),
        case("conv2d same stride 2 groups 2", lambda: L.Conv2D(6, 3, strides=2, padding="same", groups=2), grouped),
        case("conv2d groups equal channels", lambda: L.Conv2D(4, 3, groups=4, padding="same"), grouped),
        case("conv2d groups even kernel", lambda: L.Conv2D(4, 2, groups=2, padding="same"), grouped),
        case("conv2d without bias", lambda: L.Conv2D(2, 3, use_bias=False), x),
        case("conv2d kernel as large as the input", lambda: L.Conv2D(3, (4, 5)), (2, 4, 5, 2)),
        case("conv2d kernel larger than the input same", lambda: L.Conv2D(2, 5, padding="same"), (1, 3, 4, 2)),
        case("conv2d one channel", lambda: L.Conv2D(4, 3), (2, 5, 5, 1)),
    ]


def conv3d():
    return [
        case("conv3d valid", lambda: L.Conv3D(2, 2), (1, 3, 4, 3, 2)),
        case("conv3d same stride 2", lambda: L.Conv3D(2, 3, strides=2, padding="same"), (1, 3, 4, 5, 1)),
    ]


def depthwise():
    x = (1, 5, 6, 3)
    return [
        case("depthwise valid", lambda: L.DepthwiseConv2D(3), x),
        case("depthwise same", lambda: L.DepthwiseConv2D(3, padding="same", activation="tanh"), x),
        case("depthwise multiplier 2", lambda: L.DepthwiseConv2D(3, depth_multiplier=2), (1, 5, 5, 3)),
        case("depthwise same stride 2", lambda: L.DepthwiseConv2D(3, strides=2, padding="same"), x),
        case("depthwise even kernel same", lambda: L.DepthwiseConv2D(2, padding="same"), (1, 5, 6, 3)),
        case("depthwise rectangular kernel", lambda: L.DepthwiseConv2D((2, 3)), (1, 5, 6, 3)),
        case("depthwise dilation 2", lambda: L.DepthwiseConv2D(3, dilation_rate=2, padding="same"), (1, 5, 6, 2)),
        case("depthwise without bias", lambda: L.DepthwiseConv2D(3, use_bias=False), (1, 5, 5, 2)),
        case("separable valid", lambda: L.SeparableConv2D(4, 3), x),
        case("separable same stride 2", lambda: L.SeparableConv2D(4, 3, strides=2, padding="same"), x),
        case("separable multiplier 2", lambda: L.SeparableConv2D(3, 3, depth_multiplier=2, activation="tanh"), (1, 5, 5, 2)),
        case("separable even kernel same", lambda: L.SeparableConv2D(3, 2, padding="same"), (1, 4, 5, 2)),
        case("separable 1-D", lambda: L.SeparableConv1D(3, 3, padding="same"), (2, 6, 2)),
    ]


def transposed():
    x = (2, 3, 4, 2)
    cases = []
    for kernel in (2, 3, 4):
        for stride in (1, 2):
            for padding in ("valid", "same"):
                name = f"transposed kernel {kernel} stride {stride} {padding}"
                cases.append(case(name, lambda: L.Conv2DTranspose(2, kernel, strides=stride, padding=padding), (1, 3, 4, 2)))
    cases += [
        case("transposed stride 3 kernel 2 same", lambda: L.Conv2DTranspose(2, 2, strides=3, padding="same"), (1, 2, 3, 2)),
        case("transposed stride 3 kernel 2 valid", lambda: L.Conv2DTranspose(2, 2, strides=3), (1, 2, 3, 2)),
        case("transposed rectangular", lambda: L.Conv2DTranspose(2, (3, 2), strides=(1, 2), padding="same", activation="tanh"), x),
        case("transposed kernel 5 stride 2 same", lambda: L.Conv2DTranspose(1, 5, strides=2, padding="same"), (1, 3, 4, 2)),
        case("transposed output padding", lambda: L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), (1, 3, 3, 2)),
        case("transposed without bias", lambda: L.Conv2DTranspose(2, 3, strides=2, use_bias=False), (1, 3, 3, 2)),
        case("transposed 1-D", lambda: L.Conv1DTranspose(2, 3, strides=2, padding="same"), (2, 4, 2)),
    ]
    return cases


def pooling():
    cases = []
    settings = [
        (2, None, "valid"), (2, None, "same"), (3, 2, "valid"), (3, 2, "same"), (3, 1, "same"),
        (2, 3, "valid"), (2, 1, "valid"), (2, 1, "same"),
    ]
    for klass, fill in (("MaxPooling", distinct), ("AveragePooling", normal)):
        for pool, stride, padding in settings:
            for dims, shape in ((1, (2, 7, 2)), (2, (1, 5, 7, 2))):
                name = f"{klass}{dims}D pool {pool} stride {stride or pool} {padding}"
                make = lambda: getattr(L, f"{klass}{dims}D")(pool, strides=stride, padding=padding)
                cases.append(layer_case(name, make, [fill(rng_for(name), shape)]))
        for pool, stride, padding in (((2, 3), None, "valid"), ((3, 2), (1, 2), "same")):
            name = f"{klass}2D pool {pool} stride {stride or pool} {padding}"
            make = lambda: getattr(L, f"{klass}2D")(pool, strides=stride, padding=padding)
            cases.append(layer_case(name, make, [fill(rng_for(name), (2, 5, 6, 2))]))
    for klass, fill in (("GlobalMaxPooling", distinct), ("GlobalAveragePooling", normal)):
        for dims, shape in ((1, (2, 5, 3)), (2, (2, 3, 4, 3))):
            for keep in (False, True):
                name = f"{klass}{dims}D" + (" keepdims" if keep else "")
                make = lambda: getattr(L, f"{klass}{dims}D")(keepdims=keep)
                cases.append(layer_case(name, make, [fill(rng_for(name), shape)]))
    name = "max pooling of negative values keeps padding out"
    x = -np.abs(distinct(rng_for(name), (1, 3, 3, 1))) * 0.5 - np.arange(9).reshape(1, 3, 3, 1) - 1
    cases.append(layer_case(name, lambda: L.MaxPooling2D(2, padding="same"), [np.round(x, 3)]))
    return cases


def upsampling():
    x = (2, 3, 2, 2)
    return [
        case("upsampling nearest", lambda: L.UpSampling2D(2), x),
        case("upsampling nearest 2 by 3", lambda: L.UpSampling2D((2, 3)), (1, 3, 2, 2)),
        case("upsampling bilinear", lambda: L.UpSampling2D(2, interpolation="bilinear"), x),
        case("upsampling bilinear 3 by 2", lambda: L.UpSampling2D((3, 2), interpolation="bilinear"), (1, 3, 4, 1)),
        case("upsampling 1-D", lambda: L.UpSampling1D(3), (2, 3, 2)),
    ]


if __name__ == "__main__":
    write("layers_conv.json", conv1d() + conv2d() + conv3d() + depthwise() + transposed())
    write("layers_pooling.json", pooling() + upsampling())
