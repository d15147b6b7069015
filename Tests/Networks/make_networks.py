#!/usr/bin/env python3
"""Makes the small networks of the tests.

    python make_networks.py [NAME ...]

NAME.unfused.onnx keeps its batch norms, NAME.onnx had them folded by PyTorch's exporter; NAME.output.npy is what ONNX
Runtime answers to NAME.input.npy on the former, its graph optimisations disabled.

Each has every layer of the network it is named after, but few channels and a small image, and random weights from a
fixed seed. Channel counts are no multiples of a vector's width and images are not square, because that is where kernels
go wrong.
"""

import re
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent


# Blocks


class ConvBN(nn.Module):
    """Convolution and batch norm, then possibly an activation. The image keeps its size but for the stride."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, groups=1, activation=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.activation = activation or nn.Identity()

    def forward(self, x):
        return self.activation(self.bn(self.conv(x)))


class Residual(nn.Module):
    """relu(body(x) + x), where a 1x1 convolution makes x fit if the body changes its shape."""

    def __init__(self, body, inputs, outputs, stride):
        super().__init__()
        self.body = body
        fits = stride == 1 and inputs == outputs
        self.down = nn.Identity() if fits else ConvBN(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.body(x) + self.down(x))


def basic(inputs, width, stride):
    """The residual block of ResNet-18 and 34."""
    body = nn.Sequential(ConvBN(inputs, width, 3, stride, activation=nn.ReLU()), ConvBN(width, width))
    return Residual(body, inputs, width, stride)


def bottleneck(inputs, width, stride):
    """The residual block of ResNet-50 and deeper, with the stride on its 3x3 convolution."""
    body = nn.Sequential(
        ConvBN(inputs, width, 1, activation=nn.ReLU()),
        ConvBN(width, width, 3, stride, activation=nn.ReLU()),
        ConvBN(width, 4 * width, 1),
    )
    return Residual(body, inputs, 4 * width, stride)


class InvertedResidual(nn.Module):
    """MobileNetV2's block: expand, filter each channel by itself, project, and add the input where the shapes agree."""

    def __init__(self, inputs, outputs, stride, expansion, kernel=3):
        super().__init__()
        hidden = inputs * expansion
        expand = [ConvBN(inputs, hidden, 1, activation=nn.ReLU6())] if expansion > 1 else []
        self.body = nn.Sequential(
            *expand,
            ConvBN(hidden, hidden, kernel, stride, groups=hidden, activation=nn.ReLU6()),
            ConvBN(hidden, outputs, 1),
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class RepVGGBlock(nn.Module):
    """The sum of a 3x3, a 1x1 and, where the shape stays, an identity branch, each with its own batch norm."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.dense = ConvBN(inputs, outputs, 3, stride)
        self.point = ConvBN(inputs, outputs, 1, stride)
        self.identity = nn.BatchNorm2d(inputs) if stride == 1 and inputs == outputs else None

    def forward(self, x):
        sum = self.dense(x) + self.point(x)
        return F.relu(sum if self.identity is None else sum + self.identity(x))

    def merged(self):
        """The one convolution that the branches amount to: kernels, all written as 3x3, and biases add up."""
        dense = self.dense.conv
        branches = [(dense.weight, self.dense.bn), (F.pad(self.point.conv.weight, (1, 1, 1, 1)), self.point.bn)]
        if self.identity is not None:
            branches.append((nn.init.dirac_(torch.empty_like(dense.weight)), self.identity))
        conv = nn.Conv2d(dense.in_channels, dense.out_channels, 3, dense.stride, 1)
        with torch.no_grad():
            scales = [bn.weight / torch.sqrt(bn.running_var + bn.eps) for _, bn in branches]
            conv.weight.copy_(sum(w * s.reshape(-1, 1, 1, 1) for (w, _), s in zip(branches, scales)))
            conv.bias.copy_(sum(bn.bias - bn.running_mean * s for (_, bn), s in zip(branches, scales)))
        return nn.Sequential(conv, nn.ReLU())


class Up(nn.Module):
    """One stage of U-Net's decoder: double the image, append the encoder's of that size, convolve twice."""

    def __init__(self, inputs, skipped, outputs):
        super().__init__()
        self.conv = nn.Sequential(
            ConvBN(inputs + skipped, outputs, activation=nn.ReLU()), ConvBN(outputs, outputs, activation=nn.ReLU())
        )

    def forward(self, x, skip=None):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.conv(x if skip is None else torch.cat([x, skip], dim=1))


# Networks


def classifier(features, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes)]


def resnet_stages(block, expansion, stem, widths, depths):
    """The stem and the four stages, apart, for those who need what is between them."""
    stages = [ConvBN(3, stem, 7, 2, activation=nn.ReLU())]
    channels = stem
    for index, (width, depth) in enumerate(zip(widths, depths)):
        blocks = [] if index else [nn.MaxPool2d(3, 2, 1)]
        for position in range(depth):
            blocks.append(block(channels, width, 2 if index and not position else 1))
            channels = width * expansion
        stages.append(nn.Sequential(*blocks))
    return stages


def resnet(block, stem, widths, depths, classes=10):
    expansion = 4 if block is bottleneck else 1
    stages = resnet_stages(block, expansion, stem, widths, depths)
    return nn.Sequential(*stages, *classifier(widths[-1] * expansion, classes))


def mobilenet_v2(stem, widths, last, classes=10):
    plan = [(1, 1, 1, 3), (6, 2, 2, 3), (6, 3, 2, 3), (6, 4, 2, 3), (6, 3, 1, 3), (6, 3, 2, 3), (6, 1, 1, 3)]
    return inverted_residuals(plan, stem, widths, last, classes)


def inverted_residuals(plan, stem, widths, last, classes):
    """A classifier of stages of inverted residuals: for each stage `plan` has expansion, depth, stride and kernel."""
    layers = [ConvBN(3, stem, 3, 2, activation=nn.ReLU6())]
    channels = stem
    for (expansion, depth, stride, kernel), width in zip(plan, widths):
        for position in range(depth):
            layers.append(InvertedResidual(channels, width, 1 if position else stride, expansion, kernel))
            channels = width
    layers.append(ConvBN(channels, last, 1, activation=nn.ReLU6()))
    return nn.Sequential(*layers, *classifier(last, classes))


def repvgg_a0(widths, classes=10):
    layers, channels = [], 3
    for width, depth in zip(widths, [1, 2, 4, 14, 1]):
        for position in range(depth):
            layers.append(RepVGGBlock(channels, width, 1 if position else 2))
            channels = width
    return nn.Sequential(*layers, *classifier(channels, classes))


def deploy(trained):
    return nn.Sequential(*[layer.merged() if isinstance(layer, RepVGGBlock) else layer for layer in trained])


class UNet(nn.Module):
    """U-Net with a ResNet-18 for its encoder. `outputs` are the widths of the decoder's stages, smallest image first."""

    def __init__(self, stem, widths, outputs):
        super().__init__()
        self.encoder = nn.ModuleList(resnet_stages(basic, 1, stem, widths, [2, 2, 2, 2]))
        skips = [*reversed(widths[:-1]), stem, 0]
        inputs = [widths[-1], *outputs[:-1]]
        self.decoder = nn.ModuleList(Up(*channels) for channels in zip(inputs, skips, outputs))
        self.head = nn.Conv2d(outputs[-1], 1, 3, padding=1)

    def forward(self, x):
        skips = [None]
        for stage in self.encoder:
            x = stage(x)
            skips.append(x)
        skips.pop()
        for stage in self.decoder:
            x = stage(x, skips.pop())
        return self.head(x)


def tiny():
    return nn.Sequential(nn.Conv2d(3, 5, 3, bias=False), nn.BatchNorm2d(5), nn.ReLU())


#: name: how to make it, height and width of its input. One that ends in _deploy has its branches merged.
NETWORKS = {
    "tiny": (tiny, (32, 37)),
    "mobilenet_v2": (lambda: mobilenet_v2(5, [3, 3, 3, 4, 4, 5, 7], 11), (40, 33)),
    "resnet18": (lambda: resnet(basic, 3, [3, 5, 6, 7], [2, 2, 2, 2]), (33, 40)),
    "resnet34": (lambda: resnet(basic, 3, [3, 4, 5, 5], [3, 4, 6, 3]), (40, 33)),
    "resnet50": (lambda: resnet(bottleneck, 5, [2, 3, 3, 5], [3, 4, 6, 3]), (32, 37)),
    "resnet152": (lambda: resnet(bottleneck, 5, [2, 3, 2, 5], [3, 8, 36, 3]), (32, 40)),
    "repvgg_a0": (lambda: repvgg_a0([3, 5, 5, 5, 9]), (32, 40)),
    "repvgg_a0_deploy": (lambda: repvgg_a0([3, 5, 5, 5, 9]), (32, 40)),
    "unet_r18": (lambda: UNet(5, [5, 3, 6, 7], [5, 6, 3, 5, 3]), (64, 32)),
}


# Weights and files


def randomised(network, size, images=32):
    """The network with seeded weights, and with batch norm statistics near to those of its activations.

    So values stay in range. Near, not equal: statistics that fit exactly would leave no mean for a fold to get wrong. A
    residual block's last batch norm is damped, as in trained networks: else fifty blocks amplify rounding until float32
    agrees with nothing. Batch norms before ReLU6 are widened until it has something to cut off.
    """
    generator = torch.Generator().manual_seed(1)
    damped = {m.body[-1].bn for m in network.modules() if isinstance(m, (Residual, InvertedResidual))}
    widened = {m.bn for m in network.modules() if isinstance(m, ConvBN) and isinstance(m.activation, nn.ReLU6)}
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.weight.data.normal_(0, module.weight[0].numel() ** -0.5, generator=generator)
            if module.bias is not None:
                module.bias.data.normal_(0, 0.1, generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            scale = 0.3 if module in damped else 3 if module in widened else 1
            module.weight.data.uniform_(0.6 * scale, 1.4 * scale, generator=generator)
            module.bias.data.normal_(0, 0.2 * scale, generator=generator)
            module.momentum = 1  # the statistics become those of the one batch below
    with torch.no_grad():
        network.train()(torch.randn(images, 3, *size, generator=generator))
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                off = torch.randn(module.num_features, generator=generator)
                module.running_mean += 0.1 * off * module.running_var.sqrt()
                module.running_var += 0.05
    return network.eval()


def export(network, image, path, keep_batch_norms):
    """PyTorch's exporter folds batch norms of a network in evaluation mode, unless it is told to preserve its mode."""
    modes = torch.onnx.TrainingMode
    torch.onnx.export(
        network, (image,), path, input_names=["input"], output_names=["output"], opset_version=17, dynamo=False,
        training=modes.PRESERVE if keep_batch_norms else modes.EVAL, do_constant_folding=not keep_batch_norms,
    )
    shorten_names(path)


def shorten_names(path):
    """Numbers the values, and drops from the nodes' names the modules that their own repeat.

    In a network of hundreds of narrow layers the exporter's names take more bytes than the weights.
    """
    model = onnx.load(path)
    numbers = {}
    for index, node in enumerate(model.graph.node):
        node.name = re.sub(r"/([^/]+)(?=/\1\.)", "", node.name)
        node.input[:] = [numbers.get(name, name) for name in node.input]
        numbers |= {name: str(index) for name in node.output if name != "output"}
        node.output[:] = [numbers.get(name, name) for name in node.output]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def ort(path, image):
    """ONNX Runtime's answer, computed node by node as the file says."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"]).run(None, {"input": image})[0]


def count(path, operator):
    return sum(node.op_type == operator for node in onnx.load(path).graph.node)


def make(name, build, size, folder, images=32):
    network = randomised(build(), size, images)
    if name.endswith("_deploy"):
        network = deploy(network).eval()
    image = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(2))
    kept, folded = folder / f"{name}.unfused.onnx", folder / f"{name}.onnx"
    export(network, image, kept, keep_batch_norms=True)
    export(network, image, folded, keep_batch_norms=False)
    output = ort(kept, image.numpy())
    np.save(folder / f"{name}.input.npy", image.numpy())
    np.save(folder / f"{name}.output.npy", output)

    # A test can be no more exact than what rounding alone does to either file, and it needs an output that depends on
    # the image: random ReLU networks may well answer the same to all.
    with torch.no_grad():
        exact, other = (network.double()(x.double()).numpy() for x in (image, image.flip(2, 3)))
    largest = np.abs(exact).max()
    assert np.abs(exact - other).max() > 0.05 * largest, f"{name} hardly looks at its input"
    errors = [np.abs(answer - exact).max() / largest for answer in (output, ort(folded, image.numpy()))]
    assert max(errors) < 1e-5, f"{name} is ill-conditioned: {errors}"
    bytes = sum(path.stat().st_size for path in folder.glob(f"{name}.*"))
    print(
        f"{name:17} {count(kept, 'Conv'):4} convolutions {count(kept, 'BatchNormalization'):4} batch norms "
        f"{bytes / 1024:6.0f} KiB, largest output {largest:5.2f}, error {errors[0]:.0e} kept, {errors[1]:.0e} folded"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or NETWORKS:
        make(name, *NETWORKS[name], HERE)
