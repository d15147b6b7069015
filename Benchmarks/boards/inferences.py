"""Runs Kiln's programs and the peers' on emulated boards, and counts what an inference executes."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from contender import ContenderError
from contenders import converted, output, relative_error
from decoding import CLASSES
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
TOLERANCE, FLOAT16_TOLERANCE = 1e-4, 0.25


@dataclass(frozen=True)
class Inferences:
    kiln: Path
    plugin: Path
    userland: Userland
    #: for what is only needed while a contender runs
    folder: Path

    def count(self, contender, network, board, root):
        """The row of a contender: what one inference executes, in numbers of instructions and cache lines."""
        run = self.run_kiln if contender == "kiln" else self.run_peer
        row, answer = run(contender, network, board, root)
        error = relative_error(answer, np.load(network.reference))
        if not error <= (FLOAT16_TOLERANCE if contender.endswith("-default") else TOLERANCE):
            raise ContenderError(f"its answer differs by {error:.1e} of the largest: no figure")
        named = {"network": network.name, "board": board.name, "contender": contender, "error": error}
        return {**named, "instructions": sum(row[name] for name in CLASSES), **row}

    def run_kiln(self, _, network, board, root):
        image, answer = self.folder / "image", self.folder / "answer"
        np.load(network.input).tofile(image)
        command = [self.kiln_program(network, board), "serve", image, answer]
        # It does one more at first.
        row = self.mean(command, {}, 1, board, root, input=f"{BEFORE - 1}\n{COUNTED}\n")
        return row, np.fromfile(answer, np.float32)

    def kiln_program(self, network, board):
        package = network.folder / f"kiln-{digest(self.kiln)}-{board.name}"
        build = ["swift", "build", "-c", "release", "--package-path", package, "--swift-sdk", "aarch64-embedded-linux"]
        ready = package.with_suffix(".done")
        if not ready.exists():
            shutil.rmtree(package, ignore_errors=True)
            output([self.kiln, "compile", network.model, "--output", package, "--name", "Counted", "--target", board.name])
            output([*build, "--quiet"])
            ready.write_text(output([*build, "--show-bin-path"]).strip())
        return Path(ready.read_text()) / "counted-benchmark"

    def run_peer(self, contender, network, board, root):
        peer, answer = contender.partition("-")[0], self.folder / "answer.npy"
        python = root / self.userland.python.relative_to(self.userland.root)
        files = converted(network, peer), network.input, answer
        command = [python, HERE / "inference.py", contender, *files, MARKS, BEFORE, COUNTED]
        path = ":".join(map(str, (self.userland.site(peer), self.userland.numpy, HERE.parent / "peers")))
        environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": 1, "PYTHONHASHSEED": 0, "OMP_NUM_THREADS": 1, **ENVIRONMENT}
        return self.mean(command, environment, MARKS, board, root), np.load(answer)

    def mean(self, command, environment, marks, board, root, **options):
        """What the plugin counts per inference between the last two times that a program writes to the file descriptor."""
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
        *_, first, last, _ = (map(int, line.split()) for line in file.read_text().splitlines())
        names = [*CLASSES, *(f"miss_{level + 1}" for level in range(len(board.caches)))]
        return {name: round((after - before) / COUNTED) for name, before, after in zip(names, first, last, strict=True)}
