"""Networks of any number of nodes, of six shapes."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

CHANNELS = 4
IMAGE = [1, CHANNELS, 8, 8]


class Network:
    """A model that grows node by node."""

    def __init__(self):
        self.random = np.random.default_rng(0)
        self.nodes = []
        self.constants = []
        self.last = "image"

    def __len__(self):
        return len(self.nodes)

    def constant(self, values, type=np.float32):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=type), name))
        return name

    def add(self, operator, *inputs, **attributes):
        """Appends a node with one output; returns its name."""
        index = len(self.nodes)
        name = f"value{index}"
        node = helper.make_node(operator, list(inputs), [name], name=f"{operator.lower()}{index}", **attributes)
        self.nodes.append(node)
        self.last = name
        return name

    def convolution(self, x, inputs=CHANNELS, groups=1, kernel=1, channels=CHANNELS):
        weights = self.random.normal(size=(channels, inputs // groups, kernel, kernel)) / (kernel * inputs / groups)
        return self.add("Conv", x, self.constant(weights), group=groups, pads=[kernel // 2] * 4)

    def normalization(self, x):
        values = [self.constant(np.full(CHANNELS, value)) for value in (0.9, 0.1, 0.05, 1.1)]
        return self.add("BatchNormalization", x, *values)

    def model(self):
        image = helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, IMAGE)
        output = helper.make_tensor_value_info(self.last, onnx.TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "scale", [image], [output], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def residual(count):
    """Residual blocks, one after the other: convolution, batch norm, ReLU, addition."""
    network = Network()
    while len(network) < count:
        x = network.last
        network.add("Add", network.add("Relu", network.normalization(network.convolution(x))), x)
    return network


def mixed(count):
    """Blocks of 23 nodes with branches: depthwise convolutions, gates, splits, concatenation, pooling, resizing, layouts."""
    network = Network()
    while len(network) < count:
        x = network.last
        left = network.add("Relu", network.normalization(network.convolution(x, groups=CHANNELS, kernel=3)))
        pooled = network.add("GlobalAveragePool", left)
        gate = network.add("Sigmoid", network.convolution(pooled))
        left = network.add("Mul", left, gate)
        small = network.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
        small = network.add("LeakyRelu", network.convolution(small), alpha=0.1)
        scales = network.constant([1, 1, 2, 2])
        right = network.add("Resize", small, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric",
                            nearest_mode="floor")
        joined = network.add("Concat", left, right, axis=1)
        first = slice_channels(network, joined, 0, CHANNELS)
        second = slice_channels(network, joined, CHANNELS, 2 * CHANNELS)
        product = network.add("Mul", network.add("Tanh", first), second)
        rows = network.add("Reshape", product, network.constant([1, CHANNELS, 64], np.int64))
        rows = network.add("Softmax", network.add("Transpose", rows, perm=[0, 2, 1]), axis=-1)
        images = network.add("Transpose", rows, perm=[0, 2, 1])
        image = network.add("Reshape", images, network.constant(IMAGE, np.int64))
        network.add("Add", network.convolution(image, kernel=3), x)
    return network


def slice_channels(network, x, begin, end):
    words = [network.constant([number], np.int64) for number in (begin, end, 1)]
    return network.add("Slice", x, *words)


def users(count):
    """One value that half of all nodes read; the rest adds up their results in a tree."""
    network = Network()
    x = network.convolution("image")
    layer = [network.convolution(x) for _ in range(count // 2)]
    while len(layer) > 1:
        pairs = [network.add("Add", a, b) for a, b in zip(layer[::2], layer[1::2])]
        layer = pairs + layer[len(layer) - len(layer) % 2:]
    return network


def concatenation(count):
    """One concatenation of all nodes' results."""
    network = Network()
    x = network.convolution("image")
    parts = [network.add("Sigmoid" if index % 2 else "Tanh", x) for index in range(count - 3)]
    network.add("ReduceMax", network.add("Concat", *parts, axis=1), axes=[1])
    return network


def nested(count):
    """Every result of the first half is read again by the second half, the last first: half of them are alive at once."""
    network = Network()
    depth = count // 3
    stack = [network.last]
    for _ in range(depth):
        stack.append(network.convolution(network.last))
    for skipped in reversed(stack[:-1]):
        network.add("Sigmoid", network.add("Mul", network.last, skipped))
    return network


def scalars(count):
    """A chain of arithmetic with constants, as exporters write activations, that nothing folds into a convolution."""
    network = Network()
    while len(network) < count:
        x = network.add("Sigmoid", network.last)
        x = network.add("Mul", x, network.constant(1.5))
        x = network.add("Add", x, network.constant(np.linspace(-1, 1, CHANNELS).reshape(1, CHANNELS, 1, 1)))
        network.add("Clip", x, network.constant(-2), network.constant(2))
    return network


SHAPES = [residual, mixed, users, concatenation, nested, scalars]
