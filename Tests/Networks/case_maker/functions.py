"""Functions of numbers, sampling, attention, and constants of few bits."""

import numpy as np
from onnx import TensorProto, helper

from .graph import SAME, CaseGraph


def functions():
    yield from trigonometry()
    yield from volumes()
    yield from samplings()
    yield from deformable()
    yield from determinants()
    yield from computed_kernels()
    yield from attentions()
    yield from rotary_embeddings()
    yield from narrow_constants()
    yield from narrow_conversions()
    yield from dynamic_quantizations()
    yield from integers()


def trigonometry():
    """Each function over its domain, and beyond where there is something to find."""
    wide = np.concatenate([np.linspace(-12, 12, 200), np.geomspace(1e-30, 3e4, 100), -np.geomspace(1e-6, 9e3, 99)])
    inside = np.concatenate([np.linspace(-1, 1, 299), np.geomspace(1e-30, 0.5, 100)])
    ranges = {
        "Sin": wide, "Cos": wide, "Tan": wide, "Asin": inside, "Acos": inside, "Atan": np.append(wide, 1e30),
        "Sinh": np.linspace(-80, 80, 399), "Cosh": np.linspace(-80, 80, 399), "Tanh": wide, "Asinh": wide,
        "Acosh": 1 + np.abs(wide), "Atanh": inside[1:298],
    }
    for operator, numbers in ranges.items():
        g = CaseGraph(f"function_{operator.lower()}", (3, len(numbers) // 3), opset=9)
        g.inputs[g.x] = np.asarray(numbers[: len(numbers) // 3 * 3], np.float32).reshape(3, -1)
        yield g.end(g.op(operator, g.x))
    # Between convolutions, as parts of networks have them.
    g = CaseGraph("function_between_convolutions", (1, 3, 6, 5))
    y = g.conv(g.x, 5, bias=True, **SAME)
    for operator in ("Atan", "Sinh", "Asinh", "Tanh", "Asin", "Cos", "Acos"):
        y = g.op(operator, y)
    g.channels[y] = 5
    yield g.end(g.conv(y, 4, (1, 1)))


def volumes():
    """Normalisations and Softmax of any rank."""
    for rank in (2, 3, 5, 6):
        shape = (2, 6, 3, 4, 2, 3)[:rank]
        names = [("layer", -1), ("layer", 1)] + [("softmax", axis) for axis in {0, 1, rank - 1}]
        for kind, axis in names:
            g = CaseGraph(f"function_{kind}_of_{rank}_axes_{axis % rank}", shape, opset=17)
            y = g.op("Softmax", g.x, axis=axis) if kind == "softmax" else g.op(
                "LayerNormalization", g.x, g.normal(*shape[axis:]), g.normal(*shape[axis:]), axis=axis)
            yield g.end(y)
        if rank < 3:
            continue
        for kind in ("instance", "group"):
            g = CaseGraph(f"function_{kind}_norm_of_{rank}_axes", shape, opset=21)
            parameters = [g.normal(6), g.normal(6)]
            y = g.op("InstanceNormalization", g.x, *parameters, epsilon=1e-3) if kind == "instance" else g.op(
                "GroupNormalization", g.x, *parameters, num_groups=3)
            yield g.end(g.op("LeakyRelu", y, alpha=0.1))
    for kind, shape in (("Layer", (2, 3, 6)), ("Group", (2, 6, 4, 3)), ("Instance", (2, 6, 4, 3))):
        g = CaseGraph(f"function_{kind.lower()}_norm_with_computed_scale", shape, (6,), (6,), opset=21)
        attributes = dict(num_groups=2) if kind == "Group" else {}
        y = g.op(f"{kind}Normalization", g.x, g.op("Tanh", "input_1"), "input_2", **attributes)
        yield g.end(g.relu(y))
    for axes in ([0, 2, 3, 4], [1], [2, 3, 4]):
        g = CaseGraph(f"function_mean_variance_of_5_axes_{'_'.join(map(str, axes))}", (2, 3, 4, 2, 3))
        yield g.end(g.op("MeanVarianceNormalization", g.x, axes=axes))
    g = CaseGraph("function_lp_norm_of_5_axes", (2, 3, 4, 2, 3))
    yield g.end(g.op("LpNormalization", g.x, axis=2, p=1), g.op("LpNormalization", g.x, axis=4))
    # A U-Net of volumes, as medical networks are.
    g = CaseGraph("function_volume_network", (1, 2, 4, 6, 5), opset=17)
    y = g.conv(g.x, 6, (3, 3, 3), pads=[1] * 6)
    y = g.op("InstanceNormalization", y, g.normal(6), g.normal(6))
    y = g.op("LeakyRelu", y, alpha=0.01)
    g.channels[y] = 6
    y = g.transposed(y, 4, (2, 2, 2), strides=[2, 2, 2])
    yield g.end(g.op("Softmax", y, axis=1))


def samplings():
    """GridSample in all modes, inside, outside and at the borders."""
    for opset, modes in ((16, ("bilinear", "nearest", "bicubic")), (20, ("linear", "nearest", "cubic"))):
        for mode in modes:
            for padding in ("zeros", "border", "reflection"):
                for corners in (0, 1):
                    if opset == 20 and corners:
                        continue
                    name = f"function_grid_{opset}_{mode}_{padding}_{'corners' if corners else 'edges'}"
                    g = CaseGraph(name, (2, 5, 4, 6), (2, 7, 5, 2), opset=opset)
                    # Some points far outside; no coordinate is so near to a half that rounding decides.
                    g.inputs["input_1"] *= np.float32(1.3)
                    yield g.end(g.op("GridSample", g.x, "input_1", mode=mode, padding_mode=padding,
                                     align_corners=corners))
    for mode in ("linear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            g = CaseGraph(f"function_grid_volume_{mode}_{padding}", (1, 3, 3, 4, 5), (1, 2, 3, 4, 3), opset=20)
            yield g.end(g.op("GridSample", g.x, "input_1", mode=mode, padding_mode=padding))
    # One pixel, one channel, a constant grid.
    g = CaseGraph("function_grid_one_pixel", (1, 1, 1, 1), (1, 3, 4, 2), opset=16)
    g.inputs[g.x] = np.full((1, 1, 1, 1), 2, np.float32)
    g.inputs["input_1"] *= np.float32(0.3)
    yield g.end(*[g.op("GridSample", g.x, "input_1", padding_mode=p) for p in ("zeros", "border", "reflection")])
    g = CaseGraph("function_grid_constant", (1, 19, 5, 4), opset=16)
    grid = g.random.uniform(-1.2, 1.2, (1, 3, 6, 2)).astype(np.float32)
    g.channels[g.x] = 19
    y = g.op("GridSample", g.conv(g.x, 19, (1, 1)), grid)
    g.channels[y] = 19
    yield g.end(g.conv(y, 3, (1, 1)))
    # A spatial transformer.
    for corners in (0, 1):
        g = CaseGraph(f"function_spatial_transformer_{corners}", (2, 4, 6, 5), opset=20)
        pooled = g.flatten(g.op("GlobalAveragePool", g.x), 4)
        matrices = g.op("Reshape", g.linear(pooled, 6), [2, 2, 3])
        grid = g.op("AffineGrid", matrices, [2, 4, 3, 7], align_corners=corners)
        sampled = g.op("GridSample", g.x, grid, align_corners=corners, padding_mode="border")
        yield g.end(sampled, grid)
    g = CaseGraph("function_affine_grid_volume", (2, 3, 4), opset=20)
    yield g.end(g.op("AffineGrid", g.x, [2, 1, 2, 3, 4]))


def deformable():
    """DeformConv, whose offsets and masks a convolution computes, as DCN does."""
    options = [
        ("plain", dict(), 1, 1), ("strided", dict(strides=[2, 1], pads=[1, 1, 1, 1]), 1, 1),
        ("dilated", dict(dilations=[2, 1], pads=[2, 0, 2, 0]), 1, 1), ("grouped", dict(pads=[1, 1, 1, 1]), 2, 1),
        ("offset_groups", dict(pads=[1, 1, 1, 1]), 1, 2), ("both_groups", dict(pads=[1, 1, 1, 1]), 2, 4),
    ]
    for name, attributes, group, offset_group in options:
        for masked in (False, True):
            g = CaseGraph(f"function_deform_{name}{'_masked' if masked else ''}", (2, 4, 6, 7), opset=19)
            window = dict(attributes)
            offsets = g.conv(g.x, 18 * offset_group, bias=True, **window)
            operands = [g.x, g.normal(6, 4 // group, 3, 3, scale=0.3), offsets, g.normal(6) if masked else None]
            if masked:
                operands.append(g.op("Sigmoid", g.conv(g.x, 9 * offset_group, **window)))
            operands = operands if masked else operands[:3]
            y = g.op("DeformConv", *operands, group=group, offset_group=offset_group, kernel_shape=[3, 3], **window)
            yield g.end(y)


def determinants():
    for size, count in ((1, 3), (2, 4), (3, 2), (8, 3)):
        g = CaseGraph(f"function_det_{size}", (count, 2, size, size), opset=11)
        yield g.end(g.op("Det", g.x))
    g = CaseGraph("function_det_of_a_matrix", (5, 5), opset=22)
    g.inputs[g.x][0, 0] = 0  # the first pivot
    yield g.end(g.op("Reshape", g.op("Det", g.x), [1]))


def computed_kernels():
    """Transposed convolutions whose kernel is computed."""
    options = [
        ("plain", dict(), 1, (3, 3)), ("strided", dict(strides=[2, 3], pads=[1, 0, 1, 2]), 1, (3, 3)),
        ("padded_output", dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 0]), 2, (3, 2)),
        ("dilated", dict(dilations=[2, 1], pads=[3, 1, 0, 1]), 1, (2, 3)),
        ("deep_padding", dict(strides=[2, 2], pads=[2, 2, 2, 2]), 1, (2, 2)),
    ]
    for name, attributes, group, kernel in options:
        for biased in (False, True):
            shape = (4, 3, *kernel)
            g = CaseGraph(f"function_transposed_kernel_{name}{'_bias' if biased else ''}", (2, 4, 5, 4), shape)
            weight = g.op("Tanh", "input_1")
            operands = [g.x, weight] + ([g.normal(3 * group)] if biased else [])
            yield g.end(g.op("ConvTranspose", *operands, group=group, **attributes))


def attentions():
    """Attention as exporters of opset 23 and 24 write it."""
    def case(name, q, k, v, opset=23, **attributes):
        g = CaseGraph(f"function_attention_{name}", q, k, v, opset=opset)
        return g, [g.x, "input_1", "input_2"], attributes

    shapes = ((2, 3, 4, 8), (2, 3, 6, 8), (2, 3, 6, 5))
    flat = ((2, 4, 24), (2, 6, 24), (2, 6, 15))
    for name, operands, attributes in [
        ("plain", shapes, {}), ("scaled", shapes, dict(scale=0.25)), ("causal", shapes, dict(is_causal=1)),
        ("capped", shapes, dict(softcap=2.0)), ("flat", flat, dict(q_num_heads=3, kv_num_heads=3)),
        ("flat_causal", flat, dict(q_num_heads=3, kv_num_heads=3, is_causal=1)),
        ("grouped", ((2, 6, 4, 8), (2, 2, 6, 8), (2, 2, 6, 5)), {}),
        ("single", ((2, 6, 4, 8), (2, 1, 6, 8), (2, 1, 6, 5)), dict(is_causal=1)),
    ]:
        g, inputs, attributes = case(name, *operands, **attributes)
        yield g.end(g.op("Attention", *inputs, **attributes))
    g, inputs, _ = case("mask", *shapes)
    yield g.end(g.op("Attention", *inputs, g.normal(4, 6)))
    g, inputs, _ = case("mask_computed", *shapes)
    g.input((2, 1, 4, 6))
    yield g.end(g.op("Attention", *inputs, "input_3"))
    g, inputs, _ = case("mask_of_truths", *shapes)
    g.input((2, 3, 4, 6))
    mask = g.op("Greater", g.op("Abs", "input_3"), np.float32(0.3))
    yield g.end(g.op("Attention", *inputs, mask))
    g, inputs, _ = case("mask_constant_of_truths", *shapes)
    truths = g.random.uniform(size=(1, 3, 4, 6)) > 0.4
    truths[..., 0] = True
    yield g.end(g.op("Attention", *inputs, truths))
    g, inputs, _ = case("past", *shapes)
    g.input((2, 3, 2, 8)), g.input((2, 3, 2, 5))
    outputs = g.op("Attention", *inputs, None, "input_3", "input_4", results=3, is_causal=1)
    yield g.end(*outputs)


def rotary_embeddings():
    for name, shape, caches, attributes in [
        ("four_axes", (2, 3, 4, 8), (2, 4, 4), {}), ("interleaved", (2, 3, 4, 8), (2, 4, 4), dict(interleaved=1)),
        ("three_axes", (2, 4, 24), (2, 4, 4), dict(num_heads=3)),
        ("partial", (2, 3, 4, 8), (2, 4, 2), dict(rotary_embedding_dim=4)),
        ("partial_interleaved", (2, 4, 24), (2, 4, 2), dict(rotary_embedding_dim=4, num_heads=3, interleaved=1)),
    ]:
        g = CaseGraph(f"function_rotary_{name}", shape, opset=23)
        angles = g.normal(*caches)
        yield g.end(g.op("RotaryEmbedding", g.x, np.cos(angles), np.sin(angles), **attributes))
        g = CaseGraph(f"function_rotary_{name}_positions", shape, opset=23)
        angles = g.normal(9, caches[-1])
        positions = g.random.integers(0, 9, caches[:2])
        yield g.end(g.op("RotaryEmbedding", g.x, np.cos(angles), np.sin(angles), positions, **attributes))


def narrow_constants():
    """Weights of 4 bits, with scales for channels and for blocks, in both ways to store them."""
    for kind, low, high in (("INT4", -8, 8), ("UINT4", 0, 16)):
        for block in (0, 4):
            for raw in (False, True):
                g = CaseGraph(f"function_narrow_{kind.lower()}_{'blocks' if block else 'channels'}_{'raw' if raw else 'list'}",
                              (3, 8), opset=21)
                integers = g.random.integers(low, high, (8, 5))
                scales = g.random.uniform(0.05, 0.3, (2, 5) if block else (5,)).astype(np.float32)
                zeros = g.random.integers(low, high, scales.shape)
                y = g.op("DequantizeLinear", narrow(g, kind, integers, raw), scales, narrow(g, kind, zeros, raw),
                         axis=0 if block else 1, block_size=block)
                yield g.end(g.op("MatMul", g.x, y))
    for kind in ("FLOAT8E4M3FN", "FLOAT8E5M2", "FLOAT8E4M3FNUZ", "FLOAT8E5M2FNUZ"):
        g = CaseGraph(f"function_narrow_{kind.lower()}", (3, 8), opset=19)
        tensor = helper.make_tensor("eighths", getattr(TensorProto, kind), (8, 5), g.normal(8, 5).ravel().tolist())
        g.initializers.append(tensor)
        y = g.op("DequantizeLinear", "eighths", np.float32(0.5))
        yield g.end(g.op("MatMul", g.x, y))
    # Quantised to 4 bits and back.
    g = CaseGraph("function_narrow_quantized", (3, 8), opset=21)
    zero = narrow(g, "INT4", np.array(1), False)
    q = g.op("QuantizeLinear", g.x, np.float32(0.2), zero)
    yield g.end(g.op("DequantizeLinear", q, np.float32(0.2), zero))


def narrow(g, kind, integers, raw):
    name = f"narrow_{len(g.initializers)}"
    values = integers.ravel().tolist()
    type = getattr(TensorProto, kind)
    tensor = helper.make_tensor(name, type, integers.shape, values)
    if raw:
        packed = [(a & 15) | (b & 15) << 4 for a, b in zip(values[::2], values[1::2] + [0])]
        tensor = helper.make_tensor(name, type, integers.shape, bytes(packed), raw=True)
    g.initializers.append(tensor)
    return name


def narrow_conversions():
    """Numbers that become ones of few bits, and back again, so that NumPy has a type for the results."""
    numbers = np.concatenate([np.linspace(-20, 20, 333), np.geomspace(1e-7, 1e6, 60), -np.geomspace(1e-5, 1e5, 39)])
    # Between 464 and 512 the standard has NaN for E4M3FN without saturation, and ONNX Runtime has 448.
    numbers = np.where((abs(numbers) > 448) & (abs(numbers) < 512), 440, numbers)
    for name, kind in [("e4m3fn", TensorProto.FLOAT8E4M3FN), ("e4m3fnuz", TensorProto.FLOAT8E4M3FNUZ),
                       ("e5m2", TensorProto.FLOAT8E5M2), ("e5m2fnuz", TensorProto.FLOAT8E5M2FNUZ)]:
        for saturate in (1, 0):
            g = CaseGraph(f"function_narrow_{name}{'' if saturate else '_strict'}", (4, 108), opset=21)
            g.inputs[g.x] = numbers.astype(np.float32).reshape(4, -1)
            g.may_be_nan = not saturate
            narrow = g.op("Cast", g.x, to=kind, saturate=saturate)
            yield g.end(g.op("Cast", g.op("Transpose", narrow, perm=[1, 0]), to=TensorProto.FLOAT))
    for name, kind in [("int4", TensorProto.INT4), ("uint4", TensorProto.UINT4)]:
        g = CaseGraph(f"function_narrow_{name}", (3, 8), opset=21)
        # Whole numbers: ONNX truncates others, ONNX Runtime rounds them.
        g.inputs[g.x] = np.arange(24, dtype=np.float32).reshape(3, 8) % 13 - (5 if name == "int4" else 0)
        narrow = g.op("Cast", g.x, to=kind)
        yield g.end(g.op("Cast", narrow, to=TensorProto.FLOAT))


def dynamic_quantizations():
    """Numbers that are quantised by their own range, alone and as ONNX Runtime's quantize_dynamic writes convolutions."""
    for name, change in [
        ("plain", lambda g, x: x),
        ("positive", lambda g, x: g.op("Abs", x)),
        ("negative", lambda g, x: g.op("Neg", g.op("Abs", x))),
        ("zeros", lambda g, x: g.op("Mul", x, np.float32(0))),
    ]:
        g = CaseGraph(f"function_dynamic_{name}", (2, 3, 7))
        q, scale, zero = g.op("DynamicQuantizeLinear", change(g, g.x), results=3)
        g.may_be_zero = name != "plain"
        yield g.end(g.op("Cast", q, to=TensorProto.FLOAT), scale, g.op("Cast", zero, to=TensorProto.FLOAT))
    g = CaseGraph("function_dynamic_conv", (1, 3, 5, 6))
    x = g.relu(g.conv(g.x, 5, **SAME))
    for outputs in (18, 4):
        q, scale, zero = g.op("DynamicQuantizeLinear", x, results=3)
        weight = g.random.integers(-127, 128, (outputs, g.channels[x], 3, 3)).astype(np.int8)
        sums = g.op("ConvInteger", q, weight, zero, np.array(0, np.int8), kernel_shape=(3, 3), **SAME)
        x = g.op("Mul", g.op("Cast", sums, to=TensorProto.FLOAT), g.op("Mul", scale, np.float32(0.003)))
        g.channels[x] = outputs
    yield g.end(x)


def integers():
    """Remainders of both kinds of floating-point numbers."""
    g = CaseGraph("function_mod_of_floats", (3, 7), (3, 7))
    yield g.end(g.op("Mod", g.x, "input_1", fmod=1))
