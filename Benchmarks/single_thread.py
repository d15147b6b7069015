#!/usr/bin/env python3
"""Times what Kiln makes of a model beside ONNX Runtime on the same model: one thread, batch as in the file.

    python single_thread.py [--kiln ../.build/release/kiln] [--rounds 11] MODEL.onnx ...

How it compares, and why so:
- Each round runs both, each in a fresh process pinned to the same core, in turns: first one, then the other leads. What
  else the machine does then falls on both alike, and no lucky placement in memory decides for all rounds.
- The figure is the ratio within a round; the median over the rounds is printed with the quartiles beside it. The two
  times are the fastest inference of all rounds: on a machine with other work, the least disturbed one.
- ONNX Runtime has all its graph optimisations, and its input and output buffers bound beforehand, as a C program would.
- Both get the same input, and the largest difference of their outputs is printed: a fast wrong answer shows.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime

REPOSITORY = Path(__file__).resolve().parent.parent

#: how long each process measures in a round: long enough for a median, short enough to take turns often
SECONDS_A_TURN = 0.3
WARM_UPS = 3


# ONNX Runtime, in a process of its own


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def make_inputs(model):
    """Seeded normal values. An unknown dimension, such as the batch, is 1, as Kiln has it."""
    random = np.random.default_rng(1)
    inputs = {}
    for value in session(model).get_inputs():
        assert value.type == "tensor(float)", f"{model}: input {value.name} is {value.type}; only float is timed"
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        inputs[value.name] = random.standard_normal(shape, np.float32)
    return inputs


def time_onnxruntime(model, runs):
    """What a worker process does: prints the lines that a Kiln benchmark program prints."""
    peer, inputs = session(model), make_inputs(model)
    binding = peer.io_binding()
    for name, values in inputs.items():
        binding.bind_cpu_input(name, values)
    for value, result in zip(peer.get_outputs(), peer.run(None, inputs)):
        binding.bind_ortvalue_output(value.name, onnxruntime.OrtValue.ortvalue_from_numpy(result))
    times = []
    for _ in range(WARM_UPS + runs):
        start = time.perf_counter_ns()
        peer.run_with_iobinding(binding)
        times.append((time.perf_counter_ns() - start) / 1000)
    del times[:WARM_UPS]
    print(f"minimum_us {min(times)}\nmedian_us {statistics.median(times)}")


# The contenders: both are commands that print `minimum_us T` and `median_us T`


class Contender:
    def __init__(self, command, core):
        self.command = command
        self.core = core
        self.runs = 3
        self.runs = max(3, min(2000, int(SECONDS_A_TURN * 1e6 / self.turn()["median_us"])))

    def turn(self):
        """One process with so many timed inferences: {"minimum_us": …, "median_us": …}."""
        output = run(self.command(self.runs), preexec_fn=lambda: os.sched_setaffinity(0, {self.core}))
        lines = (line.split() for line in output.splitlines())
        return {words[0]: float(words[1]) for words in lines if words and words[0] in ("minimum_us", "median_us")}


def run(command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout


def build_kiln(kiln, model, folder):
    """The benchmark program of the package that Kiln writes for the model."""
    run([kiln, "compile", model, "--output", folder])
    build = ["swift", "build", "-c", "release", "--package-path", folder]
    run([*build, "--quiet"])
    (program,) = Path(run([*build, "--show-bin-path"]).strip()).glob("*-benchmark")
    return program


def largest_error(program, model, inputs, files, folder):
    """Between the outputs of both, relative to the largest magnitude of ONNX Runtime's."""
    expected = session(model).run(None, inputs)
    outputs = [folder / f"output_{index}.bin" for index in range(len(expected))]
    run([program, "run", *files, *outputs])
    errors = []
    for path, values in zip(outputs, expected):
        answer = np.fromfile(path, values.dtype).reshape(values.shape)
        errors.append(np.abs(answer - values).max() / np.abs(values).max())
    return float(max(errors))


def compare(model, kiln, rounds, core):
    with tempfile.TemporaryDirectory(prefix="kiln-benchmark-") as folder:
        folder = Path(folder)
        program = build_kiln(kiln, model, folder / "package")
        inputs = make_inputs(model)
        files = [folder / f"input_{index}.bin" for index in range(len(inputs))]
        for path, values in zip(files, inputs.values()):
            values.tofile(path)
        contenders = {
            "kiln": lambda runs: [program, "bench", "--runs", runs, "--warm-up", WARM_UPS, *files],
            "onnxruntime": lambda runs: [sys.executable, __file__, "--worker", runs, model],
        }
        contenders = {name: Contender(command, core) for name, command in contenders.items()}
        turns = {name: [] for name in contenders}
        for index in range(rounds):
            for name in list(contenders)[:: -1 if index % 2 else 1]:
                turns[name].append(contenders[name].turn())
        error = largest_error(program, model, inputs, files, folder)

    ratios = [peer["median_us"] / own["median_us"] for own, peer in zip(turns["kiln"], turns["onnxruntime"])]
    low, middle, high = statistics.quantiles(ratios, n=4)
    fastest = {name: min(turn["minimum_us"] for turn in turns[name]) for name in turns}
    return dict(
        model=Path(model).stem, kiln_us=fastest["kiln"], onnxruntime_us=fastest["onnxruntime"],
        ratio=middle, ratio_quartiles=[low, high], error=error,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx")
    parser.add_argument("--kiln", default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=11, help="at least 2, default: %(default)s")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="default: %(default)s")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--worker", type=int, metavar="RUNS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return time_onnxruntime(options.models[0], options.worker)

    print(f"{processor()}, 1 thread; ONNX Runtime {onnxruntime.__version__}; {options.rounds} rounds", flush=True)
    print("fastest inference in ms; ratio above 1: Kiln is faster\n")
    print(f"{'model':24} {'Kiln':>9} {'ONNX Rt.':>9}   ratio (quartiles)     difference", flush=True)
    results = []
    for model in options.models:
        result = compare(model, options.kiln, options.rounds, options.core)
        results.append(result)
        low, high = result["ratio_quartiles"]
        print(
            f"{result['model']:24} {result['kiln_us'] / 1000:9.3f} {result['onnxruntime_us'] / 1000:9.3f}   "
            f"{result['ratio']:5.2f} ({low:.2f} to {high:.2f})   {result['error']:.1e}",
            flush=True,
        )
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=2) + "\n")


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
