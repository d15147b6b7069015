"""Networks of convolutions one after the other."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def chain(length, channels=64, size=56):
    """`length` 3x3 convolutions with ReLU, of as many channels in as out, each image as large as the input."""
    random = np.random.default_rng(1)
    nodes, constants, value = [], [], "x"
    for index in range(length):
        weight = random.standard_normal((channels, channels, 3, 3)).astype(np.float32) / np.float32(3 * channels**0.5)
        bias = random.standard_normal(channels).astype(np.float32)
        constants += [numpy_helper.from_array(weight, f"weight_{index}"), numpy_helper.from_array(bias, f"bias_{index}")]
        nodes.append(helper.make_node("Conv", [value, f"weight_{index}", f"bias_{index}"], [f"sum_{index}"], pads=[1] * 4))
        value = "y" if index == length - 1 else f"value_{index}"
        nodes.append(helper.make_node("Relu", [f"sum_{index}"], [value]))
    shape = [1, channels, size, size]
    ends = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)] for name in ("x", "y")]
    graph = helper.make_graph(nodes, "chain", *ends, constants)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
