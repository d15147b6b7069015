"""NaN in maxima, minima and limits. ONNX Runtime loses it in some places of an image; the answers here are NumPy's."""

import numpy as np

from .graph import SAME, CaseGraph


def nans():
    g = CaseGraph("nan_maxima", (1, 37, 9, 8))
    x = g.inputs[g.x]
    x[:, 2] = np.copysign(0, x[:, 2])  # zeros of both signs
    x.reshape(-1)[::41] = np.nan
    results, answers = [], []

    def add(result, answer):
        results.append(g.op("Reshape", result, [-1]))
        answers.append(np.ravel(answer))

    for channels in (1, 3, 16, 19, 37):
        part = x[:, :channels]
        y = g.slice_channels(g.x, 0, channels)
        add(g.op("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], **SAME), pooled(part))
        add(g.op("GlobalMaxPool", y), part.max((2, 3)))
        for axes in ([2, 3], [1], [3]):
            add(g.op("ReduceMax", y, axes=axes), part.max(tuple(axes)))
            add(g.op("ReduceMin", y, axes=axes), part.min(tuple(axes)))
    numbers = g.normal(37, 1, 8)
    numbers[2] = np.copysign(0, numbers[2])
    for operator, function in (("Max", np.maximum), ("Min", np.minimum)):
        add(g.op(operator, g.x, numbers), function(x, numbers))
        add(g.op(operator, numbers, g.x), function(x, numbers))
    add(g.op("Relu", g.x), np.maximum(x, 0))
    add(g.op("Clip", g.x, np.float32(0), np.float32(6)), np.clip(x, 0, 6))
    add(g.op("LeakyRelu", g.x, alpha=0.1), np.where(x < 0, np.float32(0.1) * x, x))
    g.may_be_nan = True
    answer = np.concatenate(answers)
    yield g.end(g.op("Concat", *results, axis=0)).answered_with(answer)


def pooled(x):
    """The maxima of 3x3 windows, two pixels apart, of an image with a border of one."""
    bordered = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(bordered, (3, 3), (2, 3))[:, :, ::2, ::2].max((4, 5))
