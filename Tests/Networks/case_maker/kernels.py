"""Operators without weights."""

import numpy as np

from .graph import IMAGE, PYTORCH_NEAREST, SAME, CaseGraph


def resizes():
    def resize(name, scales=None, sizes=None, **attributes):
        g = CaseGraph(f"resize_{name}", (1, 2, 3, 4))
        operands = [None, np.float32([1, 1, *scales])] if scales else [None, None, [1, 2, *sizes]]
        return g.end(g.op("Resize", g.x, *operands, **attributes))

    def coordinates(mode):
        return dict(coordinate_transformation_mode=mode)

    yield resize("nearest_x2", (2, 2), mode="nearest", **PYTORCH_NEAREST)
    yield resize("nearest_x2_default", (2, 2))
    yield resize("nearest_x3_2", (3, 2), mode="nearest", **PYTORCH_NEAREST)
    yield resize("nearest_sizes", sizes=(7, 9), mode="nearest", **PYTORCH_NEAREST)
    yield resize("nearest_down", (0.5, 0.6), mode="nearest", **PYTORCH_NEAREST)
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        yield resize(f"nearest_half_pixel_{rounding}", (1.5, 2.5), mode="nearest", nearest_mode=rounding)
    yield resize("nearest_align_corners", sizes=(7, 8), mode="nearest", **coordinates("align_corners"))
    for mode in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        yield resize(f"linear_{mode}", (2, 2), mode="linear", **coordinates(mode))
        yield resize(f"linear_{mode}_sizes", sizes=(7, 3), mode="linear", **coordinates(mode))
    yield resize("linear_to_one_pixel", sizes=(1, 1), mode="linear", **coordinates("pytorch_half_pixel"))
    g = CaseGraph("resize_opset11", (1, 2, 3, 4), opset=11)  # roi is given, and empty
    yield g.end(g.op("Resize", g.x, np.zeros(0, np.float32), np.float32([1, 1, 2, 2]), mode="linear"))
    g = CaseGraph("resize_opset10", (1, 2, 3, 4), opset=10)
    yield g.end(g.op("Resize", g.x, np.float32([1, 1, 2, 2]), mode="nearest"))
    for mode in ("nearest", "linear"):
        g = CaseGraph(f"resize_upsample9_{mode}", (1, 2, 3, 4), opset=9)
        yield g.end(g.op("Upsample", g.x, np.float32([1, 1, 2, 2]), mode=mode))
        g = CaseGraph(f"resize_upsample7_{mode}", (1, 2, 3, 4), opset=7)
        yield g.end(g.op("Upsample", g.x, mode=mode, scales=[1.0, 1.0, 2.0, 2.0]))
    g = CaseGraph("resize_between_convs_batch2", (2, 3, 3, 4))
    y = g.relu(g.conv(g.x, 5, (1, 1)))
    y = g.op("Resize", y, None, np.float32([1, 1, 2, 2]), mode="nearest", **PYTORCH_NEAREST)
    yield g.end(g.conv(y, 3, **SAME))


def pools():
    for name, shape, kernel, options in [
        ("plain", IMAGE, (2, 2), dict(strides=[2, 2])),
        ("stride1", IMAGE, (2, 3), {}),
        ("pads", (1, 2, 7, 6), (3, 3), dict(strides=[2, 2], **SAME)),
        ("asymmetric_pads", IMAGE, (3, 3), dict(strides=[2, 2], pads=[0, 1, 2, 0])),
        ("ceil", (1, 2, 6, 7), (3, 3), dict(strides=[2, 2], ceil_mode=1)),
        ("ceil_pads", (1, 2, 6, 7), (3, 3), dict(strides=[2, 2], ceil_mode=1, **SAME)),
        ("same_upper", (1, 2, 6, 5), (3, 3), dict(strides=[2, 2], auto_pad="SAME_UPPER")),
        ("same_lower", (1, 2, 6, 5), (3, 3), dict(strides=[2, 2], auto_pad="SAME_LOWER")),
        ("stride_over_kernel", (1, 2, 6, 7), (2, 2), dict(strides=[3, 4])),
        ("whole_image", IMAGE, (4, 5), {}),
        ("17_channels", (1, 17, 3, 2), (3, 3), dict(strides=[2, 1], **SAME)),
        ("batch2", (2, 3, 5, 4), (2, 2), dict(strides=[2, 2])),
    ]:
        for operator, word in (("MaxPool", "max"), ("AveragePool", "average")):
            g = CaseGraph(f"pool_{word}_{name}", shape)
            yield g.end(g.op(operator, g.x, kernel_shape=kernel, **options))
    g = CaseGraph("pool_max_dilation2", (1, 2, 7, 6))
    yield g.end(g.op("MaxPool", g.x, kernel_shape=[3, 2], dilations=[2, 3], **SAME))
    g = CaseGraph("pool_average_dilation2", (1, 2, 7, 6), opset=19)
    yield g.end(g.op("AveragePool", g.x, kernel_shape=[3, 2], dilations=[2, 2], **SAME))
    g = CaseGraph("pool_average_count_pads", (1, 2, 7, 6))
    yield g.end(g.op("AveragePool", g.x, kernel_shape=[3, 3], strides=[2, 2], count_include_pad=1, **SAME))
    g = CaseGraph("pool_average_count_asymmetric_pads", IMAGE)
    yield g.end(g.op("AveragePool", g.x, kernel_shape=[3, 3], count_include_pad=1, pads=[0, 1, 2, 0]))
    g = CaseGraph("pool_average_count_pads_ceil", (1, 2, 6, 7), opset=19)  # pixels past the pads do not count
    attributes = dict(strides=[2, 2], count_include_pad=1, ceil_mode=1, **SAME)
    yield g.end(g.op("AveragePool", g.x, kernel_shape=[3, 3], **attributes))
    for operator in ("GlobalAveragePool", "GlobalMaxPool"):
        for name, shape in (("17_channels", (1, 17, 3, 4)), ("1x1", (2, 3, 1, 1))):
            g = CaseGraph(f"pool_{operator.removesuffix('Pool').lower()}_{name}", shape)
            yield g.end(g.op(operator, g.x))
    for keep in (0, 1):
        g = CaseGraph(f"pool_reduce_mean_keep{keep}", IMAGE)
        yield g.end(g.op("ReduceMean", g.conv(g.x, 4), axes=[2, 3], keepdims=keep))
    g = CaseGraph("pool_reduce_mean_opset18", IMAGE, opset=18)
    yield g.end(g.op("ReduceMean", g.conv(g.x, 4), [-2, -1]))


def softmaxes():
    for operator in ("Softmax", "LogSoftmax"):
        for name, shape, axis in [
            ("rank2", (3, 7), 1),
            ("channels", IMAGE, 1),
            ("rows", IMAGE, 2),
            ("last", IMAGE, -1),
            ("batch", (3, 4), 0),
        ]:
            g = CaseGraph(f"softmax_{'log_' if operator == 'LogSoftmax' else ''}{name}", shape)
            yield g.end(g.op(operator, g.x, axis=axis))
        g = CaseGraph(f"softmax_{'log_' if operator == 'LogSoftmax' else ''}opset11", (2, 3, 2, 4), opset=11)
        yield g.end(g.op(operator, g.x, axis=1))  # then: over all axes from this one on
    g = CaseGraph("softmax_large_values", (2, 5))
    g.inputs[g.x] *= 300
    g.may_be_zero = True
    yield g.end(g.op("Softmax", g.x, axis=1))
    g = CaseGraph("softmax_after_conv", IMAGE)
    yield g.end(g.op("Softmax", g.conv(g.x, 5), axis=1))


def broadcasts():
    """Arithmetic of two run-time values."""
    full = (2, 3, 2, 4)
    for name, left, right in [
        ("equal", full, full),
        ("channel", full, (1, 3, 1, 1)),
        ("channel_rank3", full, (3, 1, 1)),
        ("image", full, (1, 1, 2, 4)),
        ("rows", full, (2, 1)),
        ("columns", full, (4,)),
        ("one", full, (1,)),
        ("scalar", full, ()),
        ("batch", full, (2, 1, 1, 1)),
        ("left", (3, 1, 1), full),
        ("both_ways", (2, 3, 1, 1), (1, 2, 4)),
    ]:
        g = CaseGraph(f"broadcast_{name}", left, right)
        yield g.end(g.op("Sub", "input_0", "input_1"))
    for operator in ("Add", "Mul", "Div", "Max", "Min"):
        g = CaseGraph(f"broadcast_{operator.lower()}", IMAGE, (3, 1, 1))
        g.inputs["input_1"] = np.abs(g.inputs["input_1"]) + 0.5
        yield g.end(g.op(operator, "input_0", "input_1"))
    g = CaseGraph("broadcast_power", IMAGE)
    yield g.end(g.op("Pow", g.op("Abs", g.x), np.float32(1.5)), g.op("Pow", g.x, np.float32(2)))

    def legacy(opset):
        g = CaseGraph("broadcast_legacy_axis_opset6", IMAGE, opset=opset)
        y, addend = g.conv(g.x, 4), g.normal(4)
        if opset == 6:
            return g.end(g.op("Add", y, addend, broadcast=1, axis=1))
        return g.end(g.op("Add", y, addend.reshape(4, 1, 1)))

    yield legacy(6).answered_by(legacy(7))
    g = CaseGraph("broadcast_many", IMAGE, (1, 3, 1, 5), (4, 1))
    yield g.end(*[g.op(operator, "input_0", "input_1", "input_2") for operator in ("Sum", "Max", "Min", "Mean")])
