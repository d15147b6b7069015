"""Writes an ONNX model as a PyTorch module: the way into PyTorch, and through it into ncnn and LiteRT.

It knows the operators of the networks that are timed, in the form in which PyTorch exports them, and refuses others.
"""

import operator

import onnx
import onnxslim
import torch
from onnx import numpy_helper
from torch import fx, nn
from torch.nn import functional as F


def load(path):
    """The model as a module in evaluation mode, of one input and one output. Raises ValueError on what it doesn't know."""
    model = onnx.load(path)
    # What shapes are computed into is constant here.
    if any(node.op_type == "Shape" for node in model.graph.node):
        model = onnxslim.slim(model)
    return Reader(model.graph).module


class Reader:
    def __init__(self, graph):
        self.constants = {value.name: tensor(value) for value in graph.initializer}
        self.root = nn.Module()
        self.graph = fx.Graph()
        self.values = {}
        self.attributes = {}
        (image,) = (value.name for value in graph.input if value.name not in self.constants)
        self.values[image] = self.graph.placeholder("image")
        for index, node in enumerate(graph.node):
            self.name = f"layer{index}"
            read = getattr(self, f"read_{node.op_type}", None)
            if not read:
                raise ValueError(f"no conversion of the operator {node.op_type}")
            attributes = {value.name: onnx.helper.get_attribute_value(value) for value in node.attribute}
            read(node, attributes)
        (output,) = graph.output
        self.graph.output(self.values[output.name])
        self.module = fx.GraphModule(self.root, self.graph).eval()

    def add_module(self, node, module):
        self.root.add_module(self.name, module)
        self.values[node.output[0]] = self.graph.call_module(self.name, (self.values[node.input[0]],))

    def add_call(self, node, function, *more, **options):
        self.values[node.output[0]] = self.graph.call_function(function, (self.values[node.input[0]], *more), options)

    def read_Constant(self, node, attributes):
        self.constants[node.output[0]] = tensor(attributes["value"])

    def read_Identity(self, node, attributes):
        """What a model that uses one constant twice names it the second time."""
        known = self.constants if node.input[0] in self.constants else self.values
        known[node.output[0]] = known[node.input[0]]

    def read_Conv(self, node, attributes):
        weight, *bias = (self.constants[name] for name in node.input[1:])
        kernel, groups = attributes["kernel_shape"], attributes.get("group", 1)
        layer = nn.Conv2d(
            weight.shape[1] * groups, weight.shape[0], kernel, attributes.get("strides", 1), padding(attributes),
            attributes.get("dilations", 1), groups, bias=bool(bias),
        )
        layer.weight.data = weight
        if bias:
            layer.bias.data = bias[0]
        self.add_module(node, layer)

    def read_BatchNormalization(self, node, attributes):
        scale, offset, mean, variance = (self.constants[name] for name in node.input[1:])
        layer = nn.BatchNorm2d(len(scale), eps=attributes.get("epsilon", 1e-5))
        layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var = scale, offset, mean, variance
        self.add_module(node, layer)

    def read_Gemm(self, node, attributes):
        weight, bias = (self.constants[name] for name in node.input[1:])
        if attributes.get("alpha", 1) != 1 or attributes.get("beta", 1) != 1 or attributes.get("transA", 0):
            raise ValueError(f"{node.name}: a Gemm that is not a linear layer")
        weight = weight if attributes.get("transB", 0) else weight.T.contiguous()
        layer = nn.Linear(*reversed(weight.shape))
        layer.weight.data, layer.bias.data = weight, bias
        self.add_module(node, layer)

    def read_Relu(self, node, attributes):
        self.add_module(node, nn.ReLU())

    def read_Sigmoid(self, node, attributes):
        self.add_module(node, nn.Sigmoid())

    def read_HardSwish(self, node, attributes):
        self.add_module(node, nn.Hardswish())

    def read_HardSigmoid(self, node, attributes):
        if abs(attributes.get("alpha", 0.2) - 1 / 6) > 1e-6 or attributes.get("beta", 0.5) != 0.5:
            raise ValueError(f"{node.name}: a HardSigmoid that is not PyTorch's")
        self.add_module(node, nn.Hardsigmoid())

    def read_Clip(self, node, attributes):
        low, high = (float(self.constants[name]) for name in node.input[1:])
        self.add_module(node, nn.ReLU6() if (low, high) == (0, 6) else nn.Hardtanh(low, high))

    def operand(self, name):
        """A value, or a constant as a number or as one of the module's tensors."""
        if name not in self.constants:
            return self.values[name]
        constant = self.constants[name]
        if constant.numel() == 1:
            return constant.item()
        if name not in self.attributes:
            self.attributes[name] = f"constant{len(self.attributes)}"
            self.root.register_buffer(self.attributes[name], constant)
        return self.graph.get_attr(self.attributes[name])

    def add_binary(self, node, function):
        operands = tuple(self.operand(name) for name in node.input)
        self.values[node.output[0]] = self.graph.call_function(function, operands)

    def read_Add(self, node, attributes):
        self.add_binary(node, operator.add)

    def read_Sub(self, node, attributes):
        self.add_binary(node, operator.sub)

    def read_Mul(self, node, attributes):
        self.add_binary(node, operator.mul)

    def read_Div(self, node, attributes):
        self.add_binary(node, operator.truediv)

    def read_Softmax(self, node, attributes):
        self.add_call(node, F.softmax, dim=attributes.get("axis", -1))

    def read_ReduceSum(self, node, attributes):
        axes = self.constants[node.input[1]].tolist()
        self.add_call(node, torch.sum, dim=axes, keepdim=bool(attributes.get("keepdims", 1)))

    def read_Reshape(self, node, attributes):
        shape = self.constants[node.input[1]].tolist()
        if 0 in shape:
            raise ValueError(f"{node.name}: a reshape to an extent of 0")
        self.add_call(node, torch.reshape, tuple(shape))

    def read_Transpose(self, node, attributes):
        self.add_call(node, torch.permute, tuple(attributes["perm"]))

    def read_Slice(self, node, attributes):
        starts, ends, axes, *steps = (self.constants[name].tolist() for name in node.input[1:])
        if len(axes) != 1 or steps not in ([], [[1]]):
            raise ValueError(f"{node.name}: a slice of several axes, or in steps")
        before = (slice(None),) * axes[0]
        self.add_call(node, operator.getitem, (*before, slice(starts[0], ends[0])))

    def read_Concat(self, node, attributes):
        parts = [self.values[name] for name in node.input]
        self.values[node.output[0]] = self.graph.call_function(torch.cat, (parts, attributes["axis"]))

    def read_MaxPool(self, node, attributes):
        if attributes.get("ceil_mode", 0):
            raise ValueError(f"{node.name}: a pool that rounds up")
        options = dict(stride=attributes.get("strides", 1), padding=padding(attributes))
        self.add_call(node, F.max_pool2d, attributes["kernel_shape"], **options)

    def read_GlobalAveragePool(self, node, attributes):
        self.add_module(node, nn.AdaptiveAvgPool2d(1))

    def read_Flatten(self, node, attributes):
        self.add_module(node, nn.Flatten(attributes.get("axis", 1)))

    def read_Resize(self, node, attributes):
        scales = self.constants[node.input[2]].tolist() if len(node.input) > 2 and node.input[2] else []
        if attributes.get("mode") != b"nearest" or scales[:2] != [1, 1]:
            raise ValueError(f"{node.name}: a resize that is not to the nearest pixel by constant scales")
        self.add_call(node, F.interpolate, scale_factor=tuple(scales[2:]), mode="nearest")


def tensor(value):
    return torch.from_numpy(numpy_helper.to_array(value).copy())


def padding(attributes):
    """PyTorch's padding, which is the same on both sides."""
    pads = attributes.get("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:] or attributes.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise ValueError("a padding that differs between sides")
    return pads[:2]
