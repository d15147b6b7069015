"""Detectors' heads: results whose length depends on the data, and what is computed of them. Answers are as long as ONNX Runtime's; the lengths
that Kiln gives besides follow as further answers."""

import numpy as np
from onnx import TensorProto, helper

from .graph import CaseGraph
from .leftovers import Fused


def detections():
    yield from suppressed()
    yield from places()
    yield from after()
    yield from regions()
    yield from scans()
    yield from channels_last()


class CountedGraph(CaseGraph):
    """A case whose answers have an axis of unknown length each, or none."""

    def end(self, *outputs):
        """Outputs are names, or pairs of a name and the axis along which its length is given too; a count is given once."""
        pairs = [output if isinstance(output, tuple) else (output, None) for output in outputs]
        self.may_be_zero = True
        return self.counting([axis for _, axis in pairs], *[name for name, _ in pairs])

    def counting(self, axes, *names):
        super().end(*names)
        answer = super().run

        def run():
            answers = answer()
            lengths = [np.array([values.shape[axis]], np.int64) for values, axis in zip(answers, axes) if axis is not None]
            return answers + lengths

        self.run = run
        return self

    def floats(self, x):
        """Outputs of cases are float32."""
        return self.op("Cast", x, to=TensorProto.FLOAT)

    def boxes(self, x, images=1):
        """Boxes [images, N, 4] whose corners are apart: of numbers [images, N, 4]."""
        low = self.op("Slice", x, [0], [2], [2])
        size = self.op("Add", self.op("Abs", self.op("Slice", x, [2], [4], [2])), 0.2)
        return self.op("Concat", low, self.op("Add", low, size), axis=2)


def suppressed():
    for name, shape, classes, options in (
        ("plain", (1, 30, 4), 1, dict(most=5, overlap=0.3)),
        ("classes", (1, 25, 4), 3, dict(most=4, overlap=0.5, score=0.1)),
        ("images", (2, 20, 4), 2, dict(most=3, overlap=0.2, score=-0.5)),
        ("many", (1, 60, 4), 1, dict(most=2**40, overlap=0.6, score=0.4)),
        ("touching", (1, 12, 4), 1, dict(most=12)),
        ("without_limit", (1, 6, 4), 1, dict(most=6, overlap=1.0)),
    ):
        for opset in (10, 11, 17):
            if opset != 17 and name != "classes":
                continue
            g = CountedGraph(f"detect_suppressed_{name}" + (f"_opset{opset}" if opset != 17 else ""), shape, opset=opset)
            scores = g.input((shape[0], classes, shape[1]))
            operands = [g.x if opset == 10 else g.boxes(g.x), scores]
            if opset == 10:
                g.inputs[g.x] = np.abs(g.inputs[g.x]).cumsum(2).astype(np.float32)
            operands += [np.array([options["most"]], np.int64), np.float32([options.get("overlap", 0)])]
            operands += [np.float32([options["score"]])] if "score" in options else []
            yield g.end((g.floats(g.op("NonMaxSuppression", *operands)), 0))
    # Equal scores, boxes given by two other corners, and by their centres.
    g = CountedGraph("detect_suppressed_equal_scores", (1, 16, 4))
    scores = g.input((1, 1, 16))
    g.inputs[scores] = np.round(g.inputs[scores])
    yield g.end((g.floats(g.op("NonMaxSuppression", g.x, scores, [8], np.float32([0.1]))), 0))
    g = CountedGraph("detect_suppressed_centred", (1, 24, 4))
    scores = g.input((1, 2, 24))
    boxes = g.op("Mul", g.x, np.float32([1, 1, 2, 2]))
    y = g.op("NonMaxSuppression", boxes, scores, [6], np.float32([0.25]), np.float32([0]), center_point_box=1)
    yield g.end((g.floats(y), 0))
    # Limits that are computed.
    g = CountedGraph("detect_suppressed_computed_limits", (1, 20, 4))
    scores, limits = g.input((1, 1, 20)), g.input((2,))
    g.inputs[limits] = np.float32([0.3, -0.4])
    most = g.op("Cast", g.op("Add", g.op("Slice", limits, [0], [1]), 3.8), to=TensorProto.INT64)
    y = g.op("NonMaxSuppression", g.boxes(g.x), scores, most, g.op("Slice", limits, [0], [1]), g.op("Slice", limits, [1], [2]))
    yield g.end((g.floats(y), 0))
    g = CountedGraph("detect_suppressed_none", (1, 9, 4))
    scores = g.input((1, 1, 9))
    y = g.op("NonMaxSuppression", g.boxes(g.x), scores, [4], np.float32([0.5]), np.float32([99]))
    yield g.end((g.floats(y), 0))


def places():
    for name, shape in (("row", (14,)), ("image", (2, 3, 4)), ("many_axes", (1, 2, 1, 3, 2, 2))):
        g = CountedGraph(f"detect_places_{name}", shape)
        yield g.end((g.floats(g.op("NonZero", g.op("Greater", g.x, 0.6))), 1))
    for name, to in (("float", TensorProto.FLOAT), ("int32", TensorProto.INT32), ("uint8", TensorProto.UINT8)):
        g = CountedGraph(f"detect_places_{name}", (4, 5))
        y = g.op("Cast", g.op("Floor", g.op("Abs", g.x)), to=to)
        yield g.end((g.floats(g.op("NonZero", y)), 1))
    g = CountedGraph("detect_places_none", (3, 4))
    yield g.end((g.floats(g.op("NonZero", g.op("Greater", g.x, 99.0))), 1))
    g = CountedGraph("detect_places_of_a_constant", (3, 4))
    yield g.end(g.floats(g.op("NonZero", np.array([[1, 0, 2], [0, 0, 3]], np.float32))), g.x)
    for axis in (0, 1, None):
        g = CountedGraph(f"detect_compressed_{axis}", (5, 4))
        condition = g.op("Greater", g.input((4 if axis == 1 else 5,)), 0.0)
        yield g.end((g.op("Compress", g.x, condition, **({} if axis is None else {"axis": axis})), axis or 0))


def row(g, x):
    """Where a row of numbers is positive: indices [count]."""
    return g.op("Reshape", g.op("NonZero", g.op("Greater", x, 0.0)), [-1])


def after():
    """What follows in a network: only what is real may tell."""
    # torchvision: boxes above a threshold, the best of them, suppressed class by class, the first kept.
    g = CountedGraph("detect_after_torchvision", (14, 4))
    scores = g.input((14,))
    kept = row(g, scores)
    boxes, best = g.op("Gather", g.op("Squeeze", g.boxes(g.op("Unsqueeze", g.x, [0])), [0]), kept), g.op("Gather", scores, kept)
    best, order = g.op("TopK", best, [5], results=2)
    boxes = g.op("Gather", boxes, order)
    largest = g.op("Add", g.op("ReduceMax", boxes, keepdims=0), 1.0)
    offset = g.op("Unsqueeze", g.op("Mul", g.floats(g.op("Mod", order, np.array(2))), largest), [1])
    found = g.op("NonMaxSuppression", g.op("Unsqueeze", g.op("Add", boxes, offset), [0]), g.op("Unsqueeze", best, [0, 1]),
                 [99], np.float32([0.3]))
    chosen = g.op("Squeeze", g.op("Slice", found, [2], [3], [1]), [1])
    chosen = g.op("Slice", chosen, [0], [3], [0])
    yield g.end((g.op("Gather", boxes, chosen), 0), g.op("Gather", best, chosen), g.floats(g.op("Add", chosen, np.array(1))))
    for name, build in {
        "maximum": lambda g, y: g.op("ReduceMax", y, axes=[0]),
        "minimum": lambda g, y: g.op("ReduceMin", y, axes=[0], keepdims=0),
        "sum": lambda g, y: g.op("ReduceSum", y, [0]),
        "mean": lambda g, y: g.op("ReduceMean", y, axes=[0, 1]),
        "mean_of_rows": lambda g, y: (g.op("ReduceMean", y, axes=[1]), 0),
        "product": lambda g, y: g.op("ReduceProd", y, axes=[0]),
        "norm": lambda g, y: g.op("ReduceL2", y, axes=[0]),
        "log_sum_exp": lambda g, y: g.op("ReduceLogSumExp", y, axes=[0]),
        "largest": lambda g, y: g.floats(g.op("ArgMax", y, axis=0)),
        "softmax": lambda g, y: (g.op("Softmax", y, axis=0), 0),
        "sums": lambda g, y: (g.op("CumSum", y, np.array(0)), 0),
        "ranked": lambda g, y: (g.op("TopK", y, [3], axis=0, results=2)[0], 0),
        "smallest": lambda g, y: (g.op("TopK", y, [3], axis=0, largest=0, results=2)[0], 0),
        "first": lambda g, y: g.op("Gather", y, np.array(0)),
        "slice": lambda g, y: (g.op("Slice", y, [1], [4], [0]), 0),
        "flat": lambda g, y: (g.op("Reshape", y, [-1]), 0),
        "flat_and_back": lambda g, y: (g.op("Reshape", g.op("Relu", g.op("Reshape", y, [-1, 1])), [-1, 3]), 0),
        "turned": lambda g, y: (g.op("Transpose", y, perm=[1, 0]), 1),
        "linear": lambda g, y: (g.op("Gemm", y, g.normal(3, 5), g.normal(5)), 0),
        "compared": lambda g, y: (g.floats(g.op("NonZero", g.op("Less", y, 0.3))), 1),
        "padded": lambda g, y: (g.op("Pad", y, [0, 1, 0, 0]), 0),
        "one_hot": lambda g, y: (g.op("OneHot", g.op("ArgMax", y, axis=1, keepdims=0), [3], [0.0, 1.0]), 0),
        "counted": lambda g, y: (g.op("Expand", g.op("ReduceMax", y, keepdims=0), g.op("Shape", y)), 0),
        "padded_to_a_length": lambda g, y: g.op(
            "Pad", y, g.op("Concat", [0, 0], g.op("Sub", [9], g.op("Slice", g.op("Shape", y), [0], [1])), [0], axis=0), 0.5),
        "flat_padded_to_a_length": lambda g, y: g.op(
            "Pad", g.op("Reshape", y, [-1]), g.op("Concat", [0], g.op("Mul", g.op(
                "Sub", [9], g.op("Slice", g.op("Shape", y), [0], [1])), [3]), axis=0), 0.5),
        "joined": lambda g, y: (g.op("Concat", y, g.op("Neg", y), axis=1), 0),
        "joined_behind": lambda g, y: (g.op("Concat", g.x, y, axis=0), 0),
    }.items():
        g = CountedGraph(f"detect_after_{name}", (7, 3))
        scores = g.input((7,))
        g.inputs[scores][:] = [1, -1, 2, -1, 1, 3, -2]
        result = build(g, g.op("Gather", g.x, row(g, scores)))
        yield g.end(result)
    # Two lists, one after the other; the second may be empty.
    for name, scale in (("two", 1), ("two_one_empty", -9)):
        g = CountedGraph(f"detect_after_joined_{name}", (6, 3))
        parts = []
        for index in range(3):
            scores = g.input((6,))
            if index == 1 and scale < 0:
                g.inputs[scores] = -np.abs(g.inputs[scores])
            parts.append(g.op("Gather", g.op("Mul", g.x, float(index + 1)), row(g, scores)))
        yield g.end((g.op("Concat", *parts, axis=0), 0))
    # Two lists of labels, as long as what they are of.
    g = CountedGraph("detect_after_labels", (6, 3))
    labels = []
    for label in (3.0, 5.0):
        kept = g.op("Gather", g.x, row(g, g.input((6,))))
        count = g.op("Gather", g.op("Shape", kept), [0])
        labels.append(g.op("ConstantOfShape", count, value=helper.make_tensor("v", TensorProto.FLOAT, [1], [label])))
    numbers = g.op("Range", np.array(0), g.op("Squeeze", count, [0]), np.array(1))
    yield g.end((g.op("Add", g.op("Concat", *labels, axis=0), 1.0), 0), (g.floats(numbers), 0))
    # Updates of what is found, and only of that.
    for name in ("elements", "tuples"):
        g = CountedGraph(f"detect_after_scatter_{name}", (7, 3))
        scores = g.input((7,))
        kept = row(g, scores)
        updates = g.op("Mul", g.op("Gather", g.x, kept), 10.0)
        if name == "tuples":
            yield g.end(g.op("ScatterND", g.x, g.op("Unsqueeze", kept, [1]), updates))
        else:
            places = g.op("Expand", g.op("Unsqueeze", kept, [1]), np.array([1, 3], np.int64))
            yield g.end(g.op("ScatterElements", g.x, places, updates, axis=0))


def regions():
    for name, attributes in {
        "average": dict(output_height=3, output_width=2, sampling_ratio=2),
        "average_adaptive": dict(output_height=2, output_width=3),
        "scaled": dict(output_height=2, output_width=2, sampling_ratio=2, spatial_scale=0.5),
        "maximum": dict(output_height=3, output_width=3, sampling_ratio=2, mode="max"),
        "maximum_adaptive": dict(output_height=1, output_width=2, mode="max"),
        "whole": dict(output_height=3, output_width=2, coordinate_transformation_mode="output_half_pixel"),
        "whole_maximum": dict(output_height=2, output_width=2, mode="max", coordinate_transformation_mode="output_half_pixel"),
        "opset10": dict(output_height=2, output_width=2, sampling_ratio=3),
    }.items():
        g = CaseGraph(f"detect_regions_{name}", (2, 5, 7, 6), opset=10 if name == "opset10" else 16)
        corners = g.random.uniform(-2, 14 if name == "scaled" else 7, (6, 4)).astype(np.float32)
        # ONNX Runtime takes no region of less than nothing where cells have as many samples as pixels.
        count = 4 if "sampling_ratio" in attributes else 6
        low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
        corners[:count] = np.concatenate([low, high], 1)[:count]
        boxes = g.input((6, 4))
        g.inputs[boxes] = corners
        y = g.conv(g.x, 5, (1, 1)) if name == "average" else g.x
        y = g.op("RoiAlign", y, boxes, np.array([0, 1, 1, 0, 0, 1], np.int64), **attributes)
        g.may_be_zero = True
        yield g.end(y)


def scans():
    for name, attributes in {
        "plain": {}, "reversed": dict(scan_input_directions=[1]), "reversed_results": dict(scan_output_directions=[1]),
        "axes": dict(scan_input_axes=[1], scan_output_axes=[1]),
    }.items():
        g = CaseGraph(f"detect_scan_{name}", (4, 3) if name != "axes" else (3, 4), opset=17)
        start = g.input((3,))
        inner = helper.make_graph(
            [helper.make_node("Mul", ["state", "decay"], ["kept"]), helper.make_node("Add", ["kept", "slice"], ["next"]),
             helper.make_node("Tanh", ["next"], ["result"])],
            "body", [helper.make_tensor_value_info(n, TensorProto.FLOAT, [3]) for n in ("state", "slice")],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, [3]) for n in ("next", "result")],
            [helper.make_tensor("decay", TensorProto.FLOAT, [], [0.7])])
        yield g.end(*g.op("Scan", start, g.x, results=2, body=inner, num_scan_inputs=1, **attributes))
    g = CaseGraph("detect_scan_opset8", (2, 4, 3), opset=8)
    start = g.input((2, 3))
    inner = helper.make_graph(
        [helper.make_node("Add", ["state", "slice"], ["next"]), helper.make_node("Tanh", ["next"], ["result"])],
        "body", [helper.make_tensor_value_info(n, TensorProto.FLOAT, [3]) for n in ("state", "slice")],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [3]) for n in ("next", "result")])
    yield g.end(*g.op("Scan", None, start, g.x, results=2, body=inner, num_scan_inputs=1))
    g = CaseGraph("detect_sequence_map", (6, 3), opset=17)
    parts = g.op("SplitToSequence", g.x, np.array(2), axis=0)
    inner = helper.make_graph(
        [helper.make_node("Mul", ["part", "factor"], ["product"])], "body",
        [helper.make_tensor_value_info("part", TensorProto.FLOAT, None), helper.make_tensor_value_info("factor", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, None)])
    mapped = g.op("SequenceMap", parts, np.float32([1, 2, 3]), body=inner)
    yield g.end(g.op("ConcatFromSequence", mapped, axis=1))


def channels_last():
    """ONNX Runtime's quantised operators with channels last, as its layout optimisation writes them."""
    scale, zero = np.float32(0.05), np.array(120, np.uint8)

    def quantized(g, x):
        return g.op("QuantizeLinear", x, scale, zero)

    def real(g, x, by=0.05, zero=zero):
        return g.op("DequantizeLinear", x, np.float32(by), zero)

    for name, build in {
        "conv": lambda g, x: g.op(
            "QLinearConv", x, scale, zero, g.random.integers(-50, 50, (6, 4, 3, 3)).astype(np.int8), np.float32(0.02),
            np.array(0, np.int8), np.float32(0.1), zero, domain="com.microsoft", channels_last=1, pads=[1, 1, 1, 1]),
        "average": lambda g, x: g.op(
            "QLinearAveragePool", x, scale, zero, np.float32(0.11), zero, domain="com.microsoft", channels_last=1,
            kernel_shape=[2, 2], strides=[2, 1]),
        "global": lambda g, x: g.op(
            "QLinearGlobalAveragePool", x, scale, zero, np.float32(0.1), zero, domain="com.microsoft", channels_last=1),
        "maximum": lambda g, x: g.op("NhwcMaxPool", x, domain="com.microsoft", kernel_shape=[2, 3], strides=[1, 2]),
    }.items():
        g = Fused(f"detect_nhwc_{name}", (1, 6, 5, 4))
        yield g.end(real(g, build(g, quantized(g, g.x)), dict(maximum=0.05, average=0.11).get(name, 0.1)))
