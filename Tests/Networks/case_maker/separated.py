"""What folds although something lies between: reshapes, concatenations, differences; and normalisations in pieces."""

import numpy as np

from .graph import IMAGE, SAME, SMALL_IMAGE, CaseGraph

TOKENS = (1, 6, 5)
"""Six tokens of five features."""


def product(g, x, inputs, outputs):
    """A linear layer of tokens."""
    return g.op("MatMul", x, g.normal(inputs, outputs, scale=inputs**-0.5))


def norm(g, x, channels, **options):
    """A batch norm of a value of which only the caller knows how many channels it has."""
    g.channels[x] = channels
    return g.batch_norm(x, **options)


def views():
    """Batch norms and constants separated from their layer by what only moves elements."""
    g = CaseGraph("view_bn_after_flattened_linear", TOKENS)  # LeViT
    y = norm(g, g.op("Flatten", product(g, g.x, 5, 8), axis=2), 8)
    yield g.end(g.op("HardSwish", g.op("Reshape", y, [1, 6, 8])))
    g = CaseGraph("view_bn_after_flattened_linear_residual", TOKENS)
    y = norm(g, g.op("Reshape", product(g, g.x, 5, 5), [6, 5]), 5)
    yield g.end(g.relu(g.op("Add", g.x, g.op("Reshape", y, [1, 6, 5]))))
    g = CaseGraph("view_bn_after_unsqueezed_linear", (2, 7))
    y = norm(g, g.op("Unsqueeze", g.linear(g.x, 4), [2]), 4)
    yield g.end(g.relu(g.op("Squeeze", y, [2])))
    g = CaseGraph("view_bn_after_transposed_linear", (2, 6, 5))  # tokens last, features become the channels
    y = norm(g, g.op("Transpose", product(g, g.x, 5, 4), perm=[0, 2, 1]), 4)
    yield g.end(g.relu(y))
    g = CaseGraph("view_scale_of_heads", TOKENS)  # one factor a head, one addend a feature of each head
    y = g.op("Reshape", product(g, g.x, 5, 8), [1, 6, 2, 4])
    yield g.end(g.op("Add", g.op("Mul", y, g.normal(2, 1)), g.normal(4)))
    g = CaseGraph("view_scale_after_transposed_conv_image", SMALL_IMAGE)
    y = g.op("Transpose", g.conv(g.x, 4, **SAME), perm=[0, 2, 3, 1])
    yield g.end(g.op("Sub", g.op("Div", y, g.random.uniform(0.5, 2, 4).astype(np.float32)), g.normal(4)))
    g = CaseGraph("view_scale_of_attention", (1, 6, 8))  # the scale of the products goes into the queries' layer
    heads = g.op("Reshape", product(g, g.x, 8, 24), [1, 6, 2, 12])
    q, k, v = g.op("Split", heads, [4, 4, 4], results=3, axis=3)
    q, v = (g.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
    scores = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 2, 3, 1]))
    scores = g.op("Softmax", g.op("Mul", scores, np.float32(0.5)), axis=-1)
    y = g.op("Transpose", g.op("MatMul", scores, v), perm=[0, 2, 1, 3])
    yield g.end(product(g, g.op("Reshape", y, [1, 6, 8]), 8, 8))
    for mode in ("CRD", "DCR"):
        g = CaseGraph(f"view_bn_after_pixel_shuffle_{mode.lower()}", SMALL_IMAGE)
        y = norm(g, g.op("DepthToSpace", g.conv(g.x, 8, **SAME), blocksize=2, mode=mode), 2)
        yield g.end(g.relu(y))
    g = CaseGraph("view_bn_after_upsampled_conv", SMALL_IMAGE)
    scales = np.array([1, 1, 2, 2], np.float32)
    y = g.op("Resize", g.conv(g.x, 4, **SAME), None, scales, mode="linear", coordinate_transformation_mode="half_pixel")
    yield g.end(g.relu(norm(g, y, 4)))
    g = CaseGraph("view_bn_after_pooled_conv", IMAGE)
    yield g.end(g.relu(norm(g, g.op("AveragePool", g.conv(g.x, 4, **SAME), kernel_shape=[2, 2]), 4)))
    g = CaseGraph("view_bn_after_global_pool", IMAGE)
    yield g.end(g.relu(norm(g, g.op("GlobalAveragePool", g.conv(g.x, 4, **SAME)), 4)))
    g = CaseGraph("view_bn_after_sum_of_convs", SMALL_IMAGE)  # of two images, so that they are no branches
    other = g.input(SMALL_IMAGE)
    y = g.op("Add", g.conv(g.x, 4, bias=True, **SAME), g.conv(other, 4, (1, 1), bias=True))
    yield g.end(g.relu(g.batch_norm(y)))
    g = CaseGraph("view_subtracted_conv", SMALL_IMAGE)  # DnCNN: an image minus its noise
    yield g.end(g.op("Sub", g.x, g.conv(g.relu(g.conv(g.x, 4, **SAME)), 3, **SAME)))
    g = CaseGraph("view_relu_after_transposed_conv_image", SMALL_IMAGE)
    y = g.op("Transpose", g.conv(g.x, 4, **SAME), perm=[0, 2, 3, 1])
    yield g.end(g.relu(g.op("Reshape", y, [1, -1, 4])))

    # Forward, into the layer that reads.
    g = CaseGraph("view_bn_before_flattened_linear", IMAGE)
    y = g.flatten(g.batch_norm(g.op("MaxPool", g.x, kernel_shape=[2, 2])), 36)
    yield g.end(g.linear(y, 4))
    g = CaseGraph("view_bn_before_transposed_linear", SMALL_IMAGE)
    y = g.op("Reshape", g.batch_norm(g.relu(g.x)), [1, 3, 12])
    yield g.end(product(g, g.op("Transpose", y, perm=[0, 2, 1]), 3, 4))
    g = CaseGraph("view_bn_before_concat_of_conv", SMALL_IMAGE)  # only the first three of the layer's inputs are scaled
    y = g.concat(g.batch_norm(g.relu(g.x)), g.op("MaxPool", g.x, kernel_shape=[1, 1]))
    yield g.end(g.relu(g.conv(y, 4, (1, 1))))

    # Look-alikes.
    g = CaseGraph("view_not_folded_terms_of_pixels", SMALL_IMAGE)  # one term a channel and pixel
    y = g.flatten(g.conv(g.x, 2, **SAME), 24)
    yield g.end(g.relu(g.batch_norm(y)))
    g = CaseGraph("view_not_folded_tokens", (2, 6, 5))  # the batch norm's channels are the tokens
    yield g.end(g.relu(norm(g, product(g, g.x, 5, 4), 6)))
    g = CaseGraph("view_not_folded_two_users", TOKENS)
    y = g.op("Flatten", product(g, g.x, 5, 8), axis=2)
    yield g.end(g.op("Add", norm(g, y, 8), g.op("Sigmoid", y)))
    g = CaseGraph("view_not_folded_flat_is_output", TOKENS)
    y = g.op("Flatten", product(g, g.x, 5, 8), axis=2)
    yield g.end(norm(g, y, 8), y)
    g = CaseGraph("view_not_folded_maximum", IMAGE)  # the last channel's factor is negative
    yield g.end(g.relu(norm(g, g.op("MaxPool", g.conv(g.x, 4, **SAME), kernel_shape=[2, 2]), 4)))
    g = CaseGraph("view_not_folded_padded_average", IMAGE)  # zeros count, and would get the shift
    pool = dict(kernel_shape=[3, 3], count_include_pad=1, **SAME)
    yield g.end(g.relu(norm(g, g.op("AveragePool", g.conv(g.x, 4, **SAME), **pool), 4)))
    g = CaseGraph("view_not_folded_pad", SMALL_IMAGE)
    y = g.op("Pad", g.conv(g.x, 4, **SAME), [0, 0, 1, 0, 0, 0, 0, 1])
    yield g.end(g.relu(norm(g, y, 4)))
    g = CaseGraph("view_not_folded_concat_of_padded_conv", SMALL_IMAGE)
    y = g.concat(g.batch_norm(g.relu(g.x)), g.op("Tanh", g.x))
    yield g.end(g.relu(g.conv(y, 4, **SAME)))


def concats():
    """Batch norms of concatenations."""

    def convs(g, x=None):
        x = g.x if x is None else x
        return g.conv(x, 2, bias=True, **SAME), g.conv(x, 3, (5, 5), pads=[2, 2, 2, 2])

    g = CaseGraph("join_bn_of_depthwise_convs", (1, 6, 3, 4))  # MixNet
    parts = g.split(g.x, 2, 4)
    y = g.concat(*(g.conv(p, n, (k, k), group=n, pads=[k // 2] * 4) for p, n, k in zip(parts, (2, 4), (3, 5))))
    y = g.batch_norm(y)
    yield g.end(g.op("Mul", y, g.op("Sigmoid", y)))
    g = CaseGraph("join_bn_residual", (1, 5, 3, 4))  # each part adds its channels of the residual
    yield g.end(g.relu(g.op("Add", g.batch_norm(g.concat(*convs(g))), g.x)))
    g = CaseGraph("join_bn_nested", SMALL_IMAGE)
    y = g.concat(g.concat(*convs(g)), g.transposed(g.x, 2, **SAME))
    yield g.end(g.relu(g.batch_norm(y)))
    g = CaseGraph("join_bn_of_rows", SMALL_IMAGE)  # joined along another axis: all parts get all terms
    yield g.end(g.relu(norm(g, g.concat(g.conv(g.x, 4, **SAME), g.conv(g.x, 4, (1, 1)), axis=2), 4)))
    g = CaseGraph("join_bn_partly_linear", SMALL_IMAGE)  # a multiply-add of the pooled part is left
    y = g.concat(g.conv(g.x, 2, **SAME), g.op("MaxPool", g.x, kernel_shape=[3, 3], **SAME))
    yield g.end(g.relu(g.batch_norm(y)))
    g = CaseGraph("join_bn_part_has_two_users", SMALL_IMAGE)
    a, b = convs(g)
    yield g.end(g.op("Add", g.relu(g.batch_norm(g.concat(a, b))), g.op("ReduceMean", a, axes=[1, 2, 3])))
    g = CaseGraph("join_bn_same_part_twice", SMALL_IMAGE)
    a, b = convs(g)
    yield g.end(g.relu(g.batch_norm(g.concat(a, b, a))))
    g = CaseGraph("join_bn_with_constant", SMALL_IMAGE)
    part = g.constant(g.normal(1, 2, 3, 4))
    g.channels[part] = 2
    yield g.end(g.relu(g.batch_norm(g.concat(g.conv(g.x, 3, **SAME), part))))
    g = CaseGraph("join_bn_then_split", SMALL_IMAGE)
    a, b = g.split(g.batch_norm(g.concat(*convs(g))), 2, 3)
    yield g.end(g.relu(a), g.op("Tanh", b))
    g = CaseGraph("join_split_then_bn", SMALL_IMAGE)  # each half has channels of both layers
    a, b = g.split(g.concat(*convs(g)), 1, 4)
    yield g.end(g.relu(g.batch_norm(a)), g.relu(g.batch_norm(b)))
    g = CaseGraph("join_split_then_bn_of_one", SMALL_IMAGE)
    a, b = g.split(g.conv(g.x, 5, **SAME), 2, 3)
    yield g.end(g.relu(g.batch_norm(a)), g.op("Tanh", b))
    g = CaseGraph("join_scale_of_linears", (2, 7))
    y = g.op("Concat", g.linear(g.x, 3), g.linear(g.x, 2, bias=False), axis=-1)
    yield g.end(g.relu(g.op("Add", g.op("Mul", y, g.normal(5)), g.normal(5))))
    g = CaseGraph("join_not_folded_no_layer", SMALL_IMAGE)
    yield g.end(g.relu(g.batch_norm(g.concat(g.op("Tanh", g.x), g.op("MaxPool", g.x, kernel_shape=[1, 1])))))
    g = CaseGraph("join_not_folded_overlapping_slices", SMALL_IMAGE)  # the third channel is in both
    y = g.conv(g.x, 5, **SAME)
    yield g.end(g.relu(g.batch_norm(g.slice_channels(y, 0, 3))), g.op("Tanh", g.slice_channels(y, 2, 5)))
    g = CaseGraph("join_not_folded_activated_parts", SMALL_IMAGE)
    a, b = convs(g)
    yield g.end(g.batch_norm(g.concat(g.relu(a), g.op("Tanh", b))))
    g = CaseGraph("join_not_folded_partly_linear_residual", (1, 5, 3, 4))  # one multiply-add of all adds the residual too
    y = g.concat(g.conv(g.x, 2, **SAME), g.op("MaxPool", g.slice_channels(g.x, 0, 3), kernel_shape=[1, 1]))
    yield g.end(g.relu(g.op("Add", g.batch_norm(y), g.x)))


def differences():
    """Parallel branches with signs and scales."""

    def dense(g, **options):
        return g.batch_norm(g.conv(g.x, 3, **(SAME | options)))

    def point(g):
        return g.batch_norm(g.conv(g.x, 3, (1, 1), group=3))

    scale = np.array([0.5, -0.25, 2], np.float32).reshape(3, 1, 1)

    def mixer(g):
        branches = g.op("Add", g.op("Add", dense(g, group=3), point(g)), g.batch_norm(g.x))
        return g.op("Sub", branches, g.batch_norm(g.x))

    g = CaseGraph("difference_repmixer", IMAGE)  # FastViT
    yield g.end(g.op("Add", g.x, g.op("Mul", scale, mixer(g))))
    g = CaseGraph("difference_repmixer_divided", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sub", g.op("Div", mixer(g), np.float32(3)), g.op("Neg", g.x))))
    g = CaseGraph("difference_of_convs", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sub", dense(g), g.conv(g.x, 3, (1, 1)))))
    g = CaseGraph("difference_of_identity", SMALL_IMAGE)
    yield g.end(g.relu(g.op("Sub", g.batch_norm(g.x), dense(g))))
    g = CaseGraph("difference_scaled_twice", SMALL_IMAGE)
    inner = g.op("Mul", g.op("Sub", dense(g), g.x), np.float32(0.3))
    outer = g.op("Add", g.op("Sub", g.conv(g.x, 3, (1, 1), bias=True), inner), g.normal(3, 1, 1))
    yield g.end(g.relu(g.op("Mul", g.op("Add", outer, g.x), scale)))
    g = CaseGraph("difference_of_linears", (2, 7))
    y = g.op("Sub", g.linear(g.x, 7), g.x)
    yield g.end(g.relu(g.op("Add", g.op("Mul", y, g.normal(7)), g.linear(g.x, 7, bias=False))))
    g = CaseGraph("difference_two_sources", SMALL_IMAGE)  # two branches of each
    other = g.input(SMALL_IMAGE)
    a = g.op("Add", dense(g), g.conv(g.x, 3, (1, 1)))
    b = g.op("Sub", g.conv(other, 3, **SAME), g.conv(other, 3, (1, 1)))
    yield g.end(g.relu(g.op("Sub", a, g.op("Mul", b, scale))))
    g = CaseGraph("difference_with_another_term", SMALL_IMAGE)  # the pooled image stays, and keeps a scale of its own
    pooled = g.op("MaxPool", g.x, kernel_shape=[3, 3], **SAME)
    y = g.op("Mul", g.op("Sub", g.op("Sub", dense(g), pooled), g.batch_norm(g.x)), scale)
    yield g.end(g.relu(g.op("Add", y, g.x)))
    g = CaseGraph("difference_not_merged_activation", SMALL_IMAGE)
    y = g.op("Mul", scale, g.op("Sub", g.op("Tanh", dense(g)), g.batch_norm(g.x)))
    yield g.end(g.op("Add", g.x, y))
    g = CaseGraph("difference_not_merged_two_users", SMALL_IMAGE)
    y = g.op("Sub", dense(g), g.op("Tanh", g.x))
    yield g.end(g.op("Add", g.op("Mul", scale, y), g.x), y)


def normalisations():
    """Group, instance and layer normalisation as exporters write them."""

    def group(g, x, groups, affine=True, ones=None):
        """PyTorch's: an instance norm of a channel a group, then one scale and bias a channel."""
        shape = [0, groups, -1]
        scale = np.ones(groups, np.float32) if ones is None else ones
        y = g.op("Reshape", x, shape)
        y = g.op("InstanceNormalization", y, scale, np.zeros(groups, np.float32), epsilon=1e-5)
        y = g.op("Reshape", y, g.op("Shape", x))
        g.channels[y] = g.channels[x]
        count = g.channels[x]
        return g.op("Add", g.op("Mul", y, g.normal(count, 1, 1)), g.normal(count, 1, 1)) if affine else y

    for name, shape, channels, groups in [
        ("two_members", (1, 3, 5, 6), 8, 4),
        ("three_members", (2, 3, 4, 5), 6, 2),
        ("many_members", (1, 3, 4, 5), 40, 2),
        ("one_group", (2, 3, 4, 5), 5, 1),
        ("own_groups", (1, 3, 4, 5), 6, 6),
    ]:
        g = CaseGraph(f"norm_group_{name}", shape)
        y = g.relu(group(g, g.conv(g.x, channels, **SAME), groups))
        yield g.end(g.conv(y, 4, **SAME))
    g = CaseGraph("norm_group_no_affine_silu", SMALL_IMAGE)
    y = group(g, g.conv(g.x, 8, **SAME), 4, affine=False, ones=g.normal(4))
    yield g.end(g.conv(g.op("Mul", y, g.op("Sigmoid", y)), 3, (1, 1)))
    g = CaseGraph("norm_group_before_add", SMALL_IMAGE)
    y = group(g, g.conv(g.x, 3, **SAME), 3)
    yield g.end(g.relu(g.op("Add", y, g.x)))
    g = CaseGraph("norm_group_opset21", SMALL_IMAGE, opset=21)
    y = g.op("GroupNormalization", g.conv(g.x, 8, **SAME), g.normal(8), g.normal(8), num_groups=4, epsilon=1e-5)
    g.channels[y] = 8
    yield g.end(g.conv(g.relu(g.op("Mul", y, g.normal(8, 1, 1))), 3, (1, 1)))
    g = CaseGraph("norm_instance_relu", (2, 3, 4, 5))
    y = g.op("InstanceNormalization", g.conv(g.x, 5, **SAME), g.normal(5), g.normal(5))
    yield g.end(g.conv(g.relu(g.op("Add", y, g.normal(5, 1, 1))), 2, (1, 1)))
    g = CaseGraph("norm_instance_of_batch", (2, 3, 4, 5))  # a batch norm of its own statistics, the batch in the channels
    x = g.conv(g.x, 5, **SAME)
    y = g.op("Reshape", x, [1, 10, 4, 5])
    centred = g.op("Sub", y, g.op("ReduceMean", y, axes=[0, 2, 3]))
    statistics = [g.op("ReduceMean", v, axes=[0, 2, 3], keepdims=0) for v in (y, g.op("Mul", centred, centred))]
    y = g.op("BatchNormalization", y, np.tile(g.normal(5), 2), np.tile(g.normal(5), 2), *statistics)
    y = g.op("Reshape", y, [2, 5, 4, 5])
    g.channels[y] = 5
    yield g.end(g.conv(g.relu(y), 2, (1, 1)))

    def layer(g, x, axes, power=False, epsilon=1e-6, inverse=False):
        """In pieces, as before operator set 17."""
        centred = g.op("Sub", x, g.op("ReduceMean", x, axes=axes))
        square = g.op("Pow", centred, np.float32(2)) if power else g.op("Mul", centred, centred)
        variance = g.op("Add", g.op("ReduceMean", square, axes=axes), np.float32(epsilon))
        if inverse:
            return g.op("Mul", centred, g.op("Reciprocal", g.op("Sqrt", variance)))
        return g.op("Div", centred, g.op("Sqrt", variance))

    g = CaseGraph("norm_layer_in_pieces", (2, 3, 7))
    y = g.op("Add", g.op("Mul", layer(g, g.x, [-1], power=True), g.normal(7)), g.normal(7))
    yield g.end(product(g, g.relu(y), 7, 3))
    g = CaseGraph("norm_layer_of_channels", (2, 3, 4, 5))  # ConvNeXt
    y = g.conv(g.x, 6, **SAME)
    y = g.op("Add", g.op("Mul", g.normal(6, 1, 1), layer(g, y, [1], power=True)), g.normal(6, 1, 1))
    g.channels[y] = 6
    yield g.end(g.conv(g.relu(y), 3, (1, 1)))
    g = CaseGraph("norm_layer_of_image", (2, 3, 4, 5))  # one group
    y = layer(g, g.conv(g.x, 6, **SAME), [1, 2, 3], inverse=True)
    y = g.op("Add", g.op("Mul", g.normal(6, 1, 1), y), g.normal(6, 1, 1))
    g.channels[y] = 6
    yield g.end(g.conv(g.relu(y), 3, (1, 1)))
    g = CaseGraph("norm_instance_in_pieces", (2, 3, 4, 5))
    y = layer(g, g.conv(g.x, 6, **SAME), [2, 3])
    g.channels[y] = 6
    yield g.end(g.conv(g.relu(g.op("Mul", y, g.normal(6, 1, 1))), 3, (1, 1)))

    g = CaseGraph("norm_not_recognized_groups_cut_channels", SMALL_IMAGE)  # four groups of six channels
    y = g.op("Reshape", g.conv(g.x, 6, **SAME), [1, 4, -1])
    y = g.op("InstanceNormalization", y, g.normal(4), g.normal(4))
    yield g.end(g.relu(g.op("Reshape", y, [1, 6, 3, 4])))
    g = CaseGraph("norm_not_recognized_two_users", SMALL_IMAGE)
    y = g.op("Reshape", g.conv(g.x, 6, **SAME), [1, 3, -1])
    n = g.op("InstanceNormalization", y, g.normal(3), g.normal(3))
    yield g.end(g.relu(g.op("Reshape", n, [1, 6, 3, 4])), g.op("Tanh", n))
    g = CaseGraph("norm_not_recognized_other_variance", (2, 3, 7))  # around zero, not around the mean
    centred = g.op("Sub", g.x, g.op("ReduceMean", g.x, axes=[-1]))
    variance = g.op("Add", g.op("ReduceMean", g.op("Mul", g.x, g.x), axes=[-1]), np.float32(1e-6))
    yield g.end(g.op("Div", centred, g.op("Sqrt", variance)))
    g = CaseGraph("norm_not_recognized_other_axes", (2, 3, 4, 5))
    yield g.end(g.relu(layer(g, g.conv(g.x, 6, **SAME), [1, 3])))


def standardised_weights():
    """A training-mode batch norm of constants: NFNets' weight standardisation."""
    for opset in (17, 13):
        g = CaseGraph(f"weight_standardised_opset{opset}", SMALL_IMAGE, opset=opset)
        weight = g.constant(g.normal(4, 3, 3, 3) + np.float32(0.5))
        flat = g.op("Reshape", weight, [1, 4, -1])
        parameters = g.normal(4), np.zeros(4, np.float32), np.zeros(4, np.float32), np.ones(4, np.float32)
        mode = dict(training_mode=1) if opset >= 14 else {}
        count = 3 if opset >= 14 else 5
        flat, *statistics = g.op("BatchNormalization", flat, *parameters, results=count, epsilon=1e-6, **mode)
        y = g.conv(g.x, 4, weight=g.op("Reshape", flat, [4, 3, 3, 3]), **SAME)
        if opset >= 14:  # the running statistics, a tenth of the way towards the weights' own
            y = g.op("Add", y, g.op("Reshape", g.op("Add", *statistics), [4, 1, 1]))
        yield g.end(g.relu(y))


def gelus():
    """GELU in the forms that exporters write, after a convolution, a linear layer, and something else."""

    def erf(g, x):
        gate = g.op("Add", g.op("Erf", g.op("Div", x, np.float32(2**0.5))), np.float32(1))
        return g.op("Mul", g.op("Mul", x, gate), np.float32(0.5))

    def erf_gate_halved(g, x):
        gate = g.op("Add", g.op("Erf", g.op("Div", x, np.float32(2**0.5))), np.float32(1))
        return g.op("Mul", x, g.op("Mul", np.float32(0.5), gate))

    def erf_input_halved(g, x):
        gate = g.op("Add", np.float32(1), g.op("Erf", g.op("Mul", x, np.float32(0.5**0.5))))
        return g.op("Mul", g.op("Mul", x, np.float32(0.5)), gate)

    def tanh(cube, g, x, factor=0.044715):
        u = g.op("Add", x, g.op("Mul", np.float32(factor), cube(g, x)))
        gate = g.op("Add", g.op("Tanh", g.op("Mul", np.float32((2 / np.pi) ** 0.5), u)), np.float32(1))
        return g.op("Mul", g.op("Mul", np.float32(0.5), x), gate)

    def product_of_three(g, x):
        return g.op("Mul", x, g.op("Mul", x, x))

    def power(g, x):
        return g.op("Pow", x, np.float32(3))

    def horner(g, x):
        """Hugging Face's gelu_fast."""
        inner = g.op("Add", g.op("Mul", g.op("Mul", x, np.float32(0.044715)), x), np.float32(1))
        u = g.op("Mul", g.op("Mul", x, np.float32((2 / np.pi) ** 0.5)), inner)
        return g.op("Mul", g.op("Mul", x, np.float32(0.5)), g.op("Add", g.op("Tanh", u), np.float32(1)))

    for name, gelu in {
        "erf": erf,
        "erf_gate_halved": erf_gate_halved,
        "erf_input_halved": erf_input_halved,
        "tanh_product": lambda g, x: tanh(product_of_three, g, x),
        "tanh_power": lambda g, x: tanh(power, g, x),
        "tanh_horner": horner,
    }.items():
        g = CaseGraph(f"gelu_{name}", IMAGE)
        yield g.end(gelu(g, g.batch_norm(g.conv(g.x, 4, **SAME))))
    for approximate in ("none", "tanh"):
        g = CaseGraph(f"gelu_opset20_{approximate}", IMAGE, opset=20)
        y = g.batch_norm(g.conv(g.x, 17, **SAME))
        yield g.end(g.op("Gelu", y, approximate=approximate))
    g = CaseGraph("gelu_depthwise", (1, 17, 5, 6))
    yield g.end(erf(g, g.batch_norm(g.conv(g.x, 17, group=17, **SAME))))
    g = CaseGraph("gelu_winograd", (1, 16, 9, 10))
    yield g.end(erf(g, g.conv(g.x, 16, **SAME)))
    g = CaseGraph("gelu_transposed_conv", SMALL_IMAGE)
    yield g.end(erf(g, g.transposed(g.x, 5, (2, 2), strides=[2, 2])))
    g = CaseGraph("gelu_residual", SMALL_IMAGE)
    yield g.end(g.op("Add", g.x, erf(g, g.conv(g.x, 3, **SAME))))
    g = CaseGraph("gelu_linear", (1, 6, 5))
    yield g.end(erf(g, g.op("Add", product(g, g.x, 5, 8), g.normal(8))))
    g = CaseGraph("gelu_after_layer_norm", (2, 3, 7), opset=17)
    yield g.end(erf(g, g.op("LayerNormalization", g.x, g.normal(7), g.normal(7))))
    g = CaseGraph("gelu_of_concat", SMALL_IMAGE)
    yield g.end(erf(g, g.concat(g.conv(g.x, 2, **SAME), g.conv(g.x, 3, (1, 1)))))
    g = CaseGraph("gelu_alone_large_values", (1, 8))
    g.inputs["input_0"] = np.array([[-100, -9, -1e-3, 0, 1e-3, 0.7, 9, 100]], np.float32)
    yield g.end(erf(g, g.x), tanh(power, g, g.x))
    g = CaseGraph("gelu_not_recognized_other_factor", IMAGE)
    yield g.end(tanh(power, g, g.conv(g.x, 4, **SAME), factor=0.05))
    g = CaseGraph("gelu_not_recognized_other_operand", IMAGE)
    y = g.conv(g.x, 3, **SAME)
    gate = g.op("Add", g.op("Erf", g.op("Div", y, np.float32(2**0.5))), np.float32(1))
    yield g.end(g.op("Mul", g.op("Mul", g.x, gate), np.float32(0.5)))
    g = CaseGraph("gelu_not_recognized_two_users", IMAGE)
    y = g.conv(g.x, 3, **SAME)
    gate = g.op("Add", g.op("Erf", g.op("Div", y, np.float32(2**0.5))), np.float32(1))
    yield g.end(g.op("Mul", g.op("Mul", y, gate), np.float32(0.5)), gate)
