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
#: the first inferences of a process also plan memory
FEWEST, MOST = 3, 5
#: how far an answer may be from the reference, relative to its largest magnitude; in float16, a thousandth per value adds up
TOLERANCE, DEFAULT_TOLERANCE = 1e-4, 3e-2


@dataclass(frozen=True)
class Inferences:
    kiln: Path
    plugin: Path
    userland: Userland
    #: for what is only needed while a contender runs
    folder: Path

    def count(self, contender, network, board, root):
        """The row of a contender: what one inference executes, in numbers of instructions and cache lines."""
        totals, answer = self.run_kiln(network, board, root) if contender == "kiln" else self.run_peer(contender, network, board, root)
        error = relative_error(answer, np.load(network.reference))
        if not error <= (DEFAULT_TOLERANCE if contender.endswith("-default") else TOLERANCE):
            raise ContenderError(f"its answer differs by {error:.1e} of the largest: no figure")
        fewest, most = totals
        row = {name: round((most[name] - fewest[name]) / (MOST - FEWEST)) for name in most}
        instructions = sum(row[name] for name in CLASSES)
        return {"network": network.name, "board": board.name, "contender": contender, "error": error, "instructions": instructions, **row}

    def run_kiln(self, network, board, root):
        image, answer = self.folder / "image", self.folder / "answer"
        np.load(network.input).tofile(image)
        command = [self.kiln_program(network, board), "serve", image, answer]
        totals = [self.totals(command, board, root, input=f"{runs}\n") for runs in (FEWEST, MOST)]
        return totals, np.fromfile(answer, np.float32)

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
        command = [python, HERE / "inference.py", contender, converted(network, peer), network.input]
        path = ":".join(map(str, (self.userland.site(peer), self.userland.numpy, HERE.parent / "peers")))
        environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": 1, "PYTHONHASHSEED": 0, "OMP_NUM_THREADS": 1, **ENVIRONMENT}
        totals = [self.totals([*command, runs, answer], board, root, environment) for runs in (FEWEST, MOST)]
        return totals, np.load(answer)

    def totals(self, command, board, root, environment={}, **options):
        """What the plugin counts while a program runs."""
        file = self.folder / "counts"
        caches = ":".join(f"{size}x{ways}" for size, ways in board.caches)
        emulator = ["qemu-aarch64", "-cpu", board.processor, "-L", root, "-plugin", f"{self.plugin},output={file},caches={caches}"]
        for name, value in environment.items():
            emulator += ["-E", f"{name}={value}"]
        command = list(map(str, [*emulator, *command]))
        # A program that crashes leaves its memory in the working folder.
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder, **options)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise ContenderError(lines[-1])
        return {name: int(count) for name, count in (line.split() for line in file.read_text().splitlines())}
