"""A network that is timed: its file, its work, its input and what it must answer."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime


#: how many inputs ranges are found from, and on how many others answers in int8 are compared with those in float32
CALIBRATION, FRESH = 32, 8


@dataclass(frozen=True)
class Network:
    """A model with one float input and one float output. `folder` is where what was made of it is kept."""

    name: str
    model: Path
    folder: Path
    #: multiplications of convolutions and linear layers, each with its addition
    macs: int
    #: what the contenders are to compute in: float32, or int8 where their tools put it
    precision: str = "float32"

    @property
    def input(self):
        return self.folder / "input.npy"

    @property
    def reference(self):
        """ONNX Runtime's answer, its graph optimisations disabled."""
        return self.folder / "reference.npy"

    @property
    def calibration(self):
        """A folder of inputs, for what quantises."""
        return self.folder / f"calibration-{CALIBRATION}"

    @property
    def fresh(self):
        """Inputs that nobody was calibrated on."""
        return self.folder / f"fresh-{FRESH}.npy"

    @property
    def fresh_references(self):
        """The answers to them, as `reference` is."""
        return self.folder / f"fresh-{FRESH}-references.npy"


def digest(path):
    """The first 64 bits of a file's SHA-256, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def open_network(model, cache, precision="float32"):
    """Makes the inputs and the references if they are not in the cache yet."""
    folder = cache / f"{model.stem}-{digest(model)}"
    folder.mkdir(parents=True, exist_ok=True)
    network = Network(model.stem, model, folder, multiplications(model), precision)
    if not network.reference.exists():
        (values,), (answer,) = answered(model, seed=1, count=1)
        np.save(network.input, values)
        np.save(network.reference, answer)
    if precision == "int8" and not network.fresh_references.exists():
        network.calibration.mkdir(exist_ok=True)
        for index, values in enumerate(inputs(reference_session(model), seed=2, count=CALIBRATION)):
            np.save(network.calibration / f"{index:03}.npy", values)
        values, answers = answered(model, seed=3, count=FRESH)
        np.save(network.fresh, values)
        np.save(network.fresh_references, answers)
    return network


def answered(model, seed, count):
    """So many inputs, and what ONNX Runtime answers to them without its optimisations."""
    session = reference_session(model)
    values = inputs(session, seed, count)
    return values, [session.run(None, {session.get_inputs()[0].name: image})[0] for image in values]


def inputs(session, seed, count):
    """Normal numbers, from which make_networks.py has the statistics of batch norms too."""
    (value,) = session.get_inputs()
    shape = [size if isinstance(size, int) else 1 for size in value.shape]
    generator = np.random.default_rng(seed)
    return [generator.standard_normal(shape, np.float32) for _ in range(count)]


def reference_session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (value,) = session.get_inputs()
    assert value.type == "tensor(float)", f"{model}: its input is a {value.type}; only float is timed"
    return session


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
