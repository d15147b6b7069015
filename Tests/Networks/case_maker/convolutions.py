"""Convolutions of every kind, transposed ones and linear layers, each with what usually follows."""

import itertools

from .graph import IMAGE, SAME, CaseGraph


def convolutions():
    """Batch norm and ReLU after every kind of convolution."""
    for name, shape, outputs, kernel, options in [
        ("plain", IMAGE, 2, (3, 3), {}),
        ("bias", IMAGE, 2, (3, 3), dict(bias=True)),
        ("pointwise", IMAGE, 2, (1, 1), {}),
        ("pointwise_stride2", IMAGE, 2, (1, 1), dict(strides=[2, 2])),
        ("row_kernel", IMAGE, 2, (1, 5), dict(pads=[0, 2, 0, 2])),
        ("column_kernel", IMAGE, 2, (5, 1), dict(pads=[2, 0, 2, 0])),
        ("kernel7_stride2", (1, 3, 9, 8), 2, (7, 7), dict(pads=[3, 3, 3, 3], strides=[2, 2])),
        ("even_kernel", IMAGE, 2, (2, 4), SAME),
        ("kernel_over_image", (1, 2, 2, 3), 2, (5, 5), dict(pads=[2, 2, 2, 2])),
        ("groups2", (1, 4, 4, 5), 6, (3, 3), dict(group=2, **SAME)),
        ("groups3_dilation_stride", (1, 3, 8, 7), 6, (2, 3), dict(group=3, dilations=[2, 1], strides=[1, 2])),
        ("depthwise", (1, 5, 5, 6), 5, (3, 3), dict(group=5, **SAME)),
        ("depthwise_bias_stride2", (1, 3, 7, 6), 3, (5, 5), dict(group=3, bias=True, pads=[2] * 4, strides=[2, 2])),
        ("depthwise_multiplier2", IMAGE, 6, (3, 3), dict(group=3, **SAME)),
        ("depthwise_dilation2", (1, 3, 7, 6), 3, (3, 3), dict(group=3, dilations=[2, 2], pads=[2, 2, 2, 2])),
        ("depthwise_17_channels", (1, 17, 2, 3), 17, (3, 3), dict(group=17, **SAME)),
        ("depthwise_33_channels", (1, 33, 2, 3), 33, (3, 3), dict(group=33, **SAME)),
        ("dilation2", (1, 3, 7, 6), 2, (3, 3), dict(dilations=[2, 2], pads=[2, 2, 2, 2])),
        ("dilation_1x3", (1, 3, 5, 9), 2, (3, 3), dict(dilations=[1, 3])),
        ("asymmetric_pads", IMAGE, 2, (3, 3), dict(pads=[0, 1, 2, 3])),
        ("pad_over_kernel", (1, 2, 3, 3), 2, (2, 2), dict(pads=[3, 2, 3, 2])),
        ("stride2", (1, 3, 7, 6), 2, (3, 3), dict(strides=[2, 2], **SAME)),
        ("stride_1x2", IMAGE, 2, (3, 3), dict(strides=[1, 2], **SAME)),
        ("stride_over_kernel", (1, 3, 8, 9), 2, (2, 2), dict(strides=[3, 4])),
        ("same_upper", (1, 3, 6, 7), 2, (3, 3), dict(strides=[2, 2], auto_pad="SAME_UPPER")),
        ("same_lower", (1, 3, 6, 7), 2, (3, 3), dict(strides=[2, 2], auto_pad="SAME_LOWER")),
        ("valid", IMAGE, 2, (3, 3), dict(auto_pad="VALID")),
        ("image_1x1", (1, 5, 1, 1), 4, (3, 3), SAME),
        ("image_1x1_pointwise", (1, 5, 1, 1), 17, (1, 1), {}),
        ("1_to_17_channels", (1, 1, 3, 4), 17, (3, 3), SAME),
        ("3_to_33_channels", (1, 3, 2, 3), 33, (3, 3), SAME),
        ("5_to_1_channels", (1, 5, 4, 5), 1, (3, 3), SAME),
        ("17_to_3_channels", (1, 17, 3, 2), 3, (3, 3), SAME),
        ("33_to_5_channels_pointwise", (1, 33, 2, 3), 5, (1, 1), {}),
        ("17_to_33_channels_pointwise", (1, 17, 2, 3), 33, (1, 1), {}),
        ("wide_image", (1, 2, 2, 37), 2, (3, 3), SAME),
        ("batch2", (2, 3, 4, 5), 4, (3, 3), SAME),
        ("batch3_groups2_stride2", (3, 4, 5, 4), 4, (3, 3), dict(group=2, strides=[2, 2], **SAME)),
    ]:
        g = CaseGraph(f"conv_{name}", shape)
        yield g.end(g.relu(g.batch_norm(g.conv(g.x, outputs, kernel, **options))))


def pad_as_pytorch(g, x, mode):
    """Convolution's padding modes as they arrive from PyTorch. Circular becomes Slice and Concat, axis by axis."""
    if mode == "zeros":
        return x, SAME
    if mode == "circular":
        for axis in (3, 2):
            last, first = g.op("Slice", x, [-1], [2**63 - 1], [axis]), g.op("Slice", x, [0], [1], [axis])
            x = g.concat(last, x, first, axis=axis)
        return x, {}
    modes = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap"}
    return g.op("Pad", x, [0, 0, 1, 1, 0, 0, 1, 1], mode=modes[mode]), {}


def fuse_modules():
    """The five sequences of PyTorch's fuse_modules, over what a convolution can be in PyTorch."""
    options = {
        "bias": dict(bias=True),
        "no_bias": {},
        "groups": dict(group=2),
        "dilation": dict(dilations=[2, 1], bias=True),
    }
    kinds = [("zeros", option) for option in options]
    kinds += [(mode, "groups") for mode in ("reflect", "replicate", "circular", "wrap")]
    for sequence, (mode, option) in itertools.product(["conv_bn", "conv_bn_relu", "conv_relu"], kinds):
        g = CaseGraph(f"fuse_{sequence}_{mode}_{option}", (1, 4, 3, 4), opset=19 if mode == "wrap" else 17)
        x, pads = pad_as_pytorch(g, g.x, mode)
        y = g.conv(x, 4, **pads, **options[option])
        y = g.batch_norm(y) if "_bn" in sequence else y
        yield g.end(g.relu(y) if "_relu" in sequence else y)
    for bias in (True, False):
        g = CaseGraph("fuse_linear_relu_" + ("bias" if bias else "no_bias"), (2, 7))
        yield g.end(g.relu(g.linear(g.x, 5, bias)))
    for rank, shape in (("1d", (2, 5)), ("2d", IMAGE)):
        g = CaseGraph(f"fuse_bn_relu_{rank}", shape)
        yield g.end(g.relu(g.batch_norm(g.x)))


def transposed_convolutions():
    for name, shape, outputs, kernel, options in [
        ("stride1", IMAGE, 4, (3, 3), SAME),
        ("stride2", (1, 3, 4, 5), 2, (3, 3), dict(strides=[2, 2], bias=True, **SAME)),
        ("stride2_kernel2", (1, 3, 2, 3), 3, (2, 2), dict(strides=[2, 2])),
        ("stride2_kernel4", (1, 3, 2, 3), 3, (4, 4), dict(strides=[2, 2], **SAME)),
        ("stride3", (1, 3, 2, 3), 2, (3, 3), dict(strides=[3, 3])),
        ("stride_over_kernel", (1, 3, 2, 3), 2, (2, 2), dict(strides=[3, 3], bias=True)),
        ("stride_1x2", (1, 3, 4, 3), 2, (3, 3), dict(strides=[1, 2])),
        ("dilation2", (1, 3, 4, 5), 2, (3, 3), dict(dilations=[2, 2], pads=[2, 2, 2, 2])),
        ("dilation2_stride2", (1, 3, 2, 3), 2, (3, 2), dict(dilations=[2, 2], strides=[2, 2])),
        ("output_padding", (1, 3, 2, 3), 2, (3, 3), dict(strides=[2, 2], output_padding=[1, 1], **SAME)),
        ("output_padding_column", (1, 3, 2, 3), 2, (3, 3), dict(strides=[3, 3], output_padding=[0, 2])),
        ("asymmetric_pads", (1, 3, 4, 3), 2, (3, 3), dict(strides=[2, 2], pads=[0, 1, 2, 1])),
        ("groups2", (1, 4, 3, 4), 6, (3, 3), dict(strides=[2, 2], group=2, bias=True)),
        ("depthwise", (1, 5, 2, 3), 5, (3, 3), dict(strides=[2, 2], group=5, **SAME)),
        ("pointwise", (1, 5, 3, 4), 3, (1, 1), {}),
        ("output_shape", (1, 3, 2, 3), 2, (3, 3), dict(strides=[2, 2], output_shape=[4, 6])),
        ("same_upper", (1, 3, 2, 3), 2, (3, 3), dict(strides=[2, 2], auto_pad="SAME_UPPER")),
        ("same_lower", (1, 3, 2, 3), 2, (3, 3), dict(strides=[2, 2], auto_pad="SAME_LOWER")),
        ("image_1x1_batch2", (2, 3, 1, 1), 2, (4, 3), {}),
    ]:
        g = CaseGraph(f"transposed_{name}", shape)
        yield g.end(g.relu(g.batch_norm(g.transposed(g.x, outputs, kernel, **options))))
    g = CaseGraph("transposed_bn_before", (1, 3, 3, 4))
    yield g.end(g.transposed(g.batch_norm(g.x), 4, strides=[2, 2]))
    g = CaseGraph("transposed_bn_before_with_pads", (1, 3, 3, 4))
    yield g.end(g.transposed(g.batch_norm(g.x), 4, strides=[2, 2], bias=True, **SAME))


def linears():
    def gemm(name, weight, bias, **attributes):
        g = CaseGraph(f"linear_gemm_{name}", (2, 7))
        y = g.op("Gemm", g.x, g.normal(*weight), *([g.normal(*bias)] if bias is not None else []), **attributes)
        g.channels[y] = 5
        return g.end(g.relu(g.batch_norm(y)))

    yield gemm("transposed_weight", (5, 7), (5,), transB=1)
    yield gemm("plain_weight", (7, 5), (5,))
    yield gemm("no_bias", (5, 7), None, transB=1)
    yield gemm("alpha_beta", (5, 7), (1, 5), transB=1, alpha=0.5, beta=2.0)
    yield gemm("scalar_bias", (7, 5), ())
    yield gemm("bias_over_batch", (7, 5), (2, 1))  # not a bias per output
    g = CaseGraph("linear_gemm_transposed_input", (7, 2))
    y = g.op("Gemm", g.x, g.normal(5, 7), g.normal(5), transA=1, transB=1)
    g.channels[y] = 5
    yield g.end(g.relu(g.batch_norm(y)))

    for name, bias in (("matmul", None), ("matmul_add", (5,)), ("matmul_add_swapped", (1, 5))):
        g = CaseGraph(f"linear_{name}", (2, 7))
        y = g.op("MatMul", g.x, g.normal(7, 5))
        if bias:
            addend = g.normal(*bias)
            y = g.op("Add", addend, y) if name.endswith("swapped") else g.op("Add", y, addend)
        g.channels[y] = 5
        yield g.end(g.relu(g.batch_norm(y)))
    g = CaseGraph("linear_matmul_rank3", (2, 3, 7))
    yield g.end(g.relu(g.op("Add", g.op("MatMul", g.x, g.normal(7, 5)), g.normal(5))))
    g = CaseGraph("linear_matmul_weight_on_the_left", (7, 3))
    yield g.end(g.op("MatMul", g.normal(5, 7), g.x))
    g = CaseGraph("linear_bn_before", (2, 7))
    yield g.end(g.linear(g.batch_norm(g.x), 5))
    g = CaseGraph("linear_after_linear", (2, 7))
    yield g.end(g.linear(g.linear(g.x, 3), 5))
    for channels in (1, 17, 33):
        g = CaseGraph(f"linear_{channels}_features", (3, channels))
        yield g.end(g.relu(g.linear(g.x, 34 - channels)))
