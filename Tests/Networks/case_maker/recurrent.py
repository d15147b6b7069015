"""Recurrent layers: every cell, direction, activation and option, and what PyTorch's exporters write."""

import io

import numpy as np
import onnx

from .graph import CaseGraph

GATES = dict(LSTM=4, GRU=3, RNN=1)
FUNCTIONS = dict(LSTM=["Sigmoid", "Tanh", "Tanh"], GRU=["Sigmoid", "Tanh"], RNN=["Tanh"])


def recurrents():
    yield from directions()
    yield from options()
    yield from activations()
    yield from around()
    yield from exported()


def layer(g, kind, x, inputs, units, rows, direction="forward", bias=True, initial=False, peepholes=False,
          lengths=None, computed=False, **attributes):
    """A recurrent layer with random weights; gives all its results."""
    count, gates = 2 if direction == "bidirectional" else 1, GATES[kind]

    def weight(*shape):
        if not computed:
            return g.normal(*shape, scale=0.5)
        name = g.input(shape)
        g.inputs[name] *= np.float32(0.5)
        return name

    operands = [x, weight(count, gates * units, inputs), weight(count, gates * units, units)]
    operands.append(weight(count, 2 * gates * units) if bias else None)
    operands.append(None if lengths is None else np.array(lengths, np.int32))
    shape = (rows, count, units) if attributes.get("layout") else (count, rows, units)
    states = 2 if kind == "LSTM" else 1
    operands += [g.input(shape) if initial == "input" else g.normal(*shape) if initial else None for _ in range(states)]
    if peepholes:
        operands.append(weight(count, 3 * units))
    while operands[-1] is None:
        operands.pop()
    return g.op(kind, *operands, results=1 + states, hidden_size=units, direction=direction, **attributes)


def directions():
    for kind in GATES:
        for direction in ("forward", "reverse", "bidirectional"):
            for steps, rows, units, initial in ((5, 3, 7, "input"), (1, 1, 5, False), (4, 2, 33, False), (6, 1, 64, True)):
                g = CaseGraph(f"recurrent_{kind}_{direction}_{steps}_{rows}_{units}", (steps, rows, 6), opset=14)
                yield g.end(*layer(g, kind, g.x, 6, units, rows, direction, initial=initial))
        for opset in (7, 14, 22):
            g = CaseGraph(f"recurrent_{kind}_opset{opset}", (3, 2, 4), opset=opset)
            yield g.end(*layer(g, kind, g.x, 4, 9, 2))
        # ONNX Runtime has no rows first; the answers are those of the same layer between transpositions.
        for direction in ("forward", "bidirectional"):
            name = f"recurrent_{kind}_{direction}_rows_first"
            g = CaseGraph(name, (3, 5, 4), opset=14)
            results = layer(g, kind, g.x, 4, 6, 3, direction, initial=True, layout=1)
            yield g.end(*results).answered_by(steps_first(g, kind, direction))


def steps_first(g, kind, direction):
    """The case with its rows second inside: the same numbers, transposed."""
    twin = CaseGraph(g.name, (3, 5, 4), opset=14)
    twin.inputs = g.inputs
    x = twin.op("Transpose", twin.x, perm=[1, 0, 2])
    by_name = {t.name: onnx.numpy_helper.to_array(t) for t in g.initializers}
    node = g.nodes[-1]
    operands = [x] + [by_name[name] if name else None for name in node.input[1:]]
    operands[5:7] = [operand.transpose(1, 0, 2).copy() for operand in operands[5:7]]
    results = twin.op(
        kind, *operands, results=len(node.output), hidden_size=6, direction=direction,
        **({"linear_before_reset": 1} if any(a.name == "linear_before_reset" for a in node.attribute) else {}))
    states = twin.op("Transpose", results[0], perm=[2, 0, 1, 3])
    return twin.end(states, *[twin.op("Transpose", result, perm=[1, 0, 2]) for result in results[1:]])


def options():
    for name, kind, attributes in [
        ("peepholes", "LSTM", dict(peepholes=True, initial=True)),
        ("peepholes_bidirectional", "LSTM", dict(peepholes=True, direction="bidirectional")),
        ("input_forget", "LSTM", dict(input_forget=1, initial=True)),
        ("clip", "LSTM", dict(clip=0.4, initial=True)),
        ("clip", "GRU", dict(clip=0.4, initial=True)),
        ("clip_before_reset", "GRU", dict(clip=0.4, linear_before_reset=1)),
        ("clip", "RNN", dict(clip=0.4)),
        ("linear_before_reset", "GRU", dict(linear_before_reset=1, initial="input")),
        ("linear_before_reset_reverse", "GRU", dict(linear_before_reset=1, direction="reverse")),
        ("linear_before_reset_both", "GRU", dict(linear_before_reset=1, direction="bidirectional")),
        ("without_bias", "LSTM", dict(bias=False)),
        ("without_bias", "GRU", dict(bias=False)),
        ("linear_before_reset_without_bias", "GRU", dict(bias=False, linear_before_reset=1)),
        ("without_bias", "RNN", dict(bias=False)),
        ("all_lengths", "LSTM", dict(lengths=[5, 5, 5])),
        ("shorter_lengths", "GRU", dict(lengths=[3, 3, 3], initial="input")),
        ("lengths", "LSTM", dict(lengths=[2, 5, 4], initial="input")),
        ("lengths_reverse", "LSTM", dict(lengths=[2, 5, 5], direction="reverse")),
        ("lengths_bidirectional", "GRU", dict(lengths=[5, 3, 1], direction="bidirectional", initial=True)),
        ("lengths", "RNN", dict(lengths=[1, 2, 3], direction="bidirectional")),
        ("computed", "LSTM", dict(computed=True, peepholes=True, initial="input", direction="bidirectional")),
        ("computed", "GRU", dict(computed=True)),
        ("computed_linear_before_reset", "GRU", dict(computed=True, linear_before_reset=1)),
        ("computed", "RNN", dict(computed=True)),
    ]:
        g = CaseGraph(f"recurrent_{kind}_{name}", (5, 3, 4), opset=14)
        yield g.end(*layer(g, kind, g.x, 4, 19, 3, **attributes))
    g = CaseGraph("recurrent_LSTM_computed_wide", (3, 2, 4), opset=14)
    yield g.end(*layer(g, "LSTM", g.x, 4, 64, 2, computed=True))
    for kind in GATES:
        g = CaseGraph(f"recurrent_{kind}_last_only", (5, 2, 4), opset=14)
        yield g.end(layer(g, kind, g.x, 4, 10, 2, "bidirectional")[1])
        g = CaseGraph(f"recurrent_{kind}_states_only", (5, 2, 4), opset=14)
        yield g.end(layer(g, kind, g.x, 4, 10, 2, "reverse")[0])


def activations():
    for name, functions, alphas, betas in [
        ("plain", ["Relu", "Softsign", "Softplus"], None, None),
        ("defaults", ["HardSigmoid", "LeakyRelu", "Elu"], None, None),
        ("parameters", ["HardSigmoid", "LeakyRelu", "Elu"], [0.3, 0.2, 0.7], [0.4]),
        ("sparse_parameters", ["Sigmoid", "LeakyRelu", "HardSigmoid"], [0.2, 0.3], [0.6]),
        ("thresholded", ["Sigmoid", "ThresholdedRelu", "Tanh"], [0.3], None),
        ("scaled", ["HardSigmoid", "ScaledTanh", "Affine"], [0.3, 0.8, 0.5], [0.4, 0.9, 0.1]),
    ]:
        for kind in GATES:
            count = len(FUNCTIONS[kind])
            used = functions[:count] if kind != "RNN" else functions[1:2]
            attributes = {}
            skipped = 1 if kind == "RNN" and alphas and functions[0] == "HardSigmoid" else 0
            if alphas:
                attributes["activation_alpha"] = alphas[skipped:]
            if betas and betas[skipped:]:
                attributes["activation_beta"] = betas[skipped:]
            g = CaseGraph(f"recurrent_{kind}_activations_{name}", (4, 2, 3), opset=14)
            yield g.end(*layer(g, kind, g.x, 3, 8, 2, activations=used, **attributes))
    g = CaseGraph("recurrent_LSTM_activations_bidirectional", (4, 2, 3), opset=14)
    yield g.end(*layer(
        g, "LSTM", g.x, 3, 8, 2, "bidirectional", activation_alpha=[0.3, 0.25], activation_beta=[0.4, 0.45],
        activations=["HardSigmoid", "Tanh", "Tanh", "HardSigmoid", "Relu", "Softsign"]))


def around():
    """A layer after what folds into its input's product, and several after each other."""
    g = CaseGraph("recurrent_after_convolution", (2, 3, 4, 9), opset=14)
    y = g.relu(g.batch_norm(g.conv(g.x, 5, (4, 3), pads=[0, 1, 0, 1])))
    y = g.op("Transpose", g.op("Squeeze", y, [2]), perm=[2, 0, 1])
    y = layer(g, "LSTM", y, 5, 8, 2, "bidirectional")[0]
    y = g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 1, 3]), [0, 0, -1])
    y = layer(g, "GRU", y, 16, 6, 2, "bidirectional", linear_before_reset=1)[0]
    y = g.op("Reshape", g.op("Transpose", y, perm=[0, 2, 1, 3]), [0, 0, -1])
    yield g.end(g.op("LogSoftmax", g.op("Add", g.op("MatMul", y, g.normal(12, 5)), g.normal(5)), axis=2))
    g = CaseGraph("recurrent_shared_weights", (4, 2, 3), opset=14)
    y = layer(g, "RNN", g.x, 3, 3, 2)[0]
    first = g.nodes[-1]
    y = g.op("Squeeze", y, [1])
    g.nodes.append(onnx.helper.make_node("RNN", [y, *first.input[1:]], ["again"], "again", hidden_size=3))
    yield g.end("again")


def exported():
    """Both exporters of PyTorch, with the states of the last step of each direction."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self, kind, **options):
            super().__init__()
            self.layer = kind(5, 11, **options)

        def forward(self, x):
            states, last = self.layer(x)
            return (states, *last) if isinstance(last, tuple) else (states, last)

    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        for dynamo in (False, True):
            name = f"recurrent_torch_{kind.__name__}_{'dynamo' if dynamo else 'script'}"
            g = CaseGraph(name, (3, 4, 5))
            torch.manual_seed(g.random.integers(1 << 31))
            network = Network(kind, num_layers=2, bidirectional=True, batch_first=True).eval()
            file = io.BytesIO()
            options = dict(dynamo=True, verbose=False) if dynamo else dict(dynamo=False)
            program = torch.onnx.export(
                network, (torch.from_numpy(g.inputs[g.x]),), None if dynamo else file, input_names=["input_0"], **options)
            model = program.model_proto if dynamo else onnx.load_from_string(file.getvalue())
            model.graph.name = name
            for node in model.graph.node:
                node.doc_string = ""
                del node.metadata_props[:]
            yield Exported(g, model)


class Exported:
    """A case that is a whole model already."""

    def __init__(self, graph, model):
        self.graph, self.name, self.exported = graph, graph.name, model
        graph.model = lambda shapes: model
        graph.outputs = [output.name for output in model.graph.output]

    def write(self, folder):
        self.graph.write(folder)
