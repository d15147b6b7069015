"""Ways to write the same network down."""

import numpy as np
from onnx import numpy_helper

from .graph import IMAGE, CaseGraph


def files():
    """Ways to write the same network down."""
    g = CaseGraph("file_weights_are_inputs", IMAGE)
    g.initializers_are_inputs = True
    yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, bias=True))))
    g = CaseGraph("file_weights_of_constant_nodes", IMAGE)
    weight = g.op("Constant", value=numpy_helper.from_array(g.normal(2, 3, 3, 3)))
    yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, weight=weight))))
    g = CaseGraph("file_weights_of_identity", IMAGE)
    weight = g.op("Identity", g.op("Identity", g.normal(2, 3, 3, 3)))
    yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, weight=weight))))
    g = CaseGraph("file_weights_computed", IMAGE)
    weight = g.op("Mul", g.op("Transpose", g.normal(3, 3, 3, 2), perm=[3, 2, 0, 1]), g.normal(2, 1, 1, 1))
    yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, weight=weight))))
    for kind in (np.float16, np.float64):
        g = CaseGraph(f"file_weights_cast_from_{kind.__name__}", IMAGE)
        weight = g.op("Cast", g.normal(2, 3, 3, 3).astype(kind), to=1)
        yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, weight=weight))))
    g = CaseGraph("file_weights_dequantized", IMAGE)
    integers = g.random.integers(-127, 128, (2, 3, 3, 3)).astype(np.int8)
    scales = np.abs(g.normal(2)) / 64 + np.float32(0.001)
    weight = g.op("DequantizeLinear", integers, scales, np.zeros(2, np.int8), axis=0)
    yield g.end(g.relu(g.batch_norm(g.conv(g.x, 2, weight=weight))))
    g = CaseGraph("file_dropout", IMAGE)
    y = g.op("Dropout", g.relu(g.conv(g.x, 2)), np.float32(0.5))
    yield g.end(g.conv(g.op("Identity", y), 3, (2, 2)))
    g = CaseGraph("file_several_outputs", IMAGE)
    a = g.op("Tanh", g.conv(g.x, 2))
    b = g.op("Tanh", g.conv(a, 3, (2, 2)))
    yield g.end(b, a, g.op("GlobalAveragePool", b))
    g = CaseGraph("file_unused_node", IMAGE)
    g.op("Tanh", g.conv(g.x, 5))
    yield g.end(g.relu(g.conv(g.x, 2)))
    g = CaseGraph("file_unused_input", IMAGE, (1, 2))
    yield g.end(g.relu(g.conv(g.x, 2)))
    g = CaseGraph("file_unnamed_nodes", IMAGE)
    y = g.relu(g.batch_norm(g.conv(g.x, 2)))
    for node in g.nodes:
        node.ClearField("name")
    yield g.end(y)
    g = CaseGraph("file_no_kernel_shape", IMAGE)  # it then follows from the weights
    yield g.end(g.relu(g.batch_norm(g.op("Conv", g.x, g.normal(3, 3, 3, 2)))))
    g = CaseGraph("file_input_is_output", IMAGE)
    yield g.end(g.op("Identity", g.x), g.relu(g.x))


def opsets():
    """One network in seven versions of the operator set, written as each version has it."""

    def network(name, opset):
        g = CaseGraph(name, IMAGE, opset=opset)
        inference = dict(is_test=1) if opset == 6 else {}
        y = g.relu(g.batch_norm(g.conv(g.x, 4, bias=True), **inference))
        bounds = (0.1, 1.0)
        y = g.op("Clip", y, min=bounds[0], max=bounds[1]) if opset < 11 else g.op("Clip", y, *np.float32(bounds))
        y = g.op("Dropout", y, **inference)
        return g.end(g.op("Softmax", g.op("Reshape", y, [1, -1]), axis=1))

    for opset in (7, 9, 11, 13, 17, 21):
        yield network(f"opset_{opset}", opset)
    yield network("opset_6", 6).answered_by(network("opset_6", 7))
