"""Counts a program's instructions under qemu-user, by the plugin counter.c."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: where Debian's cross packages have the C library of aarch64
LIBRARIES = Path("/usr/aarch64-linux-gnu/lib")

#: what Linux says of the processor below: peers choose their kernels by it
PROCESSOR = "cortex-a72"
PROC_CPUINFO = """\
processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

"""


def run(command, **options):
    """What a command says on standard output; ends with what it says on standard error when it fails."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}: {' '.join(map(str, command))}\n{done.stderr}{done.stdout}")
    return done.stdout


@dataclass(frozen=True)
class Count:
    instructions: int
    fmlas: int
    #: the same two, by function
    functions: dict = field(default_factory=dict)

    def __sub__(self, other):
        functions = {
            name: tuple(mine - others for mine, others in zip(counts, other.functions.get(name, (0, 0))))
            for name, counts in self.functions.items()
        }
        return Count(self.instructions - other.instructions, self.fmlas - other.fmlas, functions)


@dataclass(frozen=True)
class Counter:
    """Runs aarch64 programs, and counts."""

    plugin: Path
    #: a root folder that makes this machine look like one with an aarch64 processor
    root: Path

    def count(self, command, environment=(), functions=False, **options):
        output = self.plugin.with_name("counts")
        emulator = ["qemu-aarch64", "-L", self.root, "-cpu", PROCESSOR]
        emulator += [word for variable in environment for word in ("-E", variable)]
        emulator += ["-plugin", f"{self.plugin},output={output}{',functions=on' if functions else ''}"]
        run([*emulator, *command], **options)
        found = {}
        for line in output.read_text().splitlines():
            instructions, fmlas, *name = line.split(" ", 2)
            found["".join(name)] = int(instructions), int(fmlas)
        totals = (sum(values) for values in zip(*found.values()))
        return Count(*totals, found if functions else {})


def prepare(cache):
    """Installs what is not installed."""
    cache.mkdir(parents=True, exist_ok=True)
    check = [REPOSITORY / "toolchain/setup", "--peers"]
    if subprocess.run([*check, "--check"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        run(check)


def make_plugin(folder):
    """Compiles the plugin for the installed qemu."""
    text = run(["qemu-aarch64", "--version"])
    version = tuple(map(int, re.search(r"version (\d+)\.(\d+)", text).groups()))
    interface = 1 if version < (9, 0) else 2 if version < (9, 1) else 3
    plugin = folder / "counter.so"
    sources = [Path(__file__).with_name(name) for name in ("counter.c", "decoder.c")]
    run(["clang", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", f"-DAPI_VERSION={interface}", *sources, "-o", plugin])
    return plugin


def make_counter(folder):
    plugin = make_plugin(folder)
    root = folder / "root"
    processors = root / "sys/devices/system/cpu"
    processors.mkdir(parents=True)
    (root / "proc").mkdir()
    (root / "lib").symlink_to(LIBRARIES)
    (root / "proc/cpuinfo").write_text(PROC_CPUINFO)
    for name in ("possible", "present"):
        (processors / name).write_text("0\n")
    return Counter(plugin, root)
