"""The boards: what Linux says of their processors, by which peers choose kernels, and their data caches."""

import json
from dataclasses import dataclass
from pathlib import Path

TARGETS = Path(__file__).resolve().parent.parent.parent / "Targets"
OLDER = "fp asimd evtstrm crc32 cpuid"
NEWER = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"


@dataclass(frozen=True)
class Processor:
    #: the fields of MIDR_EL1 that tell processors apart
    part: int
    variant: int
    revision: int
    features: str
    #: of the data caches, from the core outwards
    ways: tuple


#: Ways: Arm's Technical Reference Manuals of Cortex-A53 (DDI 0500: L1 data 4, L2 16), Cortex-A72 (100095: 2, 16),
#: Cortex-A76 (100798: 4, 8) and its DynamIQ Shared Unit (100453: L3 16). All have lines of 64 bytes.
PROCESSORS = {
    "cortex-a53": Processor(0xD03, 0, 4, OLDER, (4, 16)),
    "cortex-a72": Processor(0xD08, 0, 3, OLDER, (2, 16)),
    "cortex-a76": Processor(0xD0B, 4, 1, NEWER, (4, 8, 16)),
}
BOARDS = ("raspberry-pi-3", "raspberry-pi-4", "raspberry-pi-5")


@dataclass(frozen=True)
class Board:
    name: str
    processor: str
    cache_bytes: tuple

    @staticmethod
    def named(name):
        target = json.loads((TARGETS / f"{name}.json").read_text())
        return Board(name, target["processor"], tuple(target["cacheByteCounts"]))

    @property
    def caches(self):
        """As the plugin takes them."""
        ways = PROCESSORS[self.processor].ways
        return ":".join(f"{size}x{count}" for size, count in zip(self.cache_bytes, ways, strict=True))

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
        identity = 0x410F0000 | processor.variant << 20 | processor.part << 4 | processor.revision
        (registers / "midr_el1").write_text(f"{identity:#018x}\n")
        (root / "proc/cpuinfo").write_text(
            f"processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: {processor.features}\nCPU implementer\t: 0x41\n"
            f"CPU architecture: 8\nCPU variant\t: {processor.variant:#x}\nCPU part\t: {processor.part:#x}\n"
            f"CPU revision\t: {processor.revision}\n\n")
        return root
