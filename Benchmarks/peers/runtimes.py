"""The peers: how each loads a model and runs it.

A loader takes (file, threads, image) and returns two functions: `run()` does one inference, which is what is timed, and
`answer()` gives the output of the last one. The caller keeps the image: some runtimes read it where it lies. Image and
answer are NCHW, as in the ONNX file, but for LiteRT, whose models are channels last. All are told to compute in float32, but
for what a model has in int8, and not to keep threads busy between inferences; the rest is as their documentation advises for
one image at a time on a CPU.
Loaders of runtimes that choose another one where the processor has it take `is_float32=False`, which leaves that to them.
"""

import os
import shutil
from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True)
class Quantiser:
    """What makes int8 models for a runtime."""

    #: what it writes, and what pip calls it
    format: str
    distribution: str
    #: those of its programs that pip doesn't install
    programs: tuple = ()
    #: whether what it makes is for one kind of processor, since others multiply other types of bytes faster
    depends_on_machine: bool = False

    @property
    def version(self):
        """None when it is not installed."""
        return installed_version(self.distribution) if all(map(shutil.which, self.programs)) else None


@dataclass(frozen=True)
class Runtime:
    title: str
    #: what `import` and pip call it
    module: str
    distribution: str
    #: what the model is converted to; None for ONNX
    format: str | None
    load: object
    #: None for what is compared in float32 only
    quantiser: Quantiser | None = None

    @property
    def version(self):
        """None when it is not installed."""
        return installed_version(self.distribution)


def installed_version(distribution):
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def load_openvino(file, threads, image, is_float32=True):
    import openvino

    core = openvino.Core()
    precision = {"INFERENCE_PRECISION_HINT": "f32"} if is_float32 else {}
    compiled = core.compile_model(core.read_model(file), "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False,
        **precision,
    })
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(image, shared_memory=True))
    return request.infer, lambda: request.get_output_tensor(0).data


def load_onnxruntime(file, threads, image):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    (result,) = session.get_outputs()
    shape = [size if isinstance(size, int) else 1 for size in result.shape]
    values = onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, "float32", "cpu")
    binding.bind_cpu_input(session.get_inputs()[0].name, image)
    binding.bind_ortvalue_output(result.name, values)
    return lambda: session.run_with_iobinding(binding), values.numpy


def load_litert(file, threads, image):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=file, num_threads=threads)
    interpreter.allocate_tensors()
    (source,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(source["index"], image.transpose(0, 2, 3, 1).copy())

    def answer():
        values = interpreter.get_tensor(result["index"])
        return values.transpose(0, 3, 1, 2) if values.ndim == 4 else values

    return interpreter.invoke, answer


def load_ncnn(file, threads, image, is_float32=True):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_vulkan_compute = False
    if is_float32:
        net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    net.load_param(f"{file}.param")
    net.load_model(f"{file}.bin")
    matrix = ncnn.Mat(image[0])
    last = []

    def run():
        last.clear()
        extractor = net.create_extractor()
        extractor.input("in0", matrix)
        last.append(extractor.extract("out0")[1])

    return run, lambda: last[0].numpy()[None]


def load_mnn(file, threads, image):
    import MNN
    import numpy as np

    interpreter = MNN.Interpreter(file)
    session = interpreter.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
    source, result = interpreter.getSessionInput(session), interpreter.getSessionOutput(session)
    shape = result.getShape()
    layout = MNN.Tensor_DimensionType_Caffe
    image = MNN.Tensor(image.shape, MNN.Halide_Type_Float, image, layout)
    values = MNN.Tensor(shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), layout)

    def run():
        source.copyFrom(image)
        interpreter.runSession(session)
        result.copyToHostTensor(values)

    return run, lambda: np.array(values.getNumpyData()).reshape(shape)


def load_torchscript(file, threads, image):
    import torch

    module = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.load(file).eval()))
    return torch_functions(module, threads, torch.from_numpy(image))


def load_torch(file, threads, image):
    """Module by module, batch norms fused, channels last."""
    import onnx_to_torch
    import torch
    from torch.fx.experimental.optimization import fuse

    last = torch.channels_last
    module = fuse(onnx_to_torch.load(file)).to(memory_format=last)
    return torch_functions(
        lambda image: module(image.contiguous(memory_format=last)).contiguous(), threads, torch.from_numpy(image)
    )


def load_torch_compile(file, threads, image):
    """With the weights frozen and channels last, which is its fastest. Needs a C++ compiler."""
    import onnx_to_torch
    import torch
    import torch._inductor.config

    torch._inductor.config.freezing = True
    last = torch.channels_last
    module = onnx_to_torch.load(file).to(memory_format=last)
    module = torch.compile(lambda image: module(image.contiguous(memory_format=last)).contiguous())
    return torch_functions(module, threads, torch.from_numpy(image))


def torch_functions(module, threads, image):
    import torch

    torch.set_num_threads(threads)
    # It may only be set once in a process, and answers.py loads several times.
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)
    last = []

    def run():
        last.clear()
        with torch.no_grad():
            last.append(module(image))

    return run, lambda: last[0].numpy()


NCNN_TOOLS = ("ncnn2table", "ncnn2int8")
RUNTIMES = {
    "openvino": Runtime("OpenVINO", "openvino", "openvino", None, load_openvino, Quantiser("xml", "nncf")),
    "onnxruntime": Runtime(
        "ONNX Rt.", "onnxruntime", "onnxruntime", None, load_onnxruntime,
        Quantiser("onnx", "onnxruntime", depends_on_machine=True),
    ),
    "litert": Runtime(
        "LiteRT", "ai_edge_litert.interpreter", "ai-edge-litert", "tflite", load_litert, Quantiser("tflite", "ai-edge-quantizer")
    ),
    "ncnn": Runtime("ncnn", "ncnn", "ncnn", "ncnn", load_ncnn, Quantiser("ncnn", "ncnn", NCNN_TOOLS)),
    "mnn": Runtime("MNN", "MNN", "MNN", "mnn", load_mnn, Quantiser("mnn", "MNN")),
    "torchscript": Runtime(
        "TorchScript", "torch", "torch", "torchscript", load_torchscript,
        Quantiser("torchscript", "torch", depends_on_machine=True),
    ),
    "torch": Runtime("PyTorch", "torch", "torch", None, load_torch),
    "torch_compile": Runtime("t.compile", "torch", "torch", None, load_torch_compile),
}

#: for the OpenMP of several peers: threads sleep soon after their work, as others need the cores next
ENVIRONMENT = {"KMP_BLOCKTIME": "2", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}


def environment(threads, cache):
    kept = {"TORCHINDUCTOR_CACHE_DIR": str(cache / "torch_compile"), "OMP_NUM_THREADS": str(threads)}
    return {**os.environ, **ENVIRONMENT, **kept}
