#!/usr/bin/env python3
"""Runs models with `kiln run` and with ONNX Runtime, its optimisations disabled, on the same seeded input.

    python check.py [--kiln ../.build/release/kiln] [--tolerance 1e-4] MODEL.onnx ...

Prints the largest difference of any output, relative to that output's largest magnitude, or what Kiln said. The exit status
is 1 if one is over the tolerance or was not run.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

REPOSITORY = Path(__file__).resolve().parent.parent


def reference(model):
    """The inputs in the model's order, and ONNX Runtime's outputs."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    inputs = {}
    for value in session.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        inputs[value.name] = random.standard_normal(shape, np.float32)
    return inputs, session.run(None, inputs)


def difference(kiln, model):
    """The largest relative difference; None and what Kiln said if it did not run the model."""
    inputs, outputs = reference(model)
    with tempfile.TemporaryDirectory(prefix="kiln-check-") as folder:
        command = [kiln, "run", model, "--output-directory", folder]
        for index, values in enumerate(inputs.values()):
            path = Path(folder) / f"input_{index}.npy"
            np.save(path, values)
            command += ["--input", path]
        result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode:
            return None, f"exit status {result.returncode}: {result.stderr.strip()}"
        errors = []
        for index, values in enumerate(outputs):
            answer = np.load(Path(folder) / f"output_{index}.npy")
            if answer.shape != values.shape:
                return None, f"output {index} has shape {answer.shape}, not {values.shape}"
            errors.append(np.abs(answer - values).max() / np.abs(values).max())
    return max(errors), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--kiln", type=Path, default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="default: %(default)s")
    options = parser.parse_args()
    failed = False
    for model in options.models:
        error, reason = difference(options.kiln, model)
        good = error is not None and error <= options.tolerance
        failed |= not good
        print(f"{'ok  ' if good else 'FAIL'} {model.stem:24} {reason if error is None else f'{error:.1e}'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
