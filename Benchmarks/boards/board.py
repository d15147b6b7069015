"""The boards: what Linux says of their processors, by which peers choose kernels, and Kiln's machine model of them."""

import json
from dataclasses import dataclass

from contenders import output

BOARDS = ("raspberry-pi-3", "raspberry-pi-4", "raspberry-pi-5")
OLDER = "fp asimd evtstrm crc32 cpuid"
NEWER = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"


@dataclass(frozen=True)
class Processor:
    """What /proc/cpuinfo of the board has: the fields of MIDR_EL1 that tell processors apart, and the features."""

    part: int
    variant: int
    revision: int
    features: str

    @property
    def identity(self):
        """MIDR_EL1 of Arm's DDI 0487: implementer Arm, architecture as the identification registers have it."""
        return 0x41 << 24 | self.variant << 20 | 0xF << 16 | self.part << 4 | self.revision


PROCESSORS = {
    "cortex-a53": Processor(0xD03, 0, 4, OLDER),
    "cortex-a72": Processor(0xD08, 0, 3, OLDER),
    "cortex-a76": Processor(0xD0B, 4, 1, NEWER),
}


@dataclass(frozen=True)
class Board:
    name: str
    processor: str
    #: of each data cache, from the core outwards, bytes and ways
    caches: tuple
    #: Kiln's machine model
    model: dict

    def has(self, feature):
        """Whether the processor has something, by Linux's name of it."""
        return feature in PROCESSORS[self.processor].features.split()

    def make_root(self, folder, userland):
        """A folder for `qemu-aarch64 -L`: the user land with one core of this board."""
        processor, root = PROCESSORS[self.processor], folder / self.name
        cores = root / "sys/devices/system/cpu"
        registers = cores / "cpu0/regs/identification"
        registers.mkdir(parents=True)
        (root / "proc").mkdir()
        for part in userland.iterdir():
            (root / part.name).symlink_to(part)
        for name in ("possible", "present", "online"):
            (cores / name).write_text("0\n")
        (registers / "midr_el1").write_text(f"{processor.identity:#018x}\n")
        (root / "proc/cpuinfo").write_text(
            f"processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: {processor.features}\nCPU implementer\t: 0x41\n"
            f"CPU architecture: 8\nCPU variant\t: {processor.variant:#x}\nCPU part\t: {processor.part:#x}\n"
            f"CPU revision\t: {processor.revision}\n\n")
        return root


def boards(names, kiln):
    """With the processors and caches of Kiln's own machine model, which has the sources."""
    targets = {target["name"]: target for target in json.loads(output([kiln, "targets", "--json"]))}
    for name in names:
        target = targets[name]
        ways = [cache["wayCount"] for cache in target["model"]["caches"]]
        yield Board(name, target["processor"], tuple(zip(target["cacheByteCounts"], ways, strict=True)), target["model"])
