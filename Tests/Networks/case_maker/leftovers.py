"""What exporters leave in files: loops, branches, sequences, sums by equation, training modes, fused operators."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from .graph import SAME, CaseGraph


def leftovers():
    yield from trained()
    yield from sequences()
    yield from branches()
    yield from loops()
    yield from equations()
    yield from fused()
    yield from unpooled()
    yield from sparse()
    yield from computed_kernels()
    yield from quantized_products()


def trained():
    """Batch normalisation by the statistics of its own batch."""
    for name, shape, opset in (("image", (3, 4, 5, 6), 15), ("rows", (7, 4), 14), ("volume", (2, 3, 2, 3, 4), 15)):
        g = CaseGraph(f"left_bn_training_{name}", shape, opset=opset)
        y = g.conv(g.x, 5, (1, 1)) if name == "image" else g.x
        yield g.end(g.relu(g.batch_norm(y, results=3, training_mode=1)[0]))  # ONNX Runtime wants all three
    g = CaseGraph("left_bn_training_statistics", (3, 4, 5, 6), opset=15)
    count = g.channels[g.x]
    parameters = [g.normal(count), g.normal(count), g.normal(count), np.abs(g.normal(count)) + np.float32(0.1)]
    results = g.op("BatchNormalization", g.x, *parameters, results=3, training_mode=1, momentum=0.7)
    yield g.end(*results)


def sequences():
    g = CaseGraph("left_sequence_split", (2, 7, 3), opset=13)
    parts = g.op("SplitToSequence", g.x, np.array(3), axis=1)
    y = [g.op("SequenceAt", parts, np.array(i)) for i in (0, 1, -1)]
    named = g.op("SplitToSequence", g.x, np.array([1, 4, 2]), axis=1)
    yield g.end(g.op("Mul", y[0], y[1]), y[2], g.op("ConcatFromSequence", named, axis=1),
                g.op("Cast", g.op("SequenceLength", parts), to=1))
    g = CaseGraph("left_sequence_of_slices", (3, 2, 4), opset=11)
    kept = g.op("SplitToSequence", g.x, axis=0)
    squeezed = g.op("SplitToSequence", g.relu(g.x), axis=2, keepdims=0)
    yield g.end(g.op("SequenceAt", kept, np.array(1)), g.op("ConcatFromSequence", squeezed, axis=0, new_axis=1),
                g.op("ConcatFromSequence", g.op("SequenceErase", squeezed, np.array(0)), axis=1))
    g = CaseGraph("left_sequence_constructed", (2, 3, 4, 5), opset=16)
    a, b, c = g.conv(g.x, 4, (1, 1)), g.relu(g.x), g.conv(g.x, 2, (1, 1))
    y = g.op("SequenceInsert", g.op("SequenceConstruct", a, b), c, np.array(1))
    y = g.op("Identity", g.op("SequenceInsert", g.op("SequenceErase", y), g.op("Neg", a)))
    yield g.end(g.op("ConcatFromSequence", y, axis=-3))
    g = CaseGraph("left_sequence_empty", (2, 3), opset=13)
    y = g.op("SequenceInsert", g.op("SequenceInsert", g.op("SequenceEmpty"), g.x), g.op("Neg", g.x))
    yield g.end(g.op("ConcatFromSequence", y, axis=-1, new_axis=1))


def subgraph(g, inputs, build):
    """A graph of the nodes that `build` adds, whose names are unlike those outside; its constants are the case's."""
    g.subgraphs = getattr(g, "subgraphs", 0) + 1
    outer, g.nodes = g.nodes, [None] * (100 * g.subgraphs)
    # A result that is a value from outside needs a node.
    results = [g.op("Identity", name) for name in build()]
    nodes, g.nodes = g.nodes[100 * g.subgraphs:], outer
    return helper.make_graph(
        nodes, f"subgraph{g.subgraphs}", inputs, [helper.make_empty_tensor_value_info(name) for name in results])


def branches():
    for taken in (True, False):
        g = CaseGraph(f"left_if_{'then' if taken else 'else'}", (2, 3, 4, 5), opset=16)
        y = g.conv(g.x, 4, (1, 1))
        mean = g.op("ReduceMean", y, keepdims=0)
        condition = g.op("Greater" if taken else "Less", mean, np.float32(-100))
        results = g.op(
            "If", condition, results=2,
            then_branch=subgraph(g, [], lambda: [g.relu(g.conv(y, 5, (3, 3), **SAME)), g.op("Neg", mean)]),
            else_branch=subgraph(g, [], lambda: [g.op("Sigmoid", g.conv(y, 5, (1, 1))), mean]))
        yield g.end(*results)


def loops():
    def info(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    def ports(*carried):
        return [info("i", TensorProto.INT64, []), info("c", TensorProto.BOOL, [])] + [
            info(name, TensorProto.FLOAT, None) for name in carried]

    g = CaseGraph("left_loop_counted", (1, 3, 5, 4), opset=13)
    weight = g.constant(g.normal(3, 3, 3, 3, scale=0.2))
    yield g.end(g.op(
        "Loop", np.array(3), np.array(True), g.x, body=subgraph(
            g, ports("s"), lambda: ["c", g.relu(g.op("Add", g.op("Conv", "s", weight, **SAME), "s"))])))
    g = CaseGraph("left_loop_collected", (2, 3), opset=16)

    def body():
        number = g.op("Cast", "i", to=1)
        state = g.op("Tanh", g.op("Add", "s", number))
        return ["c", state, g.op("Mul", state, number), g.op("Gather", g.x, "i", axis=1)]

    yield g.end(*g.op("Loop", np.array(3), None, g.x, results=3, body=subgraph(g, ports("s"), body)))
    g = CaseGraph("left_loop_until", (2, 3), opset=13)
    yield g.end(*g.op("Loop", None, np.array(True), g.x, results=2, body=subgraph(
        g, ports("s"), lambda: [g.op("Less", "i", np.array(2)), g.op("Sin", "s"), g.op("Neg", "s")])))
    g = CaseGraph("left_loop_grows", (2, 3), opset=13)
    yield g.end(g.op("Loop", np.array(4), None, g.x, body=subgraph(
        g, ports("s"), lambda: ["c", g.op("Concat", "s", g.x, axis=1)])))
    g = CaseGraph("left_loop_never", (2, 3), opset=13)
    yield g.end(g.op("Neg", g.op("Loop", np.array(0), None, g.x, body=subgraph(
        g, ports("s"), lambda: ["c", g.relu("s")]))))


def equations():
    for index, (equation, *shapes) in enumerate([
        ("bchw,cd->bdhw", (2, 4, 3, 5), (4, 6)),
        ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
        ("bhid,bhjd->bhij", (2, 3, 4, 5), (2, 3, 6, 5)),
        ("ij,kj", (3, 4), (5, 4)),
        ("i,j->ij", (3,), (4,)),
        ("...ij,...jk->...ik", (2, 2, 3, 4), (2, 2, 4, 5)),
        ("...ij,jk->k...i", (2, 3, 4), (4, 5)),
        ("ij->ji", (3, 4)),
        ("ijk->j", (3, 4, 5)),
        ("ij,ij->", (3, 4), (3, 4)),
        ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)),
        ("nkctv,kvw->nctw", (2, 3, 4, 2, 5), (3, 5, 5)),
        ("a b , b c -> a c", (2, 3), (3, 4)),
        ("bixy,bjx->bijy", (2, 3, 4, 5), (2, 6, 4)),
        ("bii->bi", (2, 3, 3)),
        ("ii", (4, 4)),
        ("iijij->j", (2, 2, 3, 2, 3)),
        ("bicid,dc->bi", (2, 3, 4, 3, 5), (5, 4)),
        ("...ij,...jk->...ik", (2, 1, 3, 4), (1, 3, 4, 5)),
    ]):
        for known in (False, True):
            if known and len(shapes) == 1:
                continue
            g = CaseGraph(f"left_einsum_{index}_{'constant' if known else 'computed'}", *shapes[:1 if known else None])
            others = [g.normal(*s) for s in shapes[1:]] if known else [f"input_{i + 1}" for i in range(len(shapes) - 1)]
            yield g.end(g.op("Einsum", g.x, *others, equation=equation))


def fused():
    for name, activation, parameters in [
        ("relu", "Relu", None), ("sigmoid", "Sigmoid", None), ("tanh", "Tanh", None), ("none", None, None),
        ("leaky", "LeakyRelu", [0.2]), ("clip", "Clip", [-0.3, 0.5]), ("hard_sigmoid", "HardSigmoid", [0.3, 0.4]),
    ]:
        for addend in (False, True):
            g = Fused(f"left_fused_conv_{name}{'_sum' if addend else ''}", (2, 4, 5, 6))
            attributes = dict(activation=activation) if activation else {}
            if parameters:
                attributes["activation_params"] = parameters
            operands = [g.x, g.normal(6, 2, 3, 3, scale=0.3), g.normal(6)]
            if addend:
                operands.append(g.op("Conv", g.x, g.normal(6, 4, 1, 1)))
            yield g.end(g.op("FusedConv", *operands, domain="com.microsoft", group=2, **SAME, **attributes))


class Fused(CaseGraph):
    """A case with operators of ONNX Runtime's."""

    def model(self, shapes):
        model = super().model(shapes)
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
        return model


def unpooled():
    for name, shape, options in [
        ("image", (2, 3, 6, 8), dict(kernel_shape=[2, 2], strides=[2, 2])),
        ("overlapping", (1, 2, 7, 7), dict(kernel_shape=[3, 3], strides=[2, 2])),
        ("padded", (1, 2, 7, 9), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])),
        ("row", (2, 3, 8), dict(kernel_shape=[2], strides=[2])),
        ("volume", (1, 2, 4, 4, 6), dict(kernel_shape=[2, 2, 2], strides=[2, 2, 2])),
    ]:
        g = CaseGraph(f"left_unpool_{name}", shape, opset=12)
        y, indices = g.op("MaxPool", g.x, results=2, **options)
        y = g.op("Add", y, np.float32(0.5))
        g.may_be_zero = True
        yield g.end(g.op("MaxUnpool", y, indices, **options))
    g = CaseGraph("left_unpool_wanted", (1, 2, 7, 7), opset=12)
    g.may_be_zero = True
    y, indices = g.op("MaxPool", g.x, results=2, kernel_shape=[2, 2], strides=[2, 2])
    # The indices count in an image of 6 x 6, whatever is wanted; ONNX Runtime counts them in what is wanted.
    rows = indices_in(g.inputs[g.x][:, :, :6, :6])
    y = g.op("MaxUnpool", y, rows, np.array([1, 2, 7, 8]), kernel_shape=[2, 2], strides=[2, 2])
    yield g.end(y).answered_with(unpooled_image(g.inputs[g.x][:, :, :6, :6], (1, 2, 7, 8)))


def indices_in(x):
    """Where the maxima of 2x2 windows are, counted over all of x."""
    images, channels, height, width = x.shape
    places = np.arange(x.size).reshape(x.shape)
    windows = [a.reshape(images, channels, height // 2, 2, width // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(
        images, channels, height // 2, width // 2, 4) for a in (x, places)]
    chosen = windows[0].argmax(-1)[..., None]
    return np.take_along_axis(windows[1], chosen, -1)[..., 0]


def unpooled_image(x, shape):
    result = np.zeros(shape, np.float32)
    places = indices_in(x).reshape(-1)
    flat = np.zeros(x.size, np.float32)
    flat[places] = x.reshape(-1)[places]
    result[:, :, : x.shape[2], : x.shape[3]] = flat.reshape(x.shape)
    return result


def sparse():
    for linear in (True, False):
        g = CaseGraph(f"left_sparse_{'linear' if linear else 'places'}", (2, 4, 5, 6), opset=13)
        weight = g.normal(3, 4, 1, 1) * (np.arange(12).reshape(3, 4, 1, 1) % 3 != 1)
        places = np.flatnonzero(weight) if linear else np.argwhere(weight)
        value = helper.make_sparse_tensor(
            numpy_helper.from_array(weight[weight != 0], "values"), numpy_helper.from_array(places.astype(np.int64), "places"),
            weight.shape)
        y = g.op("Conv", g.x, g.op("Constant", sparse_value=value))
        yield g.end(g.relu(y))


def computed_kernels():
    """Convolutions whose kernel is computed, as trackers have them."""
    for name, image, kernel, options in [
        ("plain", (2, 4, 6, 7), (5, 4, 3, 3), dict(pads=[1, 0, 2, 1])),
        ("depthwise", (1, 6, 8, 7), (6, 1, 4, 3), dict(group=6)),
        ("groups", (2, 4, 7, 6), (6, 2, 3, 2), dict(group=2, strides=[2, 1], dilations=[1, 2])),
        ("pointwise", (2, 4, 3, 5), (3, 4, 1, 1), {}),
        ("same", (1, 2, 7, 5), (3, 2, 3, 3), dict(auto_pad="SAME_UPPER", strides=[2, 2])),
        ("row", (2, 3, 9), (4, 3, 3), dict(pads=[1, 1])),
        ("volume", (1, 2, 4, 5, 3), (3, 2, 2, 3, 2), {}),
    ]:
        for bias in (False, True):
            g = CaseGraph(f"left_conv_computed_{name}{'_bias' if bias else ''}", image)
            weight = g.op("Tanh", g.input(kernel))
            operands = [g.relu(g.x), weight] + ([g.normal(kernel[0])] if bias else [])
            yield g.end(g.relu(g.op("Conv", *operands, **options)))
    g = CaseGraph("left_conv_computed_correlation", (1, 3, 10, 9))
    template = g.relu(g.conv(g.input((1, 3, 5, 4)), 4, (2, 2)))
    search = g.relu(g.conv(g.x, 4, (2, 2)))
    kernel = g.op("Reshape", template, [4, 1, 4, 3])
    yield g.end(g.conv(g.op("Conv", search, kernel, group=4), 2, (1, 1)), g.op("Conv", search, template))


def quantized_products():
    """QGemm with whole and with single scales, both types, transposed, with and without a bias and a quantised result."""
    for name, kind, options in [
        ("unsigned", np.uint8, dict()), ("signed", np.int8, dict()), ("transposed", np.uint8, dict(transB=1)),
        ("both_transposed", np.int8, dict(transA=1, transB=1)), ("alpha", np.int8, dict(alpha=0.7)),
    ]:
        for quantized in (True, False):
            g = Fused(f"left_qgemm_{name}{'' if quantized else '_float'}", (8, 3) if options.get("transA") else (3, 8))
            zero = np.array(120 if kind == np.uint8 else -3, kind)
            x = g.op("QuantizeLinear", g.x, np.float32(0.03), zero)
            weight = g.random.integers(-127, 128, (8, 6)).astype(np.int8)
            # ONNX Runtime has scales for each column of weights that aren't transposed only.
            columns = not options.get("transB")
            scale = np.abs(g.normal(6, scale=0.02)) + np.float32(0.005) if columns else np.float32(0.02)
            operands = [x, np.float32(0.03), zero, weight.T.copy() if options.get("transB") else weight, scale]
            operands.append(np.zeros(6, np.int8) if columns else np.array(0, np.int8))
            operands.append(g.random.integers(-900, 900, 6).astype(np.int32) if name != "alpha" else None)
            if quantized:
                operands += [np.float32(0.1), np.array(zero)]
            while operands[-1] is None:
                operands.pop()
            y = g.op("QGemm", *operands, domain="com.microsoft", **options)
            yield g.end(g.op("DequantizeLinear", y, np.float32(0.1), zero) if quantized else y)
