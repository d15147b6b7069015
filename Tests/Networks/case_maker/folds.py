"""What folds into a convolution: batch norms, activations, parallel branches, constants, pads. And what must not."""

import numpy as np

from .convolutions import pad_as_pytorch
from .graph import IMAGE, SAME, SMALL_IMAGE, CaseGraph


def batch_norms():
    """Batch norm in other places than after a convolution, and batch norms that must not be folded."""
    for name, shape, outputs, options in [
        ("no_pads", IMAGE, 2, dict(bias=True)),
        ("pads", IMAGE, 2, SAME),
        ("asymmetric_pads_stride2", IMAGE, 2, dict(pads=[0, 1, 2, 0], strides=[2, 2], bias=True)),
        ("groups2_pads", (1, 4, 4, 5), 6, dict(group=2, **SAME)),
        ("depthwise_pads", (1, 5, 4, 5), 5, dict(group=5, **SAME)),
        ("dilation2_pads", (1, 2, 5, 6), 3, dict(dilations=[2, 2], pads=[2, 2, 2, 2])),
        ("same_lower", (1, 3, 6, 5), 2, dict(strides=[2, 2], auto_pad="SAME_LOWER")),
    ]:
        g = CaseGraph(f"bn_before_conv_{name}", shape)
        yield g.end(g.relu(g.conv(g.batch_norm(g.x), outputs, **options)))
    g = CaseGraph("bn_between_convs_pads", IMAGE)
    yield g.end(g.conv(g.batch_norm(g.conv(g.x, 2, **SAME)), 3, **SAME))
    g = CaseGraph("bn_before_and_after_conv_pads", IMAGE)
    yield g.end(g.batch_norm(g.conv(g.batch_norm(g.x), 2, **SAME)))
    g = CaseGraph("bn_before_conv_reflect", IMAGE)  # the reflected border is already normalised: it folds
    yield g.end(g.conv(pad_as_pytorch(g, g.batch_norm(g.x), "reflect")[0], 2))
    g = CaseGraph("bn_before_conv_pads_no_shift", IMAGE)  # 0 stays 0: it folds with pads too
    zeros = np.zeros(3, np.float32)
    y = g.op("BatchNormalization", g.x, g.normal(3), zeros, zeros, np.abs(g.normal(3)))
    yield g.end(g.conv(y, 2, **SAME))
    g = CaseGraph("bn_relu_conv_pads", IMAGE)  # pre-activation: ReLU keeps it from folding
    yield g.end(g.conv(g.relu(g.batch_norm(g.x)), 2, **SAME))

    for name, operator, attributes in [
        ("alone", None, {}),
        ("relu", "Relu", {}),
        ("leaky_slope_0.01", "LeakyRelu", dict(alpha=0.01)),
        ("leaky_slope_0", "LeakyRelu", dict(alpha=0.0)),
        ("sigmoid", "Sigmoid", {}),
    ]:
        for place, first in (("", lambda g: g.x), ("conv_", lambda g: g.conv(g.x, 2))):
            if place and name in ("alone", "relu"):
                continue  # the convolutions above
            g = CaseGraph(f"bn_{place}{name}", IMAGE)
            y = g.batch_norm(first(g))
            yield g.end(g.op(operator, y, **attributes) if operator else y)
    g = CaseGraph("bn_batch2", (2, 3, 4, 5))
    yield g.end(g.batch_norm(g.x))
    g = CaseGraph("bn_after_bn", IMAGE)
    yield g.end(g.relu(g.batch_norm(g.batch_norm(g.x))))
    g = CaseGraph("bn_after_conv_bn", IMAGE)
    yield g.end(g.relu(g.batch_norm(g.batch_norm(g.conv(g.x, 2)))))
    g = CaseGraph("bn_after_maxpool", IMAGE)
    yield g.end(g.batch_norm(g.op("MaxPool", g.conv(g.x, 2), kernel_shape=[2, 2])))
    g = CaseGraph("bn_after_relu", IMAGE)
    yield g.end(g.batch_norm(g.relu(g.conv(g.x, 2))))
    g = CaseGraph("bn_after_add", IMAGE)
    yield g.end(g.relu(g.batch_norm(g.op("Add", g.conv(g.x, 3, **SAME), g.x))))
    g = CaseGraph("bn_after_concat", IMAGE)
    yield g.end(g.relu(g.batch_norm(g.concat(g.conv(g.x, 2, **SAME), g.conv(g.x, 3, (1, 1))))))
    g = CaseGraph("bn_on_rank3", (2, 3, 7))
    yield g.end(g.relu(g.batch_norm(g.x)))
    g = CaseGraph("bn_epsilon", IMAGE)
    yield g.end(g.batch_norm(g.conv(g.x, 2), epsilon=0.1))

    g = CaseGraph("bn_not_folded_conv_has_two_users", IMAGE)
    y = g.conv(g.x, 3, **SAME)
    yield g.end(g.op("Add", g.batch_norm(y), g.op("Sigmoid", y)))
    g = CaseGraph("bn_not_folded_conv_is_output", IMAGE)
    y = g.conv(g.x, 3, **SAME)
    yield g.end(g.batch_norm(y), y)
    g = CaseGraph("bn_two_on_one_conv", IMAGE)
    y = g.conv(g.x, 3, **SAME)
    yield g.end(g.op("Add", g.batch_norm(y), g.batch_norm(y)))
    g = CaseGraph("bn_weights_shared_by_two_convs", IMAGE)  # folding one must leave the other's weights
    weight = g.constant(g.normal(3, 3, 3, 3, scale=0.2))
    y = g.relu(g.batch_norm(g.conv(g.x, 3, weight=weight, **SAME)))
    yield g.end(g.batch_norm(g.conv(y, 3, weight=weight, **SAME)))

    # Running variances as networks with dead channels have them, alone and beside ordinary ones.
    for name, variance in (("zero", 0.0), ("subnormal", 5.6e-45)):
        for place in ("conv", "alone"):
            g = CaseGraph(f"bn_variance_{name}_{place}", IMAGE)
            x = g.conv(g.x, 3) if place == "conv" else g.x
            yield g.end(g.relu(g.batch_norm(x, variance=[1, variance, 0.5])))


def activations():
    slope = np.array([0.25, -0.5, 0.1, 2], np.float32).reshape(4, 1, 1)

    def silu(g, x):
        return g.op("Mul", x, g.op("Sigmoid", x))

    def silu_swapped(g, x):
        return g.op("Mul", g.op("Sigmoid", x), x)

    def hard_swish_of_hard_sigmoid(g, x):
        return g.op("Mul", x, g.op("HardSigmoid", x, alpha=1 / 6, beta=0.5))

    def hard_swish_of_clip(g, x):
        shifted = g.op("Clip", g.op("Add", x, np.float32(3)), np.float32(0), np.float32(6))
        return g.op("Div", g.op("Mul", x, shifted), np.float32(6))

    for name, activation in {
        "relu": lambda g, x: g.relu(x),
        "relu6": lambda g, x: g.op("Clip", x, np.float32(0), np.float32(6)),
        "clip": lambda g, x: g.op("Clip", x, np.float32(-0.75), np.float32(0.5)),
        "clip_minimum_only": lambda g, x: g.op("Clip", x, np.float32(-0.5)),
        "clip_maximum_only": lambda g, x: g.op("Clip", x, None, np.float32(0.5)),
        "clip_without_bounds": lambda g, x: g.op("Clip", x),
        "leaky_relu": lambda g, x: g.op("LeakyRelu", x, alpha=0.2),
        "leaky_relu_default": lambda g, x: g.op("LeakyRelu", x),
        "leaky_relu_slope_over_1": lambda g, x: g.op("LeakyRelu", x, alpha=1.5),
        "prelu_per_channel": lambda g, x: g.op("PRelu", x, slope),
        "prelu_shared": lambda g, x: g.op("PRelu", x, np.array([0.3], np.float32)),
        "hard_swish": lambda g, x: g.op("HardSwish", x),
        "hard_swish_of_hard_sigmoid": hard_swish_of_hard_sigmoid,
        "hard_swish_of_clip": hard_swish_of_clip,
        "hard_sigmoid": lambda g, x: g.op("HardSigmoid", x, alpha=1 / 6, beta=0.5),
        "hard_sigmoid_default": lambda g, x: g.op("HardSigmoid", x),
        "sigmoid": lambda g, x: g.op("Sigmoid", x),
        "silu": silu,
        "silu_swapped": silu_swapped,
        "tanh": lambda g, x: g.op("Tanh", x),
        "sine": lambda g, x: g.op("Sin", x),
        "cosine": lambda g, x: g.op("Cos", x),
    }.items():
        g = CaseGraph(f"activation_{name}", SMALL_IMAGE)
        weight = g.normal(4, 3, 2, 2, scale=1.2)  # values on all sides of each bend, up to about 10
        yield g.end(activation(g, g.batch_norm(g.conv(g.x, 4, (2, 2), weight=weight))))
    g = CaseGraph("activation_alone_large_values", (1, 3, 1, 5))  # exp must not overflow on the way
    g.inputs[g.x] *= 60
    yield g.end(g.op("Sigmoid", g.x), g.op("Tanh", g.x), silu(g, g.x))
    g = CaseGraph("activation_alone_angles", (1, 3, 5, 7))  # many turns, and right angles
    g.inputs[g.x] *= 1000
    g.inputs[g.x][0, 0, 0] = np.arange(-3, 4) * np.pi / 2
    yield g.end(g.op("Sin", g.x), g.op("Cos", g.x), g.op("Tan", g.op("Tanh", g.x)))
    g = CaseGraph("activation_conv_has_two_users", SMALL_IMAGE)
    y = g.conv(g.x, 4)
    yield g.end(g.op("Add", g.relu(y), y))
    g = CaseGraph("activation_two_in_a_row", SMALL_IMAGE)
    yield g.end(g.op("Tanh", g.op("Clip", g.relu(g.conv(g.x, 4)), None, np.float32(1))))


def repvgg_blocks():
    """Parallel linear branches that are one convolution, and some that are not."""
    for name, channels, outputs, kernel, stride, group in [
        ("plain", 3, 3, 3, 1, 1),
        ("stride2", 3, 5, 3, 2, 1),
        ("groups2", 4, 4, 3, 1, 2),
        ("depthwise", 5, 5, 3, 1, 5),
        ("kernel5", 3, 3, 5, 1, 1),
    ]:
        g = CaseGraph(f"repvgg_{name}", (1, channels, 5, 4))
        options = dict(group=group, strides=[stride, stride])
        dense = g.conv(g.x, outputs, (kernel, kernel), pads=[kernel // 2] * 4, **options)
        y = g.op("Add", g.batch_norm(dense), g.batch_norm(g.conv(g.x, outputs, (1, 1), **options)))
        if channels == outputs and stride == 1:
            y = g.op("Add", y, g.batch_norm(g.x))
        yield g.end(g.relu(y))

    def branches(name, *makers, after=lambda g, y: g.relu(y)):
        """The sum of what the makers make of an image."""
        g = CaseGraph(f"repvgg_{name}", SMALL_IMAGE)
        y = makers[0](g)
        for maker in makers[1:]:
            y = g.op("Add", y, maker(g))
        return g.end(after(g, y))

    def dense(g, **options):
        return g.batch_norm(g.conv(g.x, 3, **(SAME | options)))

    def point(g, **options):
        return g.batch_norm(g.conv(g.x, 3, (1, 1), **options))

    def identity(g):
        return g.batch_norm(g.x)

    alpha = np.float32(0.7)
    yield branches("alpha_on_1x1", dense, lambda g: g.op("Mul", point(g), alpha), identity)
    yield branches("alpha_on_identity", dense, point, lambda g: g.op("Mul", alpha, identity(g)))
    yield branches("alpha_before_1x1", dense, lambda g: g.batch_norm(g.conv(g.op("Mul", g.x, alpha), 3, (1, 1))))
    yield branches("identity_without_bn", dense, point, lambda g: g.x)
    yield branches("identity_first", identity, point, dense)
    yield branches(
        "bias_without_bn",
        lambda g: g.conv(g.x, 3, bias=True, **SAME),
        lambda g: g.conv(g.x, 3, (1, 1), bias=True),
    )
    yield branches("three_3x3", dense, dense, dense)
    yield branches(
        "asymmetric_kernels",
        dense,
        lambda g: g.batch_norm(g.conv(g.x, 3, (1, 3), pads=[0, 1, 0, 1])),
        lambda g: g.batch_norm(g.conv(g.x, 3, (3, 1), pads=[1, 0, 1, 0])),
    )
    yield branches("groups_differ", lambda g: dense(g, group=3), point, identity)
    yield branches("bn_after_the_sum", dense, point, after=lambda g, y: g.relu(g.batch_norm(y)))
    yield branches("no_activation", dense, point, identity, after=lambda g, y: y)
    g = CaseGraph("repvgg_two_blocks", SMALL_IMAGE)
    y = g.x
    for _ in range(2):
        sum = g.op("Add", g.batch_norm(g.conv(y, 3, **SAME)), g.batch_norm(g.conv(y, 3, (1, 1))))
        y = g.relu(g.op("Add", sum, g.batch_norm(y)))
    yield g.end(y)

    yield branches("not_merged_relu_in_a_branch", dense, lambda g: g.relu(point(g)), identity)
    # Different dilations, or pads that put the 1x1 elsewhere than in the middle, are not the plain case.
    yield branches("dilated_and_plain", lambda g: dense(g, dilations=[2, 2], pads=[2, 2, 2, 2]), dense)
    g = CaseGraph("repvgg_shifted_1x1", IMAGE)
    cropped = g.op("Pad", g.batch_norm(g.conv(g.x, 3, (1, 1))), [0, 0, -1, -1, 0, 0, -1, -1])
    yield g.end(g.relu(g.op("Add", g.batch_norm(g.conv(g.x, 3)), cropped)))
    g = CaseGraph("repvgg_not_merged_inputs_differ", SMALL_IMAGE)
    other = g.input(SMALL_IMAGE)
    yield g.end(g.relu(g.op("Add", g.conv(g.x, 3, **SAME), g.conv(other, 3, (1, 1)))))
    g = CaseGraph("repvgg_branch_has_two_users", SMALL_IMAGE)
    y = g.conv(g.x, 3, (1, 1))
    yield g.end(g.relu(g.op("Add", g.conv(g.x, 3, **SAME), y)), y)


def scales():
    """Multiplications and additions of constants around convolutions."""

    def after(name, *steps, outputs=2, **options):
        """Steps are (operator, shape of the constant, whether the constant comes first)."""
        g = CaseGraph(f"scale_{name}", IMAGE)
        y = g.conv(g.x, outputs, **(SAME | options))
        for operator, shape, first in steps:
            constant = g.normal(*shape)
            if operator == "Div":
                constant = np.sign(constant) * (np.abs(constant) + 0.5)
            y = g.op(operator, constant, y) if first else g.op(operator, y, constant)
        return g.end(g.op("LeakyRelu", y, alpha=0.1))

    channel, image, scalar = (2, 1, 1), (1, 2, 1, 1), ()
    yield after("mul_scalar", ("Mul", scalar, False))
    yield after("mul_channels", ("Mul", channel, True), bias=True)
    yield after("add_channels", ("Add", image, False), bias=True)
    yield after("subtract_channels", ("Sub", channel, False), bias=True)
    yield after("subtract_from_constant", ("Sub", scalar, True), bias=True)
    yield after("divide", ("Div", channel, False), bias=True)
    yield after("chain", *[(o, channel, False) for o in ("Mul", "Add", "Div", "Sub")], ("Mul", scalar, True))
    yield after("depthwise_chain", ("Mul", (3, 1, 1), False), ("Add", (1, 3, 1, 1), True), outputs=3, group=3)
    # Constants over the image scale no channel; the last two have the channels' length, but lie on the columns.
    yield after("not_folded_image_constant", ("Mul", (1, 1, 4, 5), False), ("Add", (4, 5), True))
    yield after("not_folded_column_constant", ("Mul", (5,), False), outputs=5)
    yield after("not_folded_column_addend", ("Add", (1, 5), False), outputs=5)

    g = CaseGraph("scale_not_folded_divided_by_conv", IMAGE)
    y = g.op("Clip", g.conv(g.x, 2), np.float32(0.5))
    yield g.end(g.op("Div", g.normal(2, 1, 1), y))
    g = CaseGraph("scale_negate", IMAGE)
    yield g.end(g.op("Neg", g.conv(g.x, 2, bias=True)))
    g = CaseGraph("scale_with_bn", IMAGE)
    y = g.op("Add", g.op("Mul", g.batch_norm(g.conv(g.x, 2)), g.normal(2, 1, 1)), g.normal(2, 1, 1))
    yield g.end(g.relu(y))
    g = CaseGraph("scale_of_transposed_conv", IMAGE)
    yield g.end(g.relu(g.op("Mul", g.transposed(g.x, 2, (2, 2), strides=[2, 2], bias=True), g.normal(2, 1, 1))))
    g = CaseGraph("scale_of_linear", (2, 7))
    yield g.end(g.relu(g.op("Add", g.op("Mul", g.linear(g.x, 5), g.normal(5)), g.normal(1, 5))))
    g = CaseGraph("scale_zero", IMAGE)
    g.may_be_zero = True
    yield g.end(g.op("Mul", g.conv(g.x, 2, bias=True), np.float32(0)))

    for name, pads, steps in [
        ("mul_no_pads", {}, ["Mul"]),
        ("mul_pads", SAME, ["Mul"]),
        ("add_no_pads", {}, ["Add"]),
        ("add_pads", SAME, ["Add"]),  # the border is 0, not the addend
        ("normalise_pads", SAME, ["Sub", "Div"]),  # how images are often prepared
    ]:
        g = CaseGraph(f"scale_before_{name}", IMAGE)
        y = g.x
        for operator in steps:
            y = g.op(operator, y, np.abs(g.normal(1, 3, 1, 1)) + 0.5)
        yield g.end(g.relu(g.conv(y, 2, bias=True, **pads)))

    g = CaseGraph("scale_pointwise_after_pointwise", IMAGE)
    yield g.end(g.conv(g.conv(g.x, 4, (1, 1), bias=True), 2, (1, 1), bias=True))
    g = CaseGraph("scale_3x3_after_pointwise", IMAGE)
    yield g.end(g.conv(g.conv(g.x, 4, (1, 1), bias=True), 2, bias=True))
    g = CaseGraph("scale_3x3_pads_after_pointwise", IMAGE)  # the bias of the first does not reach the border
    yield g.end(g.conv(g.conv(g.x, 4, (1, 1), bias=True), 2, **SAME))


def pads():
    """Pad before a convolution or a pool."""

    def pad_conv(name, amounts, *operands, mode="constant", **options):
        g = CaseGraph(f"pad_conv_{name}", IMAGE)
        return g.end(g.relu(g.batch_norm(g.conv(g.op("Pad", g.x, amounts, *operands, mode=mode), 2, **options))))

    yield pad_conv("zero", [0, 0, 1, 1, 0, 0, 1, 1])
    yield pad_conv("zero_given", [0, 0, 1, 1, 0, 0, 1, 1], np.float32(0))
    yield pad_conv("asymmetric_on_pads", [0, 0, 0, 1, 0, 0, 2, 3], pads=[1, 0, 1, 0])
    yield pad_conv("stride2", [0, 0, 0, 0, 0, 0, 1, 1], strides=[2, 2])
    yield pad_conv("not_folded_value", [0, 0, 1, 1, 0, 0, 1, 1], np.float32(1.5))
    yield pad_conv("cropping", [0, 0, -1, 0, 0, 0, 0, -1])
    yield pad_conv("cropping_on_pads", [0, 0, -1, 0, 0, 0, 0, -1], **SAME)  # zeros where the crop begins
    yield pad_conv("reflect_asymmetric", [0, 0, 2, 0, 0, 0, 1, 3], mode="reflect")
    yield pad_conv("edge_on_pads", [0, 0, 1, 1, 0, 0, 1, 1], mode="edge", **SAME)
    g = CaseGraph("pad_conv_before_same_upper", IMAGE)  # SAME means the padded image's size
    yield g.end(g.conv(g.op("Pad", g.x, [0, 0, 1, 1, 0, 0, 1, 1]), 4, strides=[2, 2], auto_pad="SAME_UPPER"))
    g = CaseGraph("pad_conv_channels", IMAGE)
    padded = g.op("Pad", g.x, [0, 1, 1, 1, 0, 2, 1, 1])
    g.channels[padded] = 6
    yield g.end(g.conv(padded, 2))
    g = CaseGraph("pad_twice_conv", IMAGE)
    yield g.end(g.conv(g.op("Pad", g.op("Pad", g.x, [0, 0, 1, 0, 0, 0, 0, 0]), [0, 0, 0, 1, 0, 0, 1, 1]), 4))
    g = CaseGraph("pad_has_two_users", IMAGE)
    padded = g.op("Pad", g.x, [0, 0, 1, 1, 0, 0, 1, 1])
    yield g.end(g.conv(padded, 2), g.op("Tanh", padded))
    g = CaseGraph("pad_by_axes", IMAGE, opset=18)
    yield g.end(g.conv(g.op("Pad", g.x, [1, 2, 0, 1], None, [-1, 2]), 4))
    g = CaseGraph("pad_attributes_opset9", IMAGE, opset=9)
    yield g.end(g.conv(g.op("Pad", g.x, pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.0), 4))
    for mode in ("reflect", "edge"):
        g = CaseGraph(f"pad_alone_{mode}", IMAGE)
        yield g.end(g.op("Pad", g.x, [0, 1, 2, 1, 0, 1, 0, 3], mode=mode))
    g = CaseGraph("pad_alone_value", (2, 3, 2, 3))
    yield g.end(g.op("Pad", g.x, [1, 0, -1, 2, 0, 1, 1, 0], np.float32(-2.5)))

    border = [0, 0, 1, 1, 0, 0, 1, 1]
    lowest = np.float32(-np.inf)
    yield from pad_pool("maxpool_minus_infinity", "MaxPool", border, lowest)
    yield from pad_pool("maxpool_not_folded_zero", "MaxPool", border, np.float32(0))
    yield from pad_pool("maxpool_zero_after_relu", "MaxPool", border, np.float32(0), relu=True)
    yield from pad_pool("averagepool_count_pads", "AveragePool", border, np.float32(0), count_include_pad=1)
    yield from pad_pool("averagepool_zero", "AveragePool", border, np.float32(0))  # these zeros count
    yield from pad_pool("averagepool_zero_on_pads", "AveragePool", border, np.float32(0), **SAME)


def pad_pool(name, operator, amounts, value, relu=False, **attributes):
    g = CaseGraph(f"pad_{name}", (1, 3, 6, 5))
    x = g.relu(g.x) if relu else g.x
    yield g.end(g.op(operator, g.op("Pad", x, amounts, value), kernel_shape=[3, 3], strides=[2, 2], **attributes))
