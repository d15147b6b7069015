"""Gets the contenders ready: converts the model for each peer, and has Kiln write and Swift build a program.

What is made stays in the cache, under the contents of the model and the version of what made it.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
from contender import Contender, ContenderError
from network import digest
from runtimes import RUNTIMES, environment

HERE = Path(__file__).resolve().parent


def installed_runtimes(names, precision):
    """Those of the peers that are here, and for each that isn't what is missing."""
    missing = {}
    for name in names:
        if not RUNTIMES[name].version:
            missing[name] = "is not installed: skipped (pip install -r Benchmarks/requirements.txt)"
        elif precision == "int8" and not (RUNTIMES[name].quantiser and RUNTIMES[name].quantiser.version):
            missing[name] = "no tool here that quantises: skipped"
    return [name for name in names if name not in missing], missing


def converted(network, name, machine=platform.machine()):
    """The file that a peer loads on a machine, which is named as `uname -m` does."""
    runtime = RUNTIMES[name]
    if network.precision == "int8":
        quantiser = runtime.quantiser
        maker = f"{quantiser.distribution}-{quantiser.version}-int8"
        maker += f"-{machine}" if quantiser.depends_on_machine else ""
        return conversion(network, quantiser.format, maker, "quantise.py", network.calibration, machine)
    if runtime.format is None:
        return network.model
    return conversion(network, runtime.format, f"{runtime.distribution}-{runtime.version}")


def conversion(network, format, maker, script="convert.py", source=None, *others):
    path = network.folder / f"{maker}.{format}"
    done, failed = path.with_name(path.name + ".done"), path.with_name(path.name + ".failed")
    if not done.exists() and not failed.exists():
        command = [sys.executable, "-W", "ignore", HERE / script, format, network.model, source or network.input, path, *others]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=network.folder)
        if result.returncode:
            lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
            failed.write_text(lines[-1] if lines else f"exit status {result.returncode}")
        else:
            done.touch()
    if failed.exists():
        raise ContenderError(f"can't be converted to {format}: {failed.read_text()}")
    return path


def exact_answer(network):
    """The answer in double precision; None where PyTorch or a way into it is missing."""
    try:
        import torch

        return np.load(conversion(network, "float64", f"torch-{torch.__version__}"))
    except (ImportError, ContenderError):
        return None


class KilnProgram:
    """The benchmark program in what Kiln writes for a network, built as `kiln bench` does: without Swift's library."""

    EMBEDDED = [word for option in ("-enable-experimental-feature", "Embedded", "-wmo") for word in ("-Xswiftc", option)]

    def __init__(self, kiln, network, threads):
        self.threads = threads if threads > 1 and accepts_threads(kiln) else 1
        quantised = network.precision == "int8"
        self.package = network.folder / f"kiln-{digest(kiln)}-{self.threads}{'-int8' * quantised}"
        ready = self.package.with_suffix(".done")
        build = ["swift", "build", "-c", "release", "--package-path", self.package, *self.EMBEDDED]
        if not ready.exists():
            options = ["--threads", self.threads] if self.threads > 1 else []
            options += int8_options(kiln, network) if quantised else []
            output([kiln, "compile", network.model, "--output", self.package, *options])
            output([*build, "--quiet"])
            ready.write_text(output([*build, "--show-bin-path"]).strip())
        (self.path,) = Path(ready.read_text()).glob("*-benchmark")
        (weights,) = self.package.glob("Sources/*Weights/*.bin")
        self.weight_bytes = weights.stat().st_size

    def arena_bytes(self):
        lines = output([self.path, "bench", "--runs", 1, "--warm-up", 0]).splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("arena_bytes "))

    def contender(self, network, cores, folder, image=None):
        """It answers to the network's input, or to another image."""
        source, result = folder / "input.bin", folder / "kiln.bin"
        (np.load(network.input) if image is None else image).tofile(source)
        options = ["--threads", self.threads] if self.threads > 1 and b"--threads" in self.path.read_bytes() else []
        return Contender([self.path, "serve", *options, source, result], cores)


def int8_options(kiln, network):
    """Kiln finds ranges once, which takes minutes: they hold for all machines and numbers of threads."""
    plan = network.folder / f"kiln-{digest(kiln)}-int8.plan"
    calibration = [] if plan.exists() else ["--calibration", network.calibration]
    return ["--precision", "int8", "--precision-plan", plan, *calibration]


def accepts_threads(kiln):
    return "--threads" in output([kiln, "compile", "--help"])


def peer(network, name, threads, cores, folder):
    file, result = converted(network, name), folder / f"{name}.npy"
    command = [sys.executable, HERE / "worker.py", name, file, threads, network.input, result]
    return Contender(command, cores, environment(threads, network.folder))


def peak(cache, threads, cores):
    """The program that does nothing but multiply and add, built for this machine."""
    program = cache / f"peak-{digest(HERE / 'peak.c')}-{os.uname().nodename}"
    if not program.exists():
        output(["cc", "-O3", "-march=native", "-ffp-contract=fast", "-pthread", HERE / "peak.c", "-o", program])
    return Contender([program, threads], cores)


def answer(name, network, folder):
    """What a contender wrote as its output."""
    if name != "kiln":
        return np.load(folder / f"{name}.npy")
    return np.fromfile(folder / "kiln.bin", np.float32).reshape(np.load(network.reference).shape)


def relative_error(values, truth):
    """The largest difference, relative to the largest magnitude. Infinite for another shape, or not a number."""
    if values.size != truth.size:
        return float("inf")
    difference = np.abs(values.reshape(truth.shape).astype(np.float64) - truth).max()
    return float(difference / np.abs(truth).max()) if np.isfinite(difference) else float("inf")


def output(command):
    """Standard output of a program that must succeed."""
    command = list(map(str, command))
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise ContenderError(f"{command[0]} is not there") from None
    if result.returncode:
        lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
        raise ContenderError(f"{' '.join(command[:2])}: {lines[-1] if lines else 'failed'}")
    return result.stdout
