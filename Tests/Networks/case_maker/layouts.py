"""Reshapes and transposes."""

import numpy as np

from .graph import IMAGE, SAME, CaseGraph


def shapes():
    """Reshapes and transposes: in NCHW their order of elements is fixed, whatever layout the compiler uses."""
    g = CaseGraph("shape_flatten_gemm", IMAGE)
    yield g.end(g.linear(g.flatten(g.relu(g.conv(g.x, 2)), 2 * 2 * 3), 5))
    g = CaseGraph("shape_flatten_gemm_batch2", (2, 3, 4, 5))
    yield g.end(g.linear(g.flatten(g.op("MaxPool", g.x, kernel_shape=[2, 2]), 3 * 3 * 4), 5))
    g = CaseGraph("shape_reshape_matmul", IMAGE)
    y = g.op("Reshape", g.relu(g.conv(g.x, 2)), [1, -1])
    yield g.end(g.op("Add", g.op("MatMul", y, g.normal(12, 5, scale=0.3)), g.normal(5)))
    g = CaseGraph("shape_reshape_keeps_dimensions", (2, 3, 4, 5))
    yield g.end(g.op("Reshape", g.relu(g.conv(g.x, 2)), [0, 0, -1]))
    g = CaseGraph("shape_flatten_output", IMAGE)
    yield g.end(g.flatten(g.conv(g.x, 2), 12))
    for axis in (0, 2, -1):
        g = CaseGraph(f"shape_flatten_axis_{axis}".replace("-", "minus_"), IMAGE)
        yield g.end(g.op("Flatten", g.conv(g.x, 2), axis=axis))
    g = CaseGraph("shape_bn_flatten_gemm", IMAGE)  # batch norm through a flattened image into a linear layer
    yield g.end(g.linear(g.flatten(g.batch_norm(g.relu(g.x)), 60), 2))
    g = CaseGraph("shape_squeeze_pooled", IMAGE)
    pooled = g.op("Squeeze", g.op("GlobalAveragePool", g.conv(g.x, 5)), [2, 3])
    yield g.end(g.linear(pooled, 4))
    g = CaseGraph("shape_unsqueeze", (1, 5))
    y = g.op("Unsqueeze", g.x, [2, 3])
    yield g.end(g.conv(y, 4, (1, 1)))
    g = CaseGraph("shape_arithmetic", (2, 3, 4, 5))  # x.view(x.size(0), -1) from PyTorch
    y = g.relu(g.conv(g.x, 2))
    batch = g.op("Gather", g.op("Shape", y), np.int64(0), axis=0)
    y = g.op("Reshape", y, g.op("Concat", g.op("Unsqueeze", batch, [0]), [-1], axis=0))
    g.channels[y] = 2 * 2 * 3
    yield g.end(g.linear(y, 4))

    to_nhwc, to_nchw = [0, 2, 3, 1], [0, 3, 1, 2]
    g = CaseGraph("shape_nhwc_around_conv", (1, 5, 6, 3))
    x = g.op("Transpose", g.x, perm=to_nchw)
    g.channels[x] = 3
    yield g.end(g.op("Transpose", g.relu(g.batch_norm(g.conv(x, 4))), perm=to_nhwc))
    g = CaseGraph("shape_nhwc_pairs", (1, 5, 6, 3))  # TensorFlow's exports: a pair around each convolution
    y = g.x
    for outputs in (4, 5, 2):
        x = g.op("Transpose", y, perm=to_nchw)
        g.channels[x] = {4: 3, 5: 4, 2: 5}[outputs]
        y = g.op("Transpose", g.conv(x, outputs, **SAME), perm=to_nhwc)
        y = g.relu(g.op("Add", y, g.normal(outputs)))  # the bias, on the last axis
    yield g.end(y)
    g = CaseGraph("shape_nhwc_flatten_gemm", IMAGE)
    y = g.op("Transpose", g.relu(g.conv(g.x, 2)), perm=to_nhwc)
    yield g.end(g.linear(g.flatten(y, 12), 5))
    g = CaseGraph("shape_nhwc_residual", (1, 4, 5, 3))
    x = g.op("Transpose", g.x, perm=to_nchw)
    g.channels[x] = 3
    y = g.op("Transpose", g.batch_norm(g.conv(x, 3, **SAME)), perm=to_nhwc)
    yield g.end(g.relu(g.op("Add", y, g.x)))
    g = CaseGraph("shape_nhwc_concat_softmax", IMAGE)
    a, b = (g.op("Transpose", g.conv(g.x, n, **SAME), perm=to_nhwc) for n in (3, 2))
    yield g.end(g.op("Softmax", g.op("Concat", a, b, axis=3), axis=-1))
    g = CaseGraph("shape_swap_height_and_width", IMAGE)
    yield g.end(g.conv(g.op("Transpose", g.relu(g.conv(g.x, 3)), perm=[0, 1, 3, 2]), 4, (3, 2)))
    g = CaseGraph("shape_detection_head", IMAGE)  # boxes: NHWC, then a row a box
    y = g.op("Transpose", g.conv(g.x, 8, (1, 1)), perm=to_nhwc)
    yield g.end(g.op("Reshape", y, [1, -1, 4]))
    g = CaseGraph("shape_channel_shuffle", (1, 6, 3, 4))
    y = g.op("Reshape", g.relu(g.conv(g.x, 6, (1, 1))), [1, 2, 3, 3, 4])
    y = g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 1, 3, 4]), [1, 6, 3, 4])
    yield g.end(g.conv(y, 6, group=6))
    g = CaseGraph("shape_pixel_shuffle", IMAGE)
    y = g.op("Reshape", g.conv(g.x, 8, (1, 1)), [1, 2, 2, 2, 4, 5])
    yield g.end(g.op("Reshape", g.op("Transpose", y, perm=[0, 1, 4, 2, 5, 3]), [1, 2, 8, 10]))
    for mode in ("DCR", "CRD"):
        g = CaseGraph(f"shape_depth_to_space_{mode.lower()}", IMAGE)
        yield g.end(g.op("DepthToSpace", g.conv(g.x, 8, (1, 1)), blocksize=2, mode=mode))
    g = CaseGraph("shape_space_to_depth", (1, 3, 4, 6))
    y = g.op("SpaceToDepth", g.x, blocksize=2)
    g.channels[y] = 12
    yield g.end(g.conv(y, 4, (1, 1)))
