"""Counts the instructions that an inference takes on aarch64: Kiln's program and ONNX Runtime's wheel, under qemu-user.

    python Benchmarks/instructions [--exact] [--functions] [MODEL.onnx ...]

Without a model: one 3x3 convolution 64->64 at 56x56 with ReLU, all that belongs to it included, as the difference between a
chain of two and one alone; direct, and as Kiln compiles it without --exact, by Winograd's method. A figure is of one inference,
as the difference between two processes, one of which does one more. Of the instructions, `fmla` are those that multiply and add
vectors of 32-bit floats.

Models have one float input and one float output. Both programs run on one thread of a Cortex-A72, and their answers are compared. What
is missing is installed by toolchain/setup; ONNX Runtime's wheel is downloaded by pip in the installed version.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

from chains import chain
from counting import Count, make_counter, prepare
from programs import KilnProgram, PeerProgram, Question

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def counts_of(kiln, peer, models, folder, functions=False):
    """Of each program the count of one inference of the last model less that of the first, if there are two."""
    totals = []
    for model in models:
        question = Question.of(model, folder)
        ours, theirs = kiln.count(question, functions), peer.count(question)
        difference = np.abs(kiln.answer - peer.answer).max() / np.abs(peer.answer).max()
        if not difference <= 1e-4:
            sys.exit(f"{model}: the answers differ by {difference:.1e} of the largest: nothing to compare")
        totals.append((ours, theirs))
    return totals[0] if len(totals) == 1 else tuple(last - first for first, last in zip(*totals))


def row(name, ours, theirs):
    cells = [name.ljust(38)]
    for count in (ours, theirs):
        cells += [f"{count.instructions:12,}", f"{count.fmlas:12,}", f"{count.instructions / max(count.fmlas, 1):6.3f}"]
    return " ".join([*cells, f"{ours.instructions / theirs.instructions:6.3f}"])


def print_functions(count):
    """The functions that execute more than a thousandth of all, with what they are called in the source."""
    ranked = sorted(count.functions.items(), key=lambda item: -item[1][0])
    ranked = [(name, *counts) for name, counts in ranked if counts[0] * 1000 > count.instructions]
    command = ["swift", "demangle", "--simplified", "--compact"]
    text = subprocess.run(command, input="\n".join(r[0] for r in ranked), check=True, capture_output=True, text=True)
    for (_, instructions, fmlas), name in zip(ranked, text.stdout.splitlines()):
        print(f"  {instructions:12,} {fmlas:12,}  {name.removeprefix('specialized ').removeprefix('static ')}")


def main():
    parser = argparse.ArgumentParser(
        prog="python Benchmarks/instructions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--kiln", type=Path, default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--exact", action="store_true", help="as kiln compile has it: no Winograd")
    parser.add_argument("--functions", action="store_true", help="say in which functions Kiln's programs execute them")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kiln/instructions"
    parser.add_argument("--cache", type=Path, default=cache, help="for the wheel, default: %(default)s")
    options = parser.parse_args()

    prepare(options.cache)
    with tempfile.TemporaryDirectory(prefix="kiln-instructions-") as name:
        folder = Path(name)
        counter = make_counter(folder)
        peer = PeerProgram(options.cache, counter, folder)

        def compare(title, models, is_exact):
            kiln = KilnProgram(options.kiln, is_exact, counter, folder)
            ours, theirs = counts_of(kiln, peer, models, folder, options.functions)
            print(row(title, ours, theirs), flush=True)
            if options.functions:
                print_functions(ours)

        print(f"one inference{'':25} {'Kiln':>12} {'fmla':>12} {'ratio':>6} {peer.title:>12} {'fmla':>12} {'ratio':>6} {'K/O':>6}")
        if options.models:
            for model in options.models:
                compare(model.stem, [model], options.exact)
            return
        models = []
        for length in (1, 2):
            models.append(folder / f"chain_{length}.onnx")
            onnx.save(chain(length), models[-1])
        compare("3x3 64->64 at 56x56, --exact", models, True)
        if not options.exact:
            compare("3x3 64->64 at 56x56, Winograd", models, False)


if __name__ == "__main__":
    main()
