"""Times the distinct convolutions of networks one by one, each as a share of what the core's multiply-adds allow.

    python Benchmarks/layers [--exact] [--rounds 7] [--output FOLDER] MODEL.onnx ...

The layers are put into a few networks, each computed once and in turn, so that its weights come from as far as they do
in the network that it is from; `kiln compile` writes these, and their benchmark programs, given a Measurement.swift that measures the
core's peak before every layer, time them, each round in a fresh process. The median of all shares is printed. Last
come the networks: the share of all their convolutions together, each as often as it occurs. A layer's arithmetic is
that of its definition: what Winograd saves counts as done.

Give models with batch norms and branches merged: what Kiln merges itself would be counted apart here.

Writes layers.csv and layers.svg into FOLDER when there is one.
"""

import argparse
import csv
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import onnx

from plot import bars
from shapes import layers_of, network

REPOSITORY = Path(__file__).resolve().parent.parent.parent

#: layers of one package: few enough to compile in half a minute
LAYERS_A_PACKAGE = 32
#: how often a process computes each layer
ROUNDS_A_PROCESS = 4


def run(command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout


def build(kiln, layers, folder, options=()):
    """The benchmark program of the package that Kiln writes for some layers."""
    folder.mkdir()
    onnx.save(network(layers), folder / "layers.onnx")
    run([kiln, "compile", folder / "layers.onnx", "--output", folder / "package", "--name", "Layers", *options])
    install_measurement(folder / "package")
    command = ["swift", "build", "-c", "release", "--package-path", folder / "package"]
    run([*command, "--quiet"])
    return Path(run([*command, "--show-bin-path"]).strip()) / "layers-benchmark"


def install_measurement(package):
    """Puts Measurement.swift in the place of the benchmark program's own, for the vectors that the package has."""
    kernels = package / "Sources/Layers/Kernels/Vector.swift"
    width = re.search(r"typealias Vector = SIMD(\d+)", kernels.read_text())[1]
    text = (Path(__file__).parent / "Measurement.swift").read_text()
    (package / "Sources/layers-benchmark/Measurement.swift").write_text(text.replace("WIDTH", width))


def times(program, core):
    """One process: of each layer its samples, a time and what the core's peak was just before, in multiply-adds."""
    output = run([program, "bench", "--rounds", ROUNDS_A_PROCESS], preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    names, samples, calibration = {}, {}, 0
    for words in map(str.split, output.splitlines()):
        if words[0] == "calibration":
            calibration = int(words[1])
        elif words[0] == "layer" and words[2].startswith("layer_"):
            names[words[1]] = int(words[2].removeprefix("layer_"))
        elif words[0] == "sample" and words[1] in names:
            peak = calibration / int(words[3]) * 1000
            samples.setdefault(names[words[1]], []).append((int(words[2]) / 1000, peak))
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx")
    parser.add_argument("--kiln", default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--exact", action="store_true", help="as kiln compile has it: no Winograd")
    parser.add_argument("--rounds", type=int, default=7, help="default: %(default)s")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="default: %(default)s")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write layers.csv and layers.svg there")
    options = parser.parse_args()

    networks = {Path(model).stem: layers_of(model) for model in options.models}
    layers = list(sum(networks.values(), Counter()))
    samples = {layer: [] for layer in layers}
    with tempfile.TemporaryDirectory(prefix="kiln-layers-") as folder:
        groups = [layers[i:i + LAYERS_A_PACKAGE] for i in range(0, len(layers), LAYERS_A_PACKAGE)]
        programs = []
        for index, group in enumerate(groups):
            print(f"building {index + 1} of {len(groups)}", file=sys.stderr)
            extra = ["--exact"] if options.exact else []
            programs.append(build(options.kiln, group, Path(folder) / str(index), extra))
        for _ in range(options.rounds):
            for program, group in zip(programs, groups):
                found = times(program, options.core)
                for index, layer in enumerate(group):
                    samples[layer] += [(layer.products / time / peak, time, peak) for time, peak in found[index]]

    share = {layer: statistics.median(s[0] for s in samples[layer]) for layer in layers}
    time = {layer: statistics.median(s[1] for s in samples[layer]) for layer in layers}
    peak = statistics.median(s[2] for layer in layers for s in samples[layer])
    machine = f"{processor()}, 1 thread, {peak * 2 / 1000:.0f} GFLOP/s"
    print(f"{machine}, {options.rounds} rounds\n\n{'layer':40} {'us':>9} {'GFLOP/s':>8} {'of peak':>8}")
    for layer in layers:
        print(f"{layer.name:40} {time[layer]:9.1f} {2e-3 * layer.products / time[layer]:8.1f} {share[layer]:8.1%}")
    totals = {}
    for name, found in networks.items():
        # A layer's time at its round's peak, in multiply-adds.
        spent = sum(count * layer.products / share[layer] for layer, count in found.items())
        totals[name] = sum(count * layer.products for layer, count in found.items()) / spent
        print(f"{name + ': its convolutions together':59} {totals[name]:8.1%}")

    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        with open(options.output / "layers.csv", "w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["layer", "multiply_adds", "microseconds", "share_of_peak", *networks])
            for layer in layers:
                counts = [found[layer] for found in networks.values()]
                rows.writerow([layer.name, layer.products, f"{time[layer]:.1f}", f"{share[layer]:.4f}", *counts])
        (options.output / "layers.svg").write_text(
            bars(f"Convolutions as a share of the FMA peak: {machine}", [
                *((layer.name, share[layer]) for layer in layers),
                *((f"all of {name}", total) for name, total in totals.items())]))


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
