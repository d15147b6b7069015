"""Networks that are no chain: residual sums, and channels that are put together and taken apart."""

import numpy as np

from .graph import IMAGE, PYTORCH_NEAREST, SAME, SMALL_IMAGE, CaseGraph


def residuals():
    def conv(g, x, **options):
        return g.batch_norm(g.conv(x, g.channels[g.x], **SAME, **options))

    for name, order in (("", lambda y, x: (y, x)), ("_swapped", lambda y, x: (x, y))):
        g = CaseGraph(f"residual_conv_add_relu{name}", SMALL_IMAGE)
        yield g.end(g.relu(g.op("Add", *order(conv(g, g.x), g.x))))
    g = CaseGraph("residual_no_activation", SMALL_IMAGE)
    yield g.end(g.op("Add", conv(g, g.x), g.x))
    g = CaseGraph("residual_both_convs", SMALL_IMAGE)
    x = g.relu(conv(g, g.x))
    yield g.end(g.relu(g.op("Add", conv(g, g.relu(conv(g, x))), g.batch_norm(g.conv(x, 3, (1, 1))))))
    for name, options in (("pointwise", dict(kernel=(1, 1))), ("depthwise", dict(group=17, **SAME))):
        g = CaseGraph(f"residual_{name}", (1, 17, 3, 4))
        yield g.end(g.relu(g.op("Add", g.batch_norm(g.conv(g.x, 17, **options)), g.x)))
    g = CaseGraph("residual_transposed_conv", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Add", g.batch_norm(g.transposed(g.x, 3, **SAME)), g.x)))
    g = CaseGraph("residual_linear", (2, 7))
    yield g.end(g.relu(g.op("Add", g.linear(g.x, 7), g.x)))
    g = CaseGraph("residual_activation_before_add", SMALL_IMAGE)  # conv, ReLU, then add: not conv, add, then ReLU
    yield g.end(g.op("Add", g.relu(conv(g, g.x)), g.x))
    g = CaseGraph("residual_addend_used_again", SMALL_IMAGE)  # the sum may not overwrite its addend
    x = g.relu(conv(g, g.x))
    sum = g.relu(g.op("Add", conv(g, x), x))
    yield g.end(g.op("Mul", g.conv(sum, 3, (1, 1)), x))
    g = CaseGraph("residual_conv_has_two_users", SMALL_IMAGE)
    y = conv(g, g.x)
    yield g.end(g.op("Mul", g.relu(g.op("Add", y, g.x)), y))
    g = CaseGraph("residual_conv_with_itself", SMALL_IMAGE)
    y = conv(g, g.x)
    yield g.end(g.relu(g.op("Add", y, y)))
    g = CaseGraph("residual_three_convs", SMALL_IMAGE)
    a, b, c = g.relu(conv(g, g.x)), g.op("Tanh", conv(g, g.x)), conv(g, g.x, bias=True)
    yield g.end(g.relu(g.op("Add", g.op("Add", a, c), b)))
    g = CaseGraph("residual_sum_of_three", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sum", g.x, conv(g, g.relu(conv(g, g.x))), g.op("Sigmoid", g.x))))
    g = CaseGraph("residual_subtracted", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sub", conv(g, g.x), g.x)))
    g = CaseGraph("residual_subtracted_swapped", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sub", g.x, conv(g, g.x))))
    g = CaseGraph("residual_silu_after_add", SMALL_IMAGE)
    y = g.op("Add", conv(g, g.x), g.x)
    yield g.end(g.op("Mul", y, g.op("Sigmoid", y)))
    g = CaseGraph("residual_bn_after_add", SMALL_IMAGE)  # its scale falls on the addend too
    yield g.end(g.relu(g.batch_norm(g.op("Add", conv(g, g.x), g.x))))
    g = CaseGraph("residual_broadcast_addend", SMALL_IMAGE)
    pooled = g.op("GlobalAveragePool", g.x)
    yield g.end(g.relu(g.op("Add", conv(g, g.x), pooled)))
    g = CaseGraph("residual_squeeze_and_excite", SMALL_IMAGE)
    y = g.relu(conv(g, g.x))
    gate = g.relu(g.conv(g.op("GlobalAveragePool", y), 2, (1, 1), bias=True))
    yield g.end(g.op("Add", g.op("Mul", y, g.op("Sigmoid", g.conv(gate, 3, (1, 1), bias=True))), g.x))
    g = CaseGraph("residual_batch2", (2, 3, 4, 5))
    yield g.end(g.relu(g.op("Add", conv(g, g.x), g.x)))
    g = CaseGraph("residual_chain", SMALL_IMAGE)
    y = g.x
    for _ in range(2):
        y = g.relu(g.op("Add", conv(g, g.relu(conv(g, y))), y))
    yield g.end(y)


def concats():
    def conv(g, x, outputs):
        return g.relu(g.conv(x, outputs, **SAME))

    g = CaseGraph("concat_two_convs", IMAGE)
    yield g.end(g.conv(g.concat(conv(g, g.x, 4), conv(g, g.x, 3)), 2))
    g = CaseGraph("concat_odd_channels", IMAGE)
    yield g.end(g.conv(g.concat(*[g.relu(g.conv(g.x, n, (1, 1))) for n in (3, 5, 1)]), 4, (1, 1)))
    g = CaseGraph("concat_with_input", IMAGE)
    yield g.end(g.conv(g.concat(conv(g, g.x, 4), g.x), 2))
    g = CaseGraph("concat_of_concat", IMAGE)  # DenseNet
    y = g.concat(g.x, conv(g, g.x, 2))
    y = g.concat(y, conv(g, y, 3))
    yield g.end(g.conv(g.concat(y, conv(g, y, 2)), 3, (1, 1)))
    g = CaseGraph("concat_is_output", IMAGE)
    yield g.end(g.concat(conv(g, g.x, 4), conv(g, g.x, 3)))
    g = CaseGraph("concat_same_value_twice", IMAGE)
    y = conv(g, g.x, 3)
    yield g.end(g.conv(g.concat(y, y), 4, (1, 1)))
    g = CaseGraph("concat_operand_used_again", IMAGE)
    y = conv(g, g.x, 3)
    yield g.end(g.op("Add", g.conv(g.concat(y, conv(g, y, 2)), 3, **SAME), y))
    g = CaseGraph("concat_operand_in_two_concats", IMAGE)
    y = conv(g, g.x, 3)
    a, b = g.concat(y, conv(g, y, 2)), g.concat(conv(g, y, 2), y)
    yield g.end(g.conv(a, 3, (1, 1)), g.conv(b, 3, (1, 1)))
    g = CaseGraph("concat_with_constant", IMAGE)
    constant = g.constant(g.normal(1, 2, 4, 5))
    g.channels[constant] = 2
    yield g.end(g.conv(g.concat(g.x, constant), 2))
    g = CaseGraph("concat_of_pools", IMAGE)  # Inception
    pool = dict(kernel_shape=[3, 3], **SAME)
    y = g.concat(g.op("MaxPool", g.x, **pool), conv(g, g.x, 2), g.op("AveragePool", g.x, **pool))
    yield g.end(g.conv(y, 4, (1, 1)))
    g = CaseGraph("concat_resize_skip", (1, 3, 4, 6))  # U-Net
    down = g.op("MaxPool", conv(g, g.x, 4), kernel_shape=[2, 2], strides=[2, 2])
    up = g.op("Resize", down, None, np.float32([1, 1, 2, 2]), mode="nearest", **PYTORCH_NEAREST)
    yield g.end(conv(g, g.concat(up, g.x), 2))
    for axis, shape in ((0, (2, 3, 4, 5)), (2, IMAGE), (-1, IMAGE), (-3, IMAGE)):
        g = CaseGraph(f"concat_axis_{axis}".replace("-", "minus_"), shape)
        yield g.end(g.conv(g.concat(conv(g, g.x, 3), g.x, axis=axis), 4, (1, 1)))
    g = CaseGraph("concat_batch2", (2, 3, 4, 5))
    yield g.end(g.conv(g.concat(conv(g, g.x, 4), g.x), 3, (1, 1)))
    g = CaseGraph("concat_rank2", (2, 5))
    yield g.end(g.linear(g.concat(g.relu(g.linear(g.x, 3)), g.x), 4))


def slices():
    g = CaseGraph("slice_channels", (1, 7, 4, 5))
    a, b = g.slice_channels(g.x, 0, 3), g.slice_channels(g.x, 3, 7)
    yield g.end(g.relu(g.conv(a, 3)), g.relu(g.conv(b, 3, bias=True)))
    g = CaseGraph("slice_of_conv", IMAGE)
    y = g.relu(g.conv(g.x, 7, **SAME))
    yield g.end(g.conv(g.slice_channels(y, 1, 4), 3), g.op("Tanh", g.slice_channels(y, 4, 2**31)))
    g = CaseGraph("slice_split", IMAGE)
    a, b = g.split(g.conv(g.x, 7, **SAME), 3, 4)
    yield g.end(g.concat(g.relu(g.conv(b, 2, (1, 1))), a))
    g = CaseGraph("slice_split_equal", (1, 6, 3, 4), opset=18)
    parts = g.op("Split", g.x, axis=1, num_outputs=3, results=3)
    g.channels |= {part: 2 for part in parts}
    yield g.end(g.op("Add", g.op("Mul", g.conv(parts[0], 2, (1, 1)), parts[1]), parts[2]))
    g = CaseGraph("slice_split_attribute_opset11", (1, 5, 3, 4), opset=11)
    a, b = g.op("Split", g.x, axis=1, split=[2, 3], results=2)
    g.channels |= {a: 2, b: 3}
    yield g.end(g.conv(a, 3, (1, 1)), g.conv(b, 2, (1, 1)))
    g = CaseGraph("slice_cross_stage_partial", (1, 6, 4, 5))  # one half passes by
    a, b = g.split(g.x, 3, 3)
    yield g.end(g.conv(g.concat(a, g.relu(g.conv(b, 3, **SAME))), 4, (1, 1)))
    g = CaseGraph("slice_swap_halves", (1, 6, 3, 4))
    a, b = g.split(g.x, 2, 4)
    yield g.end(g.concat(b, a))
    g = CaseGraph("slice_of_slice", (1, 9, 3, 4))
    yield g.end(g.conv(g.slice_channels(g.slice_channels(g.x, 2, 8), 1, 4), 4, (1, 1)))
    g = CaseGraph("slice_depthwise", (1, 7, 4, 5))
    yield g.end(g.relu(g.conv(g.slice_channels(g.x, 1, 6), 5, group=5, **SAME)))
    g = CaseGraph("slice_pools", (1, 7, 4, 5))
    a, b = g.slice_channels(g.x, 1, 4), g.slice_channels(g.x, 4, 7)
    yield g.end(g.op("MaxPool", a, kernel_shape=[2, 2]), g.op("GlobalAveragePool", b))
    g = CaseGraph("slice_add", (1, 7, 3, 4))
    yield g.end(g.relu(g.op("Add", g.slice_channels(g.x, 0, 3), g.slice_channels(g.x, 3, 6))))
    g = CaseGraph("slice_focus", (1, 3, 4, 6))  # every second pixel, four times
    parts = [g.op("Slice", g.x, [r, c], [2**31, 2**31], [2, 3], [2, 2]) for c in (0, 1) for r in (0, 1)]
    yield g.end(g.relu(g.conv(g.concat(*parts), 2, **SAME)))
    g = CaseGraph("slice_rows", IMAGE)
    yield g.end(g.conv(g.op("Slice", g.x, [1, -5], [-1, 4], [2, 3]), 2, (2, 3)))
    g = CaseGraph("slice_reversed", IMAGE)
    yield g.end(g.conv(g.op("Slice", g.x, [-1], [-(2**31)], [1], [-1]), 4, (1, 1)))
    g = CaseGraph("slice_attributes_opset9", (1, 7, 3, 4), opset=9)
    y = g.op("Slice", g.x, axes=[1], starts=[2], ends=[5])
    g.channels[y] = 3
    yield g.end(g.conv(y, 4, (1, 1)))
    g = CaseGraph("slice_channels_batch2", (2, 5, 3, 4))
    yield g.end(g.conv(g.slice_channels(g.x, 1, 4), 4, (1, 1)))
