"""Counts what one inference executes on emulated boards: Kiln beside its peers' aarch64 wheels, on one thread, in float32;
`kiln-float16` computes in float16 where the processor does, and stores weights so elsewhere; `kiln-int8`, `ncnn-int8` and so on
compute in integers of 8 bits, each quantised by its own tool from the same inputs, as `peers --precision int8` does it.

    python Benchmarks/boards [--board NAME ...] [--peers kiln,ncnn,...] [--json FILE] MODEL.onnx ...
    python Benchmarks/boards --check-decoder [PROGRAM ...]
    python Benchmarks/boards --check-estimate [--board NAME ...] [--ncnn REPOSITORY] [--json FILE]

Instructions by class and cache lines missed, in thousands, under qemu-user, and from them an estimate of the time; nothing is
timed. A figure is the mean of a process's fourth and fifth inference. `ncnn-default` and `openvino-default` choose their
precision themselves; they run only on boards that have arithmetic in float16, and `openvino-int8` only on those that have dot
products. Peers in int8 whose tool isn't here are left out. An answer that is too far from ONNX Runtime's on this machine is an
error. Models have one float input and one float output.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "peers"), str(HERE.parent / "instructions")]

import published
from board import BOARDS, boards
from contender import ContenderError
from contenders import installed_runtimes
from counting import make_plugin
from decoding import check
from inferences import Inferences
from names import CONTENDERS, NEEDS, OTHER_CONTENDERS, peer_of, precision_of
from network import open_network
from table import print_table, save
from userland import SetupError, set_up

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kiln"


def compare(options, folder):
    """Prints a table for each model. Returns whether every contender has its row."""
    contenders = present(options.peers)
    userland = set_up(CACHE / "boards", filter(None, map(peer_of, contenders)))
    inferences = Inferences(options.kiln, make_plugin(folder), userland, folder)
    emulated = [(board, board.make_root(folder, userland.root)) for board in boards(options.board or BOARDS, options.kiln)]
    rows, complete = [], True
    for model in options.models:
        # What `peers` converted and quantised is in the same folder.
        cache, precisions = CACHE / "peers", set(map(precision_of, contenders))
        networks = {precision: open_network(model.resolve(), cache, precision) for precision in precisions}
        first = len(rows)
        for board, root in emulated:
            for contender in contenders:
                if contender in NEEDS and not board.has(NEEDS[contender]):
                    continue
                try:
                    rows.append(inferences.count(contender, networks[precision_of(contender)], board, root))
                except ContenderError as error:
                    print(f"{model.stem}, {board.name}, {contender}: {error}", file=sys.stderr, flush=True)
                    complete = False
                if options.json:
                    save(rows, options.json)
        print_table(model.stem, rows[first:])
    return complete


def present(contenders):
    """Those of the contenders that can be made here. Says of the others what is missing."""
    quantised = [peer_of(name) for name in contenders if peer_of(name) and precision_of(name) == "int8"]
    _, missing = installed_runtimes(quantised, "int8")
    for peer, reason in missing.items():
        print(f"{peer}-int8: {reason}", file=sys.stderr, flush=True)
    return [name for name in contenders if precision_of(name) != "int8" or peer_of(name) not in missing]


def check_estimate(options, folder):
    """Prints estimates beside published times. Returns whether there are any."""
    userland = set_up(CACHE / "boards", [])
    inferences = Inferences(options.kiln, make_plugin(folder), userland, folder)
    chosen = boards(options.board or BOARDS, options.kiln)
    emulated = {board.name: (board, board.make_root(folder, userland.root)) for board in chosen}
    rows = published.check(emulated, options.ncnn, inferences, CACHE / "boards")
    if options.json:
        save(rows, options.json)
    return bool(rows)


def check_decoder(programs, folder):
    """Prints what the decoder has another class for than the disassembler's text. Returns whether there is nothing."""
    right = True
    for program in programs or set_up(CACHE / "boards", ["ncnn"]).site("ncnn").rglob("*.so*"):
        words, wrong = check(program, folder)
        print(f"{program.name}: {words:,} different words, {len(wrong)} kinds of disagreement", *wrong, sep="\n  ")
        right &= not wrong and words > 0
    return right


def main():
    parser = argparse.ArgumentParser(
        prog="python Benchmarks/boards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--board", action="append", choices=BOARDS, help="may be repeated; default: all")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=CONTENDERS, metavar="NAME,...",
                        help=f"of {','.join(CONTENDERS + OTHER_CONTENDERS)}; default: all but the last two")
    parser.add_argument("--kiln", type=Path, default=HERE.parent.parent / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows of all tables there")
    parser.add_argument("--check-decoder", action="store_true", help="compare with llvm-objdump, by default of ncnn's wheel")
    parser.add_argument("--check-estimate", action="store_true", help="compare with the times that ncnn publishes")
    parser.add_argument("--ncnn", default=published.REPOSITORY, metavar="REPOSITORY",
                        help="of its networks, default: %(default)s")
    options = parser.parse_args()
    if unknown := set(options.peers) - {*CONTENDERS, *OTHER_CONTENDERS}:
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; there are {', '.join(CONTENDERS + OTHER_CONTENDERS)}")
    if not options.models and not options.check_decoder and not options.check_estimate:
        parser.error("no MODEL.onnx")
    for program in ("qemu-aarch64", "clang", *(["llvm-objdump"] if options.check_decoder else [])):
        if not shutil.which(program):
            sys.exit(f"{program} is not there: run toolchain/setup")
    if not options.kiln.exists() and not options.check_decoder:
        sys.exit(f"{options.kiln} is not there: run swift build -c release, or name it with --kiln")
    for model in options.models:
        if not model.exists():
            sys.exit(f"{model} is not there")
    with tempfile.TemporaryDirectory(prefix="kiln-boards-") as name:
        folder = Path(name)
        if options.check_decoder:
            succeeded = check_decoder(options.models, folder)
        else:
            succeeded = (check_estimate if options.check_estimate else compare)(options, folder)
    sys.exit(not succeeded)


if __name__ == "__main__":
    try:
        main()
    except (SetupError, ContenderError) as error:
        sys.exit(str(error))
