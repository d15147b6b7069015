"""Counts what one inference executes on emulated boards: Kiln beside its peers' aarch64 wheels, on one thread, in float32.

    python Benchmarks/boards [--board NAME ...] [--peers kiln,ncnn,...] [--json FILE] MODEL.onnx ...
    python Benchmarks/boards --check-decoder [PROGRAM ...]

Instructions by class and cache lines missed, in thousands, under qemu-user; no times. A figure is half the difference between a
process that does 5 inferences and one that does 3. An answer that differs from ONNX Runtime's on this machine by more than 1e-4
of the largest is an error. Models have one float input and one float output.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "peers"), str(HERE.parent / "instructions")]

import numpy as np
from board import BOARDS, Board
from contender import ContenderError
from contenders import converted, output, relative_error
from counting import make_plugin
from decoding import CLASSES, check
from network import digest, open_network
from runtimes import ENVIRONMENT
from userland import PEERS, SetupError, set_up

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kiln"
NAMES = {"kiln": "kiln", **{name: name for name in PEERS}, "ort": "onnxruntime"}
FEWEST, MOST = 3, 5
TOLERANCE = 1e-4


def counts(command, board, root, plugin, folder, environment=(), **options):
    """What the plugin counted while a program ran."""
    file = folder / "counts"
    emulator = ["qemu-aarch64", "-cpu", board.processor, "-L", root]
    emulator += [word for variable in environment for word in ("-E", variable)]
    emulator += ["-plugin", f"{plugin},output={file},caches={board.caches}"]
    done = subprocess.run(list(map(str, [*emulator, *command])), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise ContenderError(lines[-1])
    return {name: int(count) for name, count in (line.split() for line in file.read_text().splitlines())}


def kiln_program(kiln, network, board):
    package = network.folder / f"kiln-{digest(kiln)}-{board.name}"
    build = ["swift", "build", "-c", "release", "--package-path", package, "--swift-sdk", "aarch64-embedded-linux"]
    ready = package.with_suffix(".done")
    if not ready.exists():
        shutil.rmtree(package, ignore_errors=True)
        output([kiln, "compile", network.model, "--output", package, "--name", "Counted", "--target", board.name])
        output([*build, "--quiet"])
        ready.write_text(output([*build, "--show-bin-path"]).strip())
    return Path(ready.read_text()) / "counted-benchmark"


def count(name, network, board, root, plugin, folder, userland, kiln):
    """The row of one contender."""
    result = folder / "answer"
    if name == "kiln":
        image = folder / "image.bin"
        np.load(network.input).tofile(image)
        command = [kiln_program(kiln, network, board), "serve", image, result]
        fewest, most = (counts(command, board, root, plugin, folder, input=f"{runs}\n") for runs in (FEWEST, MOST))
        answer = np.fromfile(result, np.float32)
    else:
        file, result = converted(network, NAMES[name]), result.with_suffix(".npy")
        command = [root / userland.python.relative_to(userland.root), HERE / "inference.py", NAMES[name], file, network.input]
        path = ":".join(map(str, (userland.site(name), userland.numpy, HERE.parent / "peers")))
        environment = [f"PYTHONPATH={path}", "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0", "OMP_NUM_THREADS=1"]
        environment += [f"{key}={value}" for key, value in ENVIRONMENT.items()]
        fewest, most = (
            counts([*command, runs, result], board, root, plugin, folder, environment) for runs in (FEWEST, MOST))
        answer = np.load(result)
    error = relative_error(answer, np.load(network.reference))
    if not error <= TOLERANCE:
        raise ContenderError(f"its answer differs by {error:.1e} of the largest: no figure")
    row = {key: (most[key] - fewest[key]) / (MOST - FEWEST) for key in most}
    return {"board": board.name, "contender": name, "error": error, "instructions": sum(row[key] for key in CLASSES), **row}


def print_table(network, rows):
    """Classes that no contender executes are left out."""
    # An idle column has only what the rest of the process happens to do more often.
    kept = [key for key in CLASSES if any(row[key] >= 1000 for row in rows)]
    misses = sorted({key for row in rows for key in row if key.startswith("miss_")})
    print(f"\n{network.name}, one inference, thousands; ratio: instructions to the fewest of a peer's")
    names = ["board", "contender", "instructions", "ratio", *kept, *misses, "error"]
    print(" ".join(text.ljust(14) if index < 2 else text.rjust(12) for index, text in enumerate(names)))
    for row in rows:
        peers = [r["instructions"] for r in rows if r["board"] == row["board"] and r["contender"] != "kiln"]
        ratio = f"{row['instructions'] / min(peers):.3f}" if peers else "-"
        cells = [f"{row[key] / 1000:,.1f}" if key in row else "-" for key in ("instructions", *kept, *misses)]
        cells = [cells[0], ratio, *cells[1:], f"{row['error']:.1e}"]
        print(row["board"].ljust(14), row["contender"].ljust(14), *(cell.rjust(12) for cell in cells), flush=True)


def check_decoder(programs, folder):
    if not programs:
        programs = [path for path in set_up(CACHE / "boards", ["ncnn"]).site("ncnn").rglob("*.so*")]
    failed = False
    for program in programs:
        words, wrong = check(program, folder)
        print(f"{program.name}: {words:,} different words, {len(wrong)} kinds of disagreement", *wrong, sep="\n  ")
        failed |= bool(wrong) or not words
    sys.exit(failed)


def main():
    parser = argparse.ArgumentParser(
        prog="python Benchmarks/boards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--board", action="append", choices=BOARDS, help="may be repeated; default: all")
    parser.add_argument("--peers", default=",".join(NAMES), help="default: %(default)s")
    parser.add_argument("--kiln", type=Path, default=HERE.parent.parent / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows of all tables there")
    parser.add_argument("--check-decoder", action="store_true", help="compare with llvm-objdump, by default of ncnn's wheel")
    options = parser.parse_args()
    names = options.peers.split(",")
    if unknown := set(names) - set(NAMES):
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if not options.models and not options.check_decoder:
        parser.error("no MODEL.onnx")
    for program in ("qemu-aarch64", "clang"):
        if not shutil.which(program):
            sys.exit(f"{program} is not there: run toolchain/setup")
    if "kiln" in names and not options.check_decoder and not options.kiln.exists():
        sys.exit(f"{options.kiln} is not there: run swift build -c release, or name it with --kiln")
    with tempfile.TemporaryDirectory(prefix="kiln-boards-") as name:
        folder = Path(name)
        if options.check_decoder:
            check_decoder(options.models, folder)
        userland = set_up(CACHE / "boards", [name for name in names if name in PEERS])
        plugin = make_plugin(folder)
        roots = [(board, board.make_root(folder, userland.root)) for board in map(Board.named, options.board or BOARDS)]
        tables, failed = {}, False
        for model in options.models:
            network, rows = open_network(model.resolve(), CACHE / "benchmarks"), []
            for board, root in roots:
                for contender in names:
                    try:
                        rows.append(count(contender, network, board, root, plugin, folder, userland, options.kiln))
                    except ContenderError as error:
                        print(f"{network.name}, {board.name}, {contender}: {error}", file=sys.stderr, flush=True)
                        failed = True
            tables[network.name] = rows
            print_table(network, rows)
            if options.json:
                options.json.write_text(json.dumps(tables, indent=1) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(str(error))
