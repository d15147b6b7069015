"""The aarch64 programs whose instructions are counted."""

import importlib.metadata
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from counting import LIBRARIES, run


@dataclass(frozen=True)
class Question:
    """A model with one float input and one float output, and an input as a raw file."""

    model: Path
    input_name: str
    output_name: str
    shape: list
    image: Path

    @staticmethod
    def of(model, folder):
        graph = onnx.load(model).graph
        weights = {value.name for value in graph.initializer}
        inputs = [value for value in graph.input if value.name not in weights]
        if len(inputs) != 1 or len(graph.output) != 1:
            sys.exit(f"{model}: only models with one input and one output are counted")
        shape = [dimension.dim_value or 1 for dimension in inputs[0].type.tensor_type.shape.dim]
        image = folder / "image.bin"
        np.random.default_rng(1).standard_normal(shape, np.float32).tofile(image)
        return Question(model, inputs[0].name, graph.output[0].name, shape, image)


class KilnProgram:
    """What `kiln compile --target raspberry-pi-4` writes, built with the Embedded Swift SDK of toolchain/setup."""

    def __init__(self, kiln, is_exact, counter, folder):
        self.kiln, self.options, self.counter, self.folder = kiln, ["--exact"] if is_exact else [], counter, folder

    def count(self, question, functions):
        """The count of one inference; the program's answer is in `answer` afterwards."""
        package = self.folder / "package"
        shutil.rmtree(package, ignore_errors=True)
        command = [self.kiln, "compile", question.model, "--output", package, "--name", "Counted"]
        run([*command, "--target", "raspberry-pi-4", *self.options])
        command = ["swift", "build", "-c", "release", "--package-path", package, "--swift-sdk", "aarch64-embedded-linux"]
        run([*command, "--quiet"])
        program = Path(run([*command, "--show-bin-path"]).strip()) / "counted-benchmark"
        answer = self.folder / "answer.bin"
        command = [program, "serve", question.image, answer]
        first, second = (self.counter.count(command, functions=functions, input=f"{runs}\n") for runs in (1, 2))
        self.answer = np.fromfile(answer, np.float32)
        return second - first


class PeerProgram:
    """ONNX Runtime's aarch64 library, as its wheel has it, in a small C program."""

    def __init__(self, cache, counter, folder):
        self.counter, self.folder = counter, folder
        version = importlib.metadata.version("onnxruntime")
        self.title = f"ORT {version}"
        self.library = cache / f"onnxruntime-{version}"
        if not self.library.exists():
            download(version, self.library, folder)
        self.program = folder / "peer"
        run(["aarch64-linux-gnu-gcc", "-O2", "-Wall", "-Wextra", Path(__file__).with_name("peer.c"),
             self.library / f"libonnxruntime.so.{version}", f"-Wl,-rpath-link,{LIBRARIES}", "-o", self.program])

    def count(self, question):
        """The count of one inference; the library's answer is in `answer` afterwards."""
        answer = self.folder / "answer.bin"
        # The first run of a session is the only one to plan its memory.
        first, second = (
            self.counter.count(
                [self.program, question.model, runs, question.input_name, ",".join(map(str, question.shape)), question.image,
                 question.output_name, answer],
                environment=[f"LD_LIBRARY_PATH={self.library}"])
            for runs in (2, 3)
        )
        self.answer = np.fromfile(answer, np.float32)
        return second - first


def download(version, library, folder):
    """Unpacks the shared libraries of the aarch64 wheel into the folder `library`."""
    run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder,
         "--platform", "manylinux_2_28_aarch64", "--platform", "manylinux2014_aarch64", f"onnxruntime=={version}"])
    (wheel,) = folder.glob("onnxruntime-*.whl")
    made = library.with_name(f"{library.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if "/libonnxruntime" in name:
                (made / Path(name).name).write_bytes(archive.read(name))
    # By this name programs ask for it.
    (made / "libonnxruntime.so.1").symlink_to(f"libonnxruntime.so.{version}")
    made.rename(library)
