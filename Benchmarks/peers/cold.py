"""Cold start and memory: each round starts every contender anew and waits for its first output."""

import random
import statistics
import sys
import tempfile
from pathlib import Path

import contenders
from contender import ContenderError
from network import open_network
from report import TITLES, processor


def compare(options, names):
    print(f"{processor()}; {options.threads} threads; {options.precision}; medians of {options.rounds} rounds; files are in the page cache")
    for name in options.networks:
        network = open_network(options.models / f"{name}.onnx", options.cache, options.precision)
        program = contenders.KilnProgram(options.kiln, network, options.threads)
        starts = {"kiln": lambda folder: program.contender(network, options.cores, folder)}
        for peer in names:
            try:
                contenders.converted(network, peer)
                starts[peer] = lambda folder, peer=peer: contenders.peer(
                    network, peer, options.threads, options.cores, folder
                )
            except ContenderError as error:
                print(f"{name}: {TITLES[peer]} {error}", file=sys.stderr)
        if options.prepare:
            continue
        with tempfile.TemporaryDirectory(prefix="kiln-peers-") as folder:
            figures = measure(starts, Path(folder), options.rounds)
        print(table(name, figures, program))


def measure(starts, folder, rounds):
    """For each contender and round: ms to the first output, those of loading and inference, ms of an inference when warm,
    KiB at the most, KiB before loading."""
    lot = random.Random(rounds)
    figures = {name: [] for name in starts}
    for _ in range(rounds):
        order = list(starts)
        lot.shuffle(order)
        for name in order:
            contender = starts[name](folder)
            try:
                total = contender.wait_until_ready() * 1000
                load, before = contender.facts or (total, 0)
                memory = contender.peak_memory()
                warm = statistics.median(contender.run(6)[1:])
            finally:
                contender.stop()
            figures[name].append((total, load, warm, memory, before))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}


def table(name, figures, program):
    lines = ["", f"{name}: from the start of the process to the first output (of that, loading and first inference), "]
    lines += ["a warm inference, and the most memory at once (of that, in use before loading: interpreter and library)"]
    lines += [f"{'':10}{'first ms':>10}{'load ms':>10}{'warm ms':>10}{'MiB':>8}{'before':>8}"]
    for contender, (total, load, warm, memory, before) in figures.items():
        lines.append(
            f"{TITLES[contender]:10}{total:10.1f}{load:10.1f}{warm:10.2f}{memory / 1024:8.1f}{before / 1024:8.1f}"
        )
    total, _, warm, memory, _ = figures["kiln"]
    parts = [program.weight_bytes / 2**20, program.arena_bytes() / 2**20]
    lines.append(f"Kiln: weights {parts[0]:.1f} and arena {parts[1]:.1f} MiB, so {memory / 1024 - sum(parts):+.1f} MiB besides;")
    lines.append(f"first output after {(total - warm):+.1f} ms more than a warm inference")
    return "\n".join(lines)
