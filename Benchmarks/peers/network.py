"""A network that is timed: its file, its work, its input and what it must answer."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime


@dataclass(frozen=True)
class Network:
    """A model with one float input and one float output. `folder` is where what was made of it is kept."""

    name: str
    model: Path
    folder: Path
    #: multiplications of convolutions and linear layers, each with its addition
    macs: int

    @property
    def input(self):
        return self.folder / "input.npy"

    @property
    def reference(self):
        """ONNX Runtime's answer, its graph optimisations disabled."""
        return self.folder / "reference.npy"


def digest(path):
    """The first 64 bits of a file's SHA-256, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def open_network(model, cache):
    """Makes the input and the reference if they are not in the cache yet."""
    folder = cache / f"{model.stem}-{digest(model)}"
    folder.mkdir(parents=True, exist_ok=True)
    network = Network(model.stem, model, folder, multiplications(model))
    if not network.reference.exists():
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        (value,) = session.get_inputs()
        assert value.type == "tensor(float)", f"{model}: its input is a {value.type}; only float is timed"
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        values = np.random.default_rng(1).standard_normal(shape, np.float32)
        (answer,) = session.run(None, {value.name: values})
        np.save(network.input, values)
        np.save(network.reference, answer)
    return network


def multiplications(model):
    graph = onnx.shape_inference.infer_shapes(onnx.load(model)).graph
    shapes = {value.name: list(value.dims) for value in graph.initializer}
    for value in [*graph.value_info, *graph.input, *graph.output]:
        shapes[value.name] = [dimension.dim_value or 1 for dimension in value.type.tensor_type.shape.dim]
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            total += np.prod(shapes[node.output[0]]) * np.prod(shapes[node.input[1]][1:])
        elif node.op_type == "ConvTranspose":
            total += np.prod(shapes[node.input[0]]) * np.prod(shapes[node.input[1]][1:])
        elif node.op_type in ("Gemm", "MatMul"):
            inner = shapes[node.input[0]][0 if any(a.name == "transA" and a.i for a in node.attribute) else -1]
            total += np.prod(shapes[node.output[0]]) * inner
    return int(total)
