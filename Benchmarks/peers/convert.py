#!/usr/bin/env python3
"""Converts a model into a runtime's own format: `convert.py FORMAT MODEL.onnx INPUT.npy FILE`.

Formats: torchscript, ncnn (FILE.param and FILE.bin), mnn, tflite, float64 (its answer to the input in double precision).
A process of its own for each: converters crash, and some replace parts of others.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np


def to_torchscript(model, image, path):
    import onnx_to_torch
    import torch

    with torch.no_grad():
        torch.jit.trace(onnx_to_torch.load(model), torch.from_numpy(image)).save(path)


def to_float64(model, image, path):
    import onnx_to_torch
    import torch

    with torch.no_grad():
        answer = onnx_to_torch.load(model).double()(torch.from_numpy(image).double())
    with open(path, "wb") as file:
        np.save(file, answer.numpy())


def to_ncnn(model, image, path):
    """By way of TorchScript; weights stay float32."""
    script = path.with_suffix(".pt")
    to_torchscript(model, image, script)
    program = Path(sys.executable).parent / "pnnx"
    shape = ",".join(map(str, image.shape))
    outputs = [f"ncnnparam={path}.param", f"ncnnbin={path}.bin"]
    for kind in ("pnnxparam", "pnnxbin", "pnnxpy", "pnnxonnx", "ncnnpy"):
        outputs.append(f"{kind}={path.with_name('pnnx-' + kind)}")
    subprocess.run([program, script, f"inputshape=[{shape}]f32", "fp16=0", *outputs], check=True)
    for rest in [script, *path.parent.glob("pnnx-*"), *path.parent.glob("*.foldable_constants.zip")]:
        rest.unlink()


def to_mnn(model, image, path):
    """By the wheel's converter itself. Its script `mnnconvert` would also report the model to its makers."""
    import _tools

    _tools.mnnconvert(["", "-f", "ONNX", "--modelFile", str(model), "--MNNModel", str(path), "--bizCode", "peers"])


def to_tflite(model, image, path):
    """Channels last at both ends, as LiteRT's models usually are."""
    import litert_torch
    import onnx_to_torch
    import torch

    module, image = onnx_to_torch.load(model), torch.from_numpy(image)
    answer = module(image)
    outputs = [0] if answer.dim() == 4 else None
    last = litert_torch.to_channel_last_io(module, args=[0], outputs=outputs).eval()
    litert_torch.convert(last, (image.permute(0, 2, 3, 1).contiguous(),)).export(str(path))


def main():
    kind, model, image, path = sys.argv[1:]
    globals()[f"to_{kind}"](Path(model), np.load(image), Path(path))


if __name__ == "__main__":
    main()
