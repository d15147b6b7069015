"""Images of bytes that a network casts, normalises and transposes itself, as exporters write it."""

import numpy as np
from onnx import TensorProto

from .graph import SAME, CaseGraph

MEAN = np.asarray([123.675, 116.28, 103.53], np.float32)
DEVIATION = np.asarray([58.395, 57.12, 57.375], np.float32)


def pixels():
    """Bytes channels last and channels first, normalised before and after they are transposed."""

    def cast(g, x):
        return g.op("Cast", x, to=TensorProto.FLOAT)

    def normalise(g, x, axes, scale=1):
        """`(x * scale - mean) / deviation`, the mean and deviation those of x * scale."""
        shape = [1, 3, 1, 1] if axes == "first" else [3]
        if scale != 1:
            x = g.op("Div", x, np.float32(1 / scale))
        x = g.op("Sub", x, (MEAN * np.float32(scale)).reshape(shape))
        return g.op("Div", x, (DEVIATION * np.float32(scale)).reshape(shape))

    def planes(g, x):
        y = g.op("Transpose", x, perm=[0, 3, 1, 2])
        g.channels[y] = 3
        return y

    last, first = (2, 9, 13, 3), (2, 3, 9, 13)
    for name, options in [
        ("pads", SAME),
        ("no_pads", {}),
        ("stride2_asymmetric_pads", dict(strides=[2, 2], pads=[0, 1, 2, 0])),
    ]:
        g = CaseGraph(f"pixels_last_{name}")
        x = cast(g, g.bytes(*last))
        yield g.end(g.relu(g.conv(planes(g, normalise(g, x, "last")), 8, bias=True, **options)))
        g = CaseGraph(f"pixels_first_{name}")
        x = cast(g, g.bytes(*first))
        yield g.end(g.relu(g.conv(normalise(g, x, "first", 1 / 255), 8, **options)))
    g = CaseGraph("pixels_last_normalised_after_transposing")
    yield g.end(g.conv(normalise(g, planes(g, cast(g, g.bytes(*last))), "first", 1 / 255), 8, **SAME))
    g = CaseGraph("pixels_last_transposed_as_bytes")
    yield g.end(g.conv(normalise(g, cast(g, planes(g, g.bytes(*last))), "first"), 8, **SAME))
    g = CaseGraph("pixels_last_large_image")  # in strips of rows
    yield g.end(g.conv(planes(g, normalise(g, cast(g, g.bytes(1, 70, 60, 3)), "last")), 4, strides=[2, 2], **SAME))
    g = CaseGraph("pixels_last_large_image_7x7")
    options = dict(kernel=(7, 7), strides=[2, 2], pads=[3, 3, 3, 3])
    yield g.end(g.conv(planes(g, normalise(g, cast(g, g.bytes(1, 70, 60, 3)), "last")), 4, **options))
    g = CaseGraph("pixels_first_gray")
    x = g.op("Sub", g.op("Div", cast(g, g.bytes(1, 1, 9, 13)), np.float32(255)), np.float32(0.5))
    yield g.end(g.conv(x, 5, **SAME))
    g = CaseGraph("pixels_first_pad_node")
    x = normalise(g, cast(g, g.bytes(*first)), "first")
    yield g.end(g.conv(g.op("Pad", x, [0, 0, 1, 1, 0, 0, 1, 1]), 4))
    g = CaseGraph("pixels_first_groups")
    yield g.end(g.conv(normalise(g, cast(g, g.bytes(*first)), "first"), 6, group=3, **SAME))
    g = CaseGraph("pixels_last_two_convs")
    x = planes(g, normalise(g, cast(g, g.bytes(*last)), "last"))
    yield g.end(g.conv(x, 4, **SAME), g.conv(x, 5, (1, 1)))
    g = CaseGraph("pixels_last_pool")  # no convolution reads the image
    x = planes(g, normalise(g, cast(g, g.bytes(*last)), "last"))
    yield g.end(g.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]))

    g = CaseGraph("pixels_not_recognised_five_channels")  # no kernel has them
    y = g.op("Cast", g.bytes(1, 5, 6, 7), to=TensorProto.FLOAT)
    yield g.end(g.conv(g.op("Div", y, np.float32(255)), 4, **SAME))
    g = CaseGraph("pixels_not_recognised_no_image")
    y = g.op("Div", g.op("Cast", g.bytes(2, 4, 5, 6), to=TensorProto.FLOAT), np.float32(255))
    yield g.end(g.op("MatMul", y, g.normal(6, 3)))
