"""The distinct convolutions of networks, and one network that holds each of them once."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference


@dataclass(frozen=True)
class Layer:
    """A convolution as it is compiled, whatever its weights are. Pads are top, left, bottom, right."""

    inputs: int
    channels: int
    kernel: tuple
    strides: tuple
    dilations: tuple
    pads: tuple
    groups: int
    size: tuple
    activation: str
    has_addend: bool

    @property
    def output_size(self):
        return tuple(
            (self.size[a] + self.pads[a] + self.pads[a + 2] - self.dilations[a] * (self.kernel[a] - 1) - 1)
            // self.strides[a] + 1
            for a in range(2)
        )

    @property
    def products(self):
        """Multiply-accumulates of one inference."""
        rows, columns = self.output_size
        return rows * columns * self.channels * self.inputs // self.groups * self.kernel[0] * self.kernel[1]

    @property
    def is_depthwise(self):
        return self.groups == self.inputs and self.groups > 1

    @property
    def name(self):
        text = f"{self.kernel[0]}x{self.kernel[1]}"
        if self.strides != (1, 1):
            text += f" s{self.strides[0]}"
        text += f" {self.inputs}->{self.channels}" if self.groups == 1 else f" depthwise {self.channels}"
        text += f" {self.size[0]}x{self.size[1]}"
        return text + (" add" if self.has_addend else "") + (f" {self.activation}" if self.activation else "")


def layers_of(path):
    """The convolutions of a model file, each with how often it occurs."""
    model = shape_inference.infer_shapes(onnx.load(path))
    graph = model.graph
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in [*graph.value_info, *graph.input]}
    weights = {i.name: list(i.dims) for i in graph.initializer}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found = Counter()
    seen_addends = set()
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        weight = weights[node.input[1]]
        value, addend, activation = node.output[0], False, ""
        next_node = only(users.get(value, []))
        # The compiler gives the sum to one of its two convolutions.
        if next_node is not None and next_node.op_type == "Add" and next_node.name not in seen_addends:
            seen_addends.add(next_node.name)
            addend, value = True, next_node.output[0]
            following = users.get(value, [])
            next_node = next((n for n in following if n.op_type == "Relu"), None)
        if next_node is not None and next_node.op_type in ("Relu", "Clip"):
            activation = next_node.op_type.lower()
        found[Layer(
            weight[1] * attributes.get("group", 1), weight[0], tuple(weight[2:]), tuple(attributes.get("strides", [1, 1])),
            tuple(attributes.get("dilations", [1, 1])), tuple(attributes.get("pads", [0] * 4)), attributes.get("group", 1),
            tuple(shapes[node.input[0]][2:]), activation, addend)] += 1
    return found


def only(items):
    return items[0] if len(items) == 1 else None


def network(layers):
    """A network that computes every layer once: `layer_I`, from an image that a small convolution before it makes, so
    that the image is as near in the caches as in a network, and into a buffer that an average reads."""
    random = np.random.default_rng(1)
    edge = max(max(layer.size) for layer in layers)
    nodes, constants, means = [], [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def image(name, channels, size):
        crop = add("Slice", ["x", constant(f"{name}_begin", np.array([0, 0])), constant(f"{name}_end", np.array(size)),
                             constant(f"{name}_axes", np.array([2, 3]))], f"{name}_crop")
        weight = constant(f"{name}_weight", random.uniform(0, 1, (channels, 1, 1, 1)).astype(np.float32))
        return add("Relu", [add("Conv", [crop, weight], f"{name}_conv")], name)

    for index, layer in enumerate(layers):
        shape = (layer.channels, layer.inputs // layer.groups, *layer.kernel)
        weight = constant(f"weight_{index}", (random.standard_normal(shape) / np.prod(shape[1:]) ** 0.5).astype(np.float32))
        bias = constant(f"bias_{index}", random.standard_normal(layer.channels).astype(np.float32))
        addend = image(f"addend_{index}", layer.channels, layer.output_size) if layer.has_addend else None
        value = add(
            "Conv", [image(f"image_{index}", layer.inputs, layer.size), weight, bias], f"layer_{index}",
            strides=layer.strides, dilations=layer.dilations, pads=layer.pads, group=layer.groups)
        if addend:
            value = add("Add", [value, addend], f"sum_{index}")
        if layer.activation == "relu":
            value = add("Relu", [value], f"activation_{index}")
        elif layer.activation == "clip":
            bounds = [constant(f"low_{index}", np.float32(0)), constant(f"high_{index}", np.float32(6))]
            value = add("Clip", [value, *bounds], f"activation_{index}")
        means.append(add("ReduceMean", [value], f"mean_{index}", axes=[1, 2, 3]))
    add("Concat", means, "means", axis=1)
    output = helper.make_tensor_value_info("means", TensorProto.FLOAT, [1, len(layers), 1, 1])
    image_input = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, edge, edge])
    graph = helper.make_graph(nodes, "layers", [image_input], [output], constants)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
