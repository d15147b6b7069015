"""Debian's Python for arm64 and the peers' aarch64 wheels, unpacked into a folder: nothing of it is installed on this machine."""

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from runtimes import RUNTIMES

#: the oldest C libraries that the wheels may ask for
PLATFORMS = ["manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in (17, 24, 26, 27, 28, 31, 34, 35))]
#: what Python, NumPy and the peers are linked with
PACKAGES = [
    "libc6", "libgcc-s1", "libstdc++6", "libgomp1", "zlib1g", "libexpat1", "libffi8", "libssl3", "libbz2-1.0", "liblzma5",
    "libuuid1",
]


class SetupError(Exception):
    """One line: what is missing, and what to do."""


@dataclass(frozen=True)
class Userland:
    folder: Path

    @property
    def root(self):
        return self.folder / "root"

    @property
    def python(self):
        return python_in(self.root)

    def site(self, peer):
        """Where a peer is unpacked, in the version that is installed here, which converts the models."""
        return self.wheel(RUNTIMES[peer].distribution, RUNTIMES[peer].version)

    def wheel(self, distribution, version):
        return self.folder / f"{distribution}-{version}"

    @property
    def numpy(self):
        return self.folder / "numpy"


def set_up(folder, peers):
    """Downloads what is not there yet. A part is complete once it has its name."""
    folder.mkdir(parents=True, exist_ok=True)
    userland = Userland(folder)
    if not userland.root.exists():
        make(userland.root, unpack_debian)
    minor = userland.python.name.removeprefix("python3.")
    if not userland.numpy.exists():
        make(userland.numpy, lambda made: unpack_wheel(made, "numpy", minor), userland.root)
    for peer in peers:
        runtime = RUNTIMES[peer]
        if runtime.version is None:
            raise SetupError(f"{runtime.distribution} is not installed: run pip install -r Benchmarks/requirements.txt")
        add_wheel(userland, runtime.distribution, runtime.version)
    return userland


def add_wheel(userland, distribution, version):
    """Downloads a wheel that is not there yet. Returns where it is unpacked."""
    site, minor = userland.wheel(distribution, version), userland.python.name.removeprefix("python3.")
    if not site.exists():
        make(site, lambda made: unpack_wheel(made, f"{distribution}=={version}", minor), userland.root)
    return site


def python_in(root):
    (program,) = root.glob("usr/bin/python3.[0-9]*")
    return program


def make(path, fill, root=None):
    """Fills a folder and then gives it its name; another process may make the same. Python is in `root`, or in the folder."""
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.", dir=path.parent) as name:
        made = Path(name) / path.name
        made.mkdir()
        fill(made)
        # Emulated, Python takes longer to compile what it imports than to infer.
        root = root or made
        command = ["qemu-aarch64", "-L", root, python_in(root), "-m", "compileall", "-q", "-x", "/tests?/", made]
        attempt(command, f"{path.name} can't be compiled")
        if not path.exists():
            made.rename(path)


def unpack_debian(root):
    state, packages = root.with_name("apt"), root.with_name("packages")
    for part in (state / "lists/partial", state / "cache/archives/partial", packages):
        part.mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64",
           "-o", "APT::Sandbox::User=root", "-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}/cache"]
    attempt([*apt, "update"], "can't read Debian's package lists")
    # python3-minimal only names the version that is Debian's default.
    text = attempt(["apt-cache", *apt[2:], "depends", "python3-minimal"], "Debian has no python3-minimal")
    python = next(word for word in text.split() if word.startswith("python3.")).removesuffix("-minimal")
    names = [f"{python}-minimal", f"lib{python}-minimal", f"lib{python}-stdlib", f"lib{python}", *PACKAGES]
    attempt([*apt, "download", *names], "can't download Debian's arm64 Python", cwd=packages)
    for package in packages.glob("*.deb"):
        attempt(["dpkg-deb", "-x", package, root], f"{package} can't be unpacked")


def unpack_wheel(site, requirement, minor):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", site,
               "--python-version", f"3.{minor}", "--implementation", "cp"]
    for abi in (f"cp3{minor}", "abi3", "none"):
        command += ["--abi", abi]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    attempt([*command, requirement], f"no aarch64 wheel of {requirement} for Python 3.{minor}")
    (wheel,) = site.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    wheel.unlink()


def attempt(command, problem, **options):
    """Standard output of a command; SetupError with the last line of what it says when it fails."""
    try:
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    except FileNotFoundError:
        raise SetupError(f"{command[0]} is not there: this needs Debian or Ubuntu, pip and qemu-user") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise SetupError(f"{problem}: {lines[-1]}")
    return done.stdout
