"""Writes the ONNX project's own node cases, of the onnx package that is installed, as the tests of conformance read them.

    python make_conformance.py FOLDER
    KILN_ONNX_CASES=FOLDER swift test --filter ConformanceTests

FOLDER gets `data/NAME` with a model, inputs and outputs, and `node.txt`, the names of the cases whose operators are all in
Sources/KilnONNX/OPERATORS.md and whose inputs and outputs are tensors of numbers. `other.tsv` names the others.
"""

import pathlib
import sys
import warnings

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case import node

HERE = pathlib.Path(__file__).parent


def known_operators():
    """The pairs of domain and name in the table of operators."""
    lines = (HERE / "../../Sources/KilnONNX/OPERATORS.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| ")]
    return {("" if row[2] == "ai.onnx" else row[2], row[1]) for row in cells if len(row) > 3 and row[1] != "operator"}


def operators(model):
    """The pairs of domain and name that a model's nodes use, those of its own functions excepted."""
    own = {(function.domain, function.name) for function in model.functions}

    def of(nodes):
        for each in nodes:
            domain = "" if each.domain == "ai.onnx" else each.domain
            if (domain, each.op_type) not in own:
                yield domain, each.op_type
            for attribute in each.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    yield from of(attribute.g.node)

    found = set(of(model.graph.node))
    for function in model.functions:
        found |= set(of(function.node))
    return found


def is_of_numbers(port):
    """Whether a port is a tensor of real numbers."""
    kinds = (onnx.TensorProto.STRING, onnx.TensorProto.COMPLEX64, onnx.TensorProto.COMPLEX128)
    return port.type.HasField("tensor_type") and port.type.tensor_type.elem_type not in kinds


def main(folder):
    """Writes the cases, and the lists."""
    warnings.simplefilter("ignore")
    known = known_operators()
    listed, others = [], []
    for case in node.collect_testcases(None):
        names = operators(case.model)
        graph = case.model.graph
        line = f"{case.name}\t{' '.join(sorted(name for _, name in names))}\n"
        if not names <= known or not all(map(is_of_numbers, [*graph.input, *graph.output])):
            others.append(line)
            continue
        listed.append(line)
        path = folder / "data" / case.name
        (path / "test_data_set_0").mkdir(parents=True, exist_ok=True)
        (path / "model.onnx").write_bytes(case.model.SerializeToString())
        for kind, values, ports in zip(("input", "output"), case.data_sets[0], (graph.input, graph.output)):
            for index, (value, port) in enumerate(zip(values, ports)):
                if not isinstance(value, onnx.TensorProto):
                    value = numpy_helper.from_array(numpy.asarray(value), port.name)
                (path / "test_data_set_0" / f"{kind}_{index}.pb").write_bytes(value.SerializeToString())
    (folder / "node.txt").write_text("".join(sorted(listed)))
    (folder / "other.tsv").write_text("".join(sorted(others)))
    print(f"onnx {onnx.__version__}: {len(listed)} cases of known operators, {len(others)} others")


main(pathlib.Path(sys.argv[1]))
