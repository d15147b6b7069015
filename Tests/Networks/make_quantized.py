#!/usr/bin/env python3
"""Makes the quantised network of the tests: MobileNetV2 as torch.ao.quantization leaves it, with few channels.

    python make_quantized.py

quantized_mobilenet_v2.onnx has 52 convolutions and a linear layer between quantisation and dequantisation, weights of int8
with a scale for each output channel, and 11 sums. quantized_mobilenet_v2.output.npy is what ONNX Runtime answers to
quantized_mobilenet_v2.input.npy, its graph optimisations disabled.

ONNX Runtime sums float32 products in an order of its own, so that a sum near the middle between two steps may be rounded to
the other one: the answer is right within a few steps of the output, whose size is the last number that is printed.
"""

import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.ao import quantization

from make_networks import HERE, ConvBN, InvertedResidual, mobilenet_v2, randomised

NAME = "quantized_mobilenet_v2"
SIZE = (40, 33)


class QuantizableResidual(nn.Module):
    """An inverted residual block whose addition has a scale of its own."""

    def __init__(self, block):
        super().__init__()
        self.body = block.body
        self.sum = torch.ao.nn.quantized.FloatFunctional() if block.adds else None

    def forward(self, x):
        return self.body(x) if self.sum is None else self.sum.add(x, self.body(x))


def quantizable(network):
    """The network with ReLU for ReLU6, as torchvision's quantised one has it, and the places where numbers change form."""
    layers = [QuantizableResidual(layer) if isinstance(layer, InvertedResidual) else layer for layer in network]
    network = nn.Sequential(quantization.QuantStub(), *layers, quantization.DeQuantStub()).eval()
    for module in network.modules():
        if isinstance(module, ConvBN):
            has_activation = isinstance(module.activation, nn.ReLU6)
            if has_activation:
                module.activation = nn.ReLU().eval()
            parts = ["conv", "bn"] + (["activation"] if has_activation else [])
            quantization.fuse_modules(module, parts, inplace=True)
    return network


def quantized(network, size):
    """The network in int8, its scales from 32 random images."""
    network = quantizable(network)
    network.qconfig = quantization.QConfig(
        activation=quantization.MinMaxObserver.with_args(dtype=torch.quint8),
        weight=quantization.default_per_channel_weight_observer,
    )
    quantization.prepare(network, inplace=True)
    with torch.no_grad():
        network(torch.randn(32, 3, *size, generator=torch.Generator().manual_seed(2)))
    return quantization.convert(network, inplace=True)


def main():
    warnings.filterwarnings("ignore")
    torch.backends.quantized.engine = "qnnpack"
    network = quantized(randomised(mobilenet_v2(5, [3, 3, 3, 4, 4, 5, 7], 11), SIZE), SIZE)
    image = torch.randn(1, 3, *SIZE, generator=torch.Generator().manual_seed(7))
    path = HERE / f"{NAME}.onnx"
    torch.onnx.export(
        network, (image,), path, input_names=["input"], output_names=["output"], opset_version=13, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    answer = session.run(None, {"input": image.numpy()})[0]
    np.save(HERE / f"{NAME}.input.npy", image.numpy())
    np.save(HERE / f"{NAME}.output.npy", answer)
    model = onnx.load(path)
    last = [node for node in model.graph.node if node.op_type == "QuantizeLinear"][-1]
    scale = next(node for node in model.graph.node if last.input[1] in node.output).attribute[0].t
    print(NAME, path.stat().st_size, "bytes, a step of", float(onnx.numpy_helper.to_array(scale)))


if __name__ == "__main__":
    main()
