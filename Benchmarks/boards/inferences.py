"""Runs Kiln's programs and the peers' on emulated boards, and counts what an inference executes."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from accuracy import LEAST, decibels
from contender import ContenderError
from contenders import converted, int8_options, output, relative_error
from decoding import CLASSES, DETAILS
from estimate import milliseconds
from names import peer_of, precision_of
from network import digest
from runtimes import ENVIRONMENT
from userland import Userland

HERE = Path(__file__).resolve().parent
#: inferences before those that are counted, since the first ones also plan memory
BEFORE, COUNTED = 3, 2
#: a file descriptor that nothing else uses
MARKS = 100
#: how far an answer may be from the reference, relative to its largest magnitude, in float32 and in float16: there networks with
#: random weights, whose values mostly cancel out, come out roughly, but a wrong answer is off by about 1
TOLERANCE = 1e-4
#: of what computes with fewer bits, by what follows the name: these networks have random weights, which lose much by that
TOLERANCES = {"default": 0.25, "float16": 0.25}
#: the architecture of all boards, as `uname -m` has it
MACHINE = "aarch64"


@dataclass(frozen=True)
class Inferences:
    kiln: Path
    plugin: Path
    userland: Userland
    #: for what is only needed while a contender runs
    folder: Path

    def count(self, contender, network, board, root):
        """The row of a contender: numbers of instructions and cache lines of one inference, and an estimate of its time."""
        run = self.run_kiln if contender.startswith("kiln") else self.run_peer
        row, answer = run(contender, network, board, root)
        named = {"network": network.name, "board": board.name, "contender": contender}
        return {**named, **nearness(contender, answer, np.load(network.reference)), **row}

    def run_kiln(self, contender, network, board, root):
        image, answer = self.folder / "image", self.folder / "answer"
        np.load(network.input).tofile(image)
        command = [self.kiln_program(contender, network, board), "serve", image, answer]
        # It does one more at first.
        row = self.mean(command, {}, 1, board, root, input=f"{BEFORE - 1}\n{COUNTED}\n")
        return row, np.fromfile(answer, np.float32)

    def kiln_program(self, contender, network, board):
        package = network.folder / f"{contender}-{digest(self.kiln)}-{board.name}"
        build = ["swift", "build", "-c", "release", "--package-path", package, "--swift-sdk", "aarch64-embedded-linux"]
        ready = package.with_suffix(".done")
        if not ready.exists():
            shutil.rmtree(package, ignore_errors=True)
            output([self.kiln, "compile", network.model, "--output", package, "--name", "Counted", "--target", board.name,
                    *self.kiln_options(contender, network)])
            output([*build, "--quiet"])
            ready.write_text(output([*build, "--show-bin-path"]).strip())
        return Path(ready.read_text()) / "counted-benchmark"

    def kiln_options(self, contender, network):
        if network.precision == "int8":
            return int8_options(self.kiln, network)
        return {"kiln-unfolded": ["--no-fold"], "kiln-float16": ["--precision", "float16"]}.get(contender, [])

    def run_peer(self, contender, network, board, root):
        peer, answer = peer_of(contender), self.folder / "answer.npy"
        arguments = contender, converted(network, peer, MACHINE), network.input, answer, MARKS, BEFORE, COUNTED
        return self.run_python(self.userland.site(peer), HERE / "inference.py", arguments, board, root), np.load(answer)

    def run_python(self, site, script, arguments, board, root):
        """Runs a script that writes to the file descriptor MARKS, with the packages in a folder."""
        python = root / self.userland.python.relative_to(self.userland.root)
        path = ":".join(map(str, (site, self.userland.numpy, HERE.parent / "peers")))
        environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": 1, "PYTHONHASHSEED": 0, "OMP_NUM_THREADS": 1, **ENVIRONMENT}
        return self.mean([python, script, *arguments], environment, MARKS, board, root)

    def mean(self, command, environment, marks, board, root, **options):
        """What is counted and estimated per inference between the last two times that a program writes to the file descriptor."""
        file = self.folder / "counts"
        caches = ":".join(f"{size}x{ways}" for size, ways in board.caches)
        plugin = f"{self.plugin},output={file},caches={caches},marks={marks}"
        emulator = ["qemu-aarch64", "-cpu", board.processor, "-L", root, "-plugin", plugin]
        for name, value in environment.items():
            emulator += ["-E", f"{name}={value}"]
        command = list(map(str, [*emulator, *command]))
        # A program that crashes leaves its memory in the working folder.
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder, **options)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise ContenderError(lines[-1])
        return summary(executed_blocks(file.read_text(), len(board.caches)), board.model)


def nearness(contender, answer, reference):
    """How near an answer is to the reference, as a part of the row. ContenderError if it is another one.

    In int8 single values are far off in networks with random weights, and the answer as a whole tells more: by decibels, as in
    `peers`.
    """
    error = relative_error(answer, reference)
    if precision_of(contender) == "int8":
        signal = decibels([answer], [reference])
        if not signal >= LEAST:
            raise ContenderError(f"its answer has {signal:.1f} dB of signal to noise, at least {LEAST} are asked: no figure")
        return {"error": error, "decibels": signal}
    if not error <= TOLERANCES.get(contender.partition("-")[2], TOLERANCE):
        raise ContenderError(f"its answer differs by {error:.1e} of the largest: no figure")
    return {"error": error}


def executed_blocks(text, levels):
    """Of what the plugin wrote: the counts of each block that was executed between the program's last two marks."""
    names = [*CLASSES, *DETAILS]
    kinds = [f"{kind}_{level}" for kind in ("miss", "store_miss") for level in range(1, levels + 1)]
    for line in text.split("mark\n")[-3].splitlines():
        executions, *counts = map(int, line.split())
        static, misses = counts[:len(names)], counts[len(names):]
        yield dict(zip(names, (executions * count for count in static))) | dict(zip(kinds, misses, strict=True))


def summary(blocks, model):
    blocks = list(blocks)
    sums = {name: round(sum(block[name] for block in blocks) / COUNTED) for name in blocks[0]}
    instructions = sum(sums[name] for name in CLASSES)
    return {"instructions": instructions, "estimated_ms": round(milliseconds(blocks, model) / COUNTED, 3), **sums}
