"""Models that Kiln refuses, whose answers nobody needs."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: a domain whose operators nobody knows
UNKNOWN = "org.example"


class RefusedModel:
    """A model in the making: every call appends a node and returns the name of its first output."""

    def __init__(self, name, inputs, kind=TensorProto.FLOAT):
        self.name = name
        self.kind = kind
        self.random = np.random.default_rng(len(name))
        self.inputs = [helper.make_tensor_value_info(n, kind, shape) for n, shape in inputs.items()]
        self.nodes, self.initializers, self.functions = [], [], []

    def weight(self, *shape):
        values = self.random.standard_normal(shape).astype(helper.tensor_dtype_to_np_dtype(self.kind))
        self.initializers.append(numpy_helper.from_array(values, f"w{len(self.initializers)}"))
        return self.initializers[-1].name

    def constant_integers(self, *values):
        self.initializers.append(numpy_helper.from_array(np.array(values, np.int64), f"w{len(self.initializers)}"))
        return self.initializers[-1].name

    def op(self, operator, *inputs, domain="", name=None, **attributes):
        outputs = [name or f"{operator.lower()}{len(self.nodes)}"]
        node = helper.make_node(operator, inputs, outputs, f"/{outputs[0]}/{operator}", domain=domain, **attributes)
        self.nodes.append(node)
        return outputs[0]

    def model(self, **outputs):
        """With these outputs, float32 of some rank."""
        infos = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * rank) for n, rank in outputs.items()]
        domains = [helper.make_opsetid("", 18), helper.make_opsetid(UNKNOWN, 1)]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, infos, self.initializers)
        return helper.make_model(graph, opset_imports=domains, functions=self.functions, ir_version=8)


def detector():
    """Features, boxes and scores; then an operator that has no kernel for its type, and one that nobody knows, whose result is of
    unknown shape."""
    m = RefusedModel("detector", {"image": [1, 3, 8, 8]})
    features = m.op("Relu", m.op("Conv", "image", m.weight(4, 3, 3, 3)), name="features")
    heads = m.op("Reshape", m.op("Conv", features, m.weight(6, 4, 1, 1)), m.constant_integers(1, 6, 36))
    boxes = m.op("Slice", heads, *[m.constant_integers(n) for n in (0, 4, 1)], name="boxes")
    scores = m.op("Sigmoid", m.op("Slice", heads, *[m.constant_integers(n) for n in (4, 6, 1)]), name="scores")
    exact = m.op("Exp", m.op("Cast", scores, name="wide", to=TensorProto.DOUBLE), name="exact")
    angles = m.op("Cast", exact, name="angles", to=TensorProto.FLOAT)
    kept = m.op("Decode", boxes, angles, domain=UNKNOWN)
    m.op("Relu", m.op("Transpose", kept), name="detections")
    return m.model(features=4, detections=2)


def double():
    """float64 between conversions from and to float32."""
    m = RefusedModel("double", {"image": [1, 2, 4, 4]}, TensorProto.DOUBLE)
    m.inputs[0].type.tensor_type.elem_type = TensorProto.FLOAT
    x = m.op("Cast", "image", to=TensorProto.DOUBLE)
    x = m.op("Relu", m.op("Conv", x, m.weight(3, 2, 3, 3), m.weight(3)))
    m.op("Cast", x, to=TensorProto.FLOAT, name="result")
    return m.model(result=4)


def loop():
    """A loop of unknown length, in whose body an operator that nobody knows reads a value from outside."""
    m = RefusedModel("loop", {"image": [1, 2, 4, 4], "count": []})
    m.inputs[1].type.tensor_type.elem_type = TensorProto.INT64
    outside = m.op("Conv", "image", m.weight(2, 2, 1, 1), name="outside")
    state = m.op("Relu", "image", name="state")
    state_type = helper.make_tensor_type_proto(TensorProto.FLOAT, [1, 2, 4, 4])
    scalar_type = helper.make_tensor_type_proto(TensorProto.BOOL, [])
    body = helper.make_graph(
        [
            helper.make_node("Mystery", ["before", outside], ["after"], "mystery", domain=UNKNOWN),
            helper.make_node("Identity", ["go_on"], ["goes_on"], "identity"),
        ],
        "body",
        [
            helper.make_tensor_value_info("index", TensorProto.INT64, []),
            helper.make_value_info("go_on", scalar_type),
            helper.make_value_info("before", state_type),
        ],
        [helper.make_value_info("goes_on", scalar_type), helper.make_value_info("after", state_type)],
    )
    m.op("Loop", "count", "", state, name="result", body=body)
    return m.model(result=4)


def function():
    """A function of the model's own, behind whose convolution is something that nobody knows."""
    m = RefusedModel("function", {"image": [1, 2, 4, 4]})
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(UNKNOWN, 1)]
    body = [
        helper.make_node("Conv", ["x", "w"], ["inner"], "conv"),
        helper.make_node("Mystery", ["inner"], ["y"], "mystery", domain=UNKNOWN),
    ]
    m.functions.append(helper.make_function(UNKNOWN, "Block", ["x", "w"], ["y"], body, opsets))
    stem = m.op("Relu", m.op("Conv", "image", m.weight(2, 2, 1, 1)), name="stem")
    m.op("Block", stem, m.weight(2, 2, 1, 1), domain=UNKNOWN, name="result")
    return m.model(result=4)


def open_shape():
    """An image of any size, and a constant among the inputs."""
    m = RefusedModel("open_shape", {"image": [1, 3, "height", "width"], "w0": [2, 3, 3, 3]})
    m.op("Conv", "image", m.weight(2, 3, 3, 3), name="result")
    return m.model(result=4)


def refused(folder):
    """Writes them into a folder."""
    for make in (detector, double, loop, function, open_shape):
        model = make()
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{make.__name__}.onnx")
