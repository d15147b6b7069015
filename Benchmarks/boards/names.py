"""The contenders' names: `kiln` or a peer's, with what it computes in where that isn't float32, as in `ncnn-int8`."""

CONTENDERS = [
    "kiln", "kiln-float16", "kiln-int8", "ncnn", "mnn", "litert", "onnxruntime", "openvino", "ncnn-default", "openvino-default",
    "ncnn-int8", "mnn-int8", "litert-int8", "onnxruntime-int8",
]
#: counted when they are named only. OpenVINO's wheel has no kernel for some layers in int8, and takes minutes under emulation.
OTHER_CONTENDERS = ["kiln-unfolded", "openvino-int8"]
#: what a processor needs for them, by Linux's name of it. Without arithmetic in float16 two are the same as in float32; without
#: dot products OpenVINO's wheel loads no model in int8 ("object is not initialized").
NEEDS = {"ncnn-default": "asimdhp", "openvino-default": "asimdhp", "openvino-int8": "asimddp"}


def peer_of(contender):
    """The runtime's name; None for Kiln."""
    name = contender.partition("-")[0]
    return None if name == "kiln" else name


def precision_of(contender):
    """Whether it is given a float32 network or an int8 one; what computes in float16 is given a float32 one."""
    return "int8" if contender.endswith("-int8") else "float32"
