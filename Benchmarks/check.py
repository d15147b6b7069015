#!/usr/bin/env python3
"""Runs models with `kiln run` and with ONNX Runtime, its optimisations disabled, on the same input: NAME.input_INDEX.npy where it lies
beside NAME.onnx, and seeded numbers otherwise.

    python check.py [--kiln ../.build/release/kiln] [--tolerance 1e-4] [--capacity 1000] [--interpret] [--table FILE.csv]
        [--time] MODEL.onnx ...

Prints the largest difference of any output, relative to that output's largest magnitude, or what Kiln said. Integers must be equal.
A detector's proposals jump where two scores are nearly equal: rows that differ may be as ONNX Runtime has them with its optimisations,
where they are as far from its own; how many are, and how far it moves them, is printed.
Where the length of an output depends on the data, and --capacity gives it room, the rows are compared that ONNX Runtime has, and
Kiln's counts with its lengths. --table puts errors into a table, beside those of other models that are there; --time adds the
milliseconds of `kiln bench` to it, which mean something only where nothing else runs. The exit status is 1 if one is over
the tolerance or was not run.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

REPOSITORY = Path(__file__).resolve().parent.parent


def session(model, level=onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def reference(model):
    """The inputs by name in the model's order, and ONNX Runtime's outputs."""
    runtime = session(model)
    random = np.random.default_rng(1)
    inputs = {}
    for index, value in enumerate(runtime.get_inputs()):
        file = Path(model).with_suffix(f".input_{index}.npy")
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        inputs[value.name] = np.load(file) if file.exists() else random.standard_normal(shape, np.float32)
    return inputs, runtime.run(None, inputs)


def error(answer, expected):
    """How far an answer is from what is expected, of its largest magnitude; integers are equal or infinitely far."""
    if expected.dtype.kind in "iub":
        return 0.0 if np.array_equal(answer, expected) else np.inf
    largest = np.abs(expected).max(initial=0)
    return np.abs(answer - expected).max(initial=0) / (largest or 1)


def detections(answers, outputs):
    """How many rows most outputs have, and which outputs these are; none unless integers, such as classes, are among them."""
    lengths = [len(values) for values in outputs if values.ndim]
    rows = max(lengths, key=lengths.count, default=0)
    counted = [index for index, values in enumerate(outputs) if values.ndim and len(values) == rows == len(answers[index])]
    return rows, counted if any(outputs[index].dtype.kind in "iu" for index in counted) else []


def distances(answer, expected, largest, tolerance):
    """How far each row of an answer is from a row, or from each of them, in tolerances."""
    unit = 1e-9 if expected.dtype.kind in "iu" else largest * tolerance or 1
    return np.abs(answer.astype(np.float64) - expected.astype(np.float64)).reshape(len(answer), -1).max(1) / unit


def in_order(answers, outputs, tolerance):
    """Kiln's rows in ONNX Runtime's order, and how many of them moved: detections whose scores agree within the tolerance come in either
    order. Outputs of other lengths stay as they are.
    """
    rows, counted = detections(answers, outputs)
    if not counted:
        return answers, 0
    largest = [np.abs(values).max(initial=0) for values in outputs]
    left, order = np.ones(rows, bool), []
    for row in range(rows):
        worst = np.max([distances(answers[index], outputs[index][row], largest[index], tolerance) for index in counted], axis=0)
        best = int(np.argmin(np.where(left, worst, np.inf)))
        if not left[best] or worst[best] > 1:
            return answers, 0
        left[best] = False
        order.append(best)
    moved = sum(row != place for row, place in enumerate(order))
    return [answer[order] if index in counted else answer for index, answer in enumerate(answers)], moved


def with_jumps(answers, outputs, others, tolerance):
    """ONNX Runtime's outputs with rows from others of its own where Kiln's agree with those only, and how many of them there are."""
    rows, counted = detections(answers, outputs)
    if not counted or any(a.shape != b.shape for a, b in zip(outputs, others)):
        return outputs, 0

    def agrees(expected):
        largest = [np.abs(values).max(initial=0) for values in outputs]
        return np.max([distances(answers[index], expected[index], largest[index], tolerance) for index in counted], axis=0) <= 1

    jumps = ~agrees(outputs) & agrees(others)
    mixed = [values.copy() for values in outputs]
    for index in counted:
        mixed[index][jumps] = others[index][jumps]
    return mixed, int(jumps.sum())


def difference(kiln, model, tolerance, options):
    """The largest relative difference; None and what Kiln said if it did not run the model."""
    try:
        inputs, outputs = reference(model)
    except Exception as fault:
        return None, f"ONNX Runtime fails: {str(fault).splitlines()[0][:200]}"
    with tempfile.TemporaryDirectory(prefix="kiln-check-") as folder:
        command = [kiln, "run", model, "--output-directory", folder, *options]
        for index, values in enumerate(inputs.values()):
            path = Path(folder) / f"input_{index}.npy"
            np.save(path, values)
            command += ["--input", path]
        result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode:
            return None, f"exit status {result.returncode}: {result.stderr.strip()}"
        answers = [np.load(Path(folder) / f"output_{index}.npy") for index in range(len(list(Path(folder).glob("output_*"))))]
    lengths = set()
    for index, (answer, values) in enumerate(zip(answers, outputs)):
        longer = [axis for axis in range(values.ndim) if answer.ndim == values.ndim and answer.shape[axis] > values.shape[axis]]
        if len(longer) == 1 and len(answers) > len(outputs):
            lengths.add(values.shape[longer[0]])
            answers[index] = answer.take(range(values.shape[longer[0]]), longer[0])
        if answers[index].shape != values.shape:
            return None, f"output {index} has shape {answers[index].shape}, not {values.shape}"
    results, moved = in_order(answers[:len(outputs)], outputs, tolerance)
    errors = [error(answer, values) for answer, values in zip(results, outputs)]
    jumps = []
    if max(errors) > tolerance:
        others = session(model, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL).run(None, inputs)
        mixed, count = with_jumps(results, outputs, others, tolerance)
        if count:
            errors = [error(answer, values) for answer, values in zip(results, mixed)]
            own = max(error(other, values) for other, values in zip(others, outputs))
            jumps = [f"{count} of {len(results[0])} rows as ONNX Runtime's optimisations have them, which move its own by {own:.1e}"]
    counts = {int(count) for answer in answers[len(outputs):] for count in answer}
    if not lengths <= counts:
        return None, f"the counts {sorted(counts)} lack {sorted(lengths - counts)}"
    notes = [f"counts {sorted(counts)}"] * bool(counts) + [f"{moved} rows of equal scores in another order"] * bool(moved) + jumps
    return max(errors), ", ".join(notes)


def milliseconds(kiln, model, options):
    """The median time of an inference as `kiln bench` measures it."""
    command = [kiln, "bench", model, "--json", *options]
    result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)["measurement"]["folded"]["median"] / 1e3


def enter(table, name, error, time):
    """Puts a row into a table, in place of the one with the same name, whose time stays where the new one isn't known."""
    rows = {}
    if table.exists():
        with table.open(newline="") as file:
            rows = {row["network"]: row for row in csv.DictReader(file)}
    before = rows.get(name, {}).get("milliseconds", "")
    rows[name] = {"network": name, "error": error, "milliseconds": before if time is None else f"{time:.3g}"}
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["network", "error", "milliseconds"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--kiln", type=Path, default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="default: %(default)s")
    parser.add_argument("--capacity", action="append", default=[], help="as kiln's option")
    parser.add_argument("--interpret", action="store_true", help="without compiling")
    parser.add_argument("--table", type=Path, metavar="FILE.csv", help="put errors into this table")
    parser.add_argument("--time", action="store_true", help="and the time of an inference")
    options = parser.parse_args()
    more = [word for capacity in options.capacity for word in ("--capacity", capacity)] + ["--interpret"] * options.interpret
    failed = False
    for model in options.models:
        largest, note = difference(options.kiln, model, options.tolerance, more)
        good = largest is not None and largest <= options.tolerance
        failed |= not good
        if largest is not None:
            time = milliseconds(options.kiln, model, more) if options.time else None
            if options.table:
                enter(options.table, model.stem, f"{largest:.1e}", time)
        figure = note if largest is None else f"{largest:.1e} {note}".rstrip()
        print(f"{'ok  ' if good else 'FAIL'} {model.stem:24} {figure}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
