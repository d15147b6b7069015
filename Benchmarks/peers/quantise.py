#!/usr/bin/env python3
"""Quantises a model for a runtime to int8 by the runtime's own tool: `quantise.py FORMAT MODEL.onnx CALIBRATION FILE MACHINE`.

Formats: onnx, xml (OpenVINO's, with a .bin beside it), tflite, ncnn (FILE.param and FILE.bin), mnn, torchscript. CALIBRATION is
a folder of inputs as .npy, the same for all. MACHINE is what the result is for, named as `uname -m` does. Weights have a scale for
each output channel, and image and answer stay float32, so that quantising an image is part of an inference for every runtime. The
rest is as the tool does it by itself. A process of its own for each, as of `convert.py`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import convert
import numpy as np


def to_onnx(model, inputs, path, machine):
    """Activations are unsigned on x86-64, whose instructions multiply unsigned by signed bytes, signed elsewhere."""
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    name = onnx.load(model).graph.input[0].name
    kind = quantization.QuantType

    class Reader(quantization.CalibrationDataReader):
        samples = iter(inputs)

        def get_next(self):
            image = next(self.samples, None)
            return None if image is None else {name: image}

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(model, prepared)
        quantization.quantize_static(
            prepared, path, Reader(), per_channel=True, weight_type=kind.QInt8,
            activation_type=kind.QUInt8 if machine == "x86_64" else kind.QInt8,
        )


def to_xml(model, inputs, path, _):
    import nncf
    import openvino

    data = nncf.Dataset(inputs)
    quantised = nncf.quantize(
        openvino.Core().read_model(model), data, subset_size=len(inputs), preset=nncf.QuantizationPreset.MIXED
    )
    openvino.save_model(quantised, path, compress_to_fp16=False)


def to_tflite(model, inputs, path, _):
    from ai_edge_litert.interpreter import Interpreter
    from ai_edge_quantizer import algorithm_manager, qtyping, quantizer, recipe

    with tempfile.TemporaryDirectory() as folder:
        unquantised = Path(folder) / "unquantised.tflite"
        convert.to_tflite(model, inputs[0], unquantised)
        tool = quantizer.Quantizer(unquantised, recipe.static_wi8_ai8())
        for end in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
            tool.update_quantization_recipe(".*", end, algorithm_key=algorithm_manager.AlgorithmName.NO_QUANTIZE)
        ((signature, names),) = Interpreter(str(unquantised)).get_signature_list().items()
        samples = [{names["inputs"][0]: image.transpose(0, 2, 3, 1).copy()} for image in inputs]
        tool.quantize(tool.calibrate({signature: samples}, num_threads=1)).export_model(path)


def to_mnn(model, inputs, path, _):
    """Its tool reads pictures: the inputs are rounded to the 255 steps that int8 has, too.

    It is called by its own arguments, since the wheel's script `mnnquant` passes what it doesn't take.
    """
    import _tools
    from PIL import Image

    step = max(np.abs(image).max() for image in inputs) / 127
    _, channels, height, width = inputs[0].shape
    with tempfile.TemporaryDirectory() as folder:
        unquantised, pictures, settings = (Path(folder) / name for name in ("unquantised.mnn", "pictures", "settings.json"))
        convert.to_mnn(model, inputs[0], unquantised)
        pictures.mkdir()
        for index, image in enumerate(inputs):
            pixels = (np.rint(image[0] / step) + 128).astype(np.uint8).transpose(1, 2, 0)
            Image.fromarray(pixels).save(pictures / f"{index}.png")
        settings.write_text(json.dumps(dict(
            path=f"{pictures}/", used_image_num=len(inputs), format="RGB", mean=[128.0] * channels,
            normal=[float(step)] * channels, width=width, height=height, feature_quantize_method="KL",
            weight_quantize_method="MAX_ABS",
        )))
        _tools.mnnquant(["", str(unquantised), str(path), str(settings)])


def to_ncnn(model, inputs, path, _):
    """By programs that are not in its wheel."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        unquantised, samples, scales = folder / "unquantised", folder / "samples.txt", folder / "scales"
        convert.to_ncnn(model, inputs[0], unquantised)
        files = [folder / f"{index}.npy" for index in range(len(inputs))]
        for file, image in zip(files, inputs):
            np.save(file, image[0])
        samples.write_text("".join(f"{file}\n" for file in files))
        shape = ",".join(map(str, reversed(inputs[0].shape[1:])))
        network = [f"{unquantised}.param", f"{unquantised}.bin"]
        how = [f"shape=[{shape}]", "thread=1", "method=kl", "type=1"]
        subprocess.run(["ncnn2table", *network, samples, scales, *how], check=True)
        subprocess.run(["ncnn2int8", *network, f"{path}.param", f"{path}.bin", scales], check=True)


def to_torchscript(model, inputs, path, machine):
    """By PyTorch's graph mode, whose result TorchScript can hold. That of torchao, which is to replace it, needs torch.compile."""
    import onnx_to_torch
    import torch
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    torch.backends.quantized.engine = kernels = "x86" if machine == "x86_64" else "qnnpack"
    images = [torch.from_numpy(image) for image in inputs]
    with torch.no_grad():
        observed = prepare_fx(onnx_to_torch.load(model), get_default_qconfig_mapping(kernels), (images[0],))
        for image in images:
            observed(image)
        torch.jit.trace(convert_fx(observed), images[0]).save(path)


def main():
    kind, model, calibration, path, machine = sys.argv[1:]
    inputs = [np.load(file) for file in sorted(Path(calibration).glob("*.npy"))]
    globals()[f"to_{kind}"](Path(model), inputs, Path(path), machine)


if __name__ == "__main__":
    main()
