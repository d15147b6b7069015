"""Writes one small ONNX model at a time, node by node. What all cases are built with."""

import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

#: the input of most cases
IMAGE = (1, 3, 4, 5)
SMALL_IMAGE = (1, 3, 3, 4)

#: attributes with which a 3x3 window keeps the image's size
SAME = dict(pads=[1, 1, 1, 1])

#: what torch.nn.functional.interpolate(mode="nearest") is exported with
PYTORCH_NEAREST = dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")


class CaseGraph:
    """A case in the making: every call appends a node and returns the name of its output.

    Its random numbers depend on its name alone, so a new case changes no other case's files.
    """

    def __init__(self, name, *shapes, opset=17):
        self.name = name
        self.opset = opset
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], {}, []
        self.channels = {}
        self.may_be_zero = self.may_be_nan = False
        self.initializers_are_inputs = opset < 9  # as the file format of that time required
        self.x = next(iter([self.input(shape) for shape in shapes]), None)

    def input(self, shape):
        """A graph input with normally distributed values."""
        name = f"input_{len(self.inputs)}"
        self.inputs[name] = self.normal(*shape)
        self.channels[name] = shape[1] if len(shape) > 1 else None
        return name

    def bytes(self, *shape):
        """A graph input with bytes that are all as frequent."""
        name = f"input_{len(self.inputs)}"
        self.inputs[name] = self.random.integers(0, 256, shape, np.uint8)
        self.channels[name] = shape[1]
        return name

    def constant(self, values):
        """An initializer. Python floats become float32, integers int64; arrays keep their type."""
        if not isinstance(values, np.ndarray):
            values = np.asarray(values)
            values = values.astype(np.int64 if values.dtype.kind == "i" else np.float32)
        name = f"weight_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def normal(self, *shape, scale=1):
        return np.asarray(self.random.standard_normal(shape) * scale, np.float32)

    def op(self, operator, *operands, results=1, **attributes):
        """Appends a node. An operand is the name of a value, None for one left out, or else a constant."""
        inputs = ["" if o is None else o if isinstance(o, str) else self.constant(o) for o in operands]
        index = len(self.nodes)
        outputs = [f"{index}" + (f".{i}" if results > 1 else "") for i in range(results)]
        self.nodes.append(helper.make_node(operator, inputs, outputs, f"{operator}_{index}", **attributes))
        self.channels |= {output: self.channels.get(inputs[0] if inputs else None) for output in outputs}
        return outputs[0] if results == 1 else outputs

    # Operators with weights, whose shapes follow from the channels of x.

    def conv(self, x, outputs, kernel=(3, 3), bias=False, group=1, weight=None, **attributes):
        inputs = self.channels[x] // group
        if weight is None:
            weight = self.normal(outputs, inputs, *kernel, scale=(inputs * np.prod(kernel)) ** -0.5)
        operands = [x, weight] + ([self.normal(outputs, scale=0.3)] if bias else [])
        y = self.op("Conv", *operands, kernel_shape=kernel, group=group, **attributes)
        self.channels[y] = outputs
        return y

    def transposed(self, x, outputs, kernel=(3, 3), bias=False, group=1, **attributes):
        inputs = self.channels[x]
        weight = self.normal(inputs, outputs // group, *kernel, scale=(inputs // group * np.prod(kernel)) ** -0.5)
        operands = [x, weight] + ([self.normal(outputs, scale=0.3)] if bias else [])
        y = self.op("ConvTranspose", *operands, kernel_shape=kernel, group=group, **attributes)
        self.channels[y] = outputs
        return y

    def batch_norm(self, x, variance=None, **attributes):
        """The last channel's scale is negative: where a pass may not swap two operators, that one tells."""
        count = self.channels[x]
        scale = self.random.uniform(0.5, 1.5, count)
        scale[-1] *= -1
        if variance is None:
            variance = self.random.uniform(0.3, 2, count)
        shift = self.random.uniform(0.1, 0.6, count)  # positive, or ReLU leaves little of a small image
        parameters = [scale, shift, self.normal(count, scale=0.3), np.asarray(variance)]
        return self.op("BatchNormalization", x, *[p.astype(np.float32) for p in parameters], **attributes)

    def linear(self, x, outputs, bias=True, **attributes):
        """PyTorch's linear layer: Gemm with the weights transposed."""
        inputs = self.channels[x]
        operands = [x, self.normal(outputs, inputs, scale=inputs**-0.5)] + ([self.normal(outputs)] if bias else [])
        y = self.op("Gemm", *operands, transB=1, **attributes)
        self.channels[y] = outputs
        return y

    def relu(self, x):
        return self.op("Relu", x)

    def concat(self, *values, axis=1):
        y = self.op("Concat", *values, axis=axis)
        if axis in (1, -3):
            self.channels[y] = sum(self.channels[v] for v in values)
        return y

    def slice_channels(self, x, start, end):
        y = self.op("Slice", x, [start], [end], [1])
        self.channels[y] = end - start
        return y

    def split(self, x, *sizes, **attributes):
        """Into parts of these many channels."""
        parts = self.op("Split", x, list(sizes), results=len(sizes), axis=1, **attributes)
        self.channels |= dict(zip(parts, sizes))
        return parts

    def flatten(self, x, features):
        y = self.op("Flatten", x, axis=1)
        self.channels[y] = features
        return y

    # The files.

    def end(self, *outputs):
        self.outputs = outputs
        return self

    def model(self, shapes):
        def info(name, shape, dtype=np.dtype(np.float32)):
            return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(dtype), shape)

        inputs = [info(name, values.shape, values.dtype) for name, values in self.inputs.items()]
        if self.initializers_are_inputs:
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.initializers]
        outputs = [info(name, shape) for name, shape in zip(self.outputs, shapes)]
        return helper.make_model(
            helper.make_graph(self.nodes, self.name, inputs, outputs, self.initializers),
            opset_imports=[helper.make_opsetid("", self.opset)],
            ir_version=3 if self.opset < 9 else 8 if self.opset < 21 else 10,
        )

    def run(self):
        """ONNX Runtime's answers, computed node by node as the model says."""
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        model = self.model([None] * len(self.outputs)).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        return session.run(None, self.inputs)

    def answered_by(self, twin):
        """Takes the answers of a case with the same name, and so the same numbers, written for a version 7 or later.

        ONNX Runtime knows no earlier one.
        """
        self.run = twin.run
        return self

    def answered_with(self, *answers):
        """Takes these answers, where ONNX Runtime's are not what ONNX says."""
        self.run = lambda: answers
        return self

    def write(self, folder):
        """NAME.onnx, NAME.input_0.npy …, NAME.output_0.npy …"""
        answers = self.run()
        assert self.may_be_nan or all(np.isfinite(a).all() for a in answers), f"{self.name} is not finite"
        assert self.may_be_zero or all(np.mean(a != 0) > 0.2 for a in answers), f"{self.name} is zero nearly everywhere"
        model = self.model([a.shape for a in answers])
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{self.name}.onnx")
        for kind, arrays in (("input", self.inputs.values()), ("output", answers)):
            for index, array in enumerate(arrays):
                np.save(folder / f"{self.name}.{kind}_{index}.npy", array)
