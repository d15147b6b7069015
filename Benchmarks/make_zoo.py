#!/usr/bin/env python3
"""Makes networks that the benchmarks don't time, in full size with random weights from a fixed seed, to check Kiln on.

    python make_zoo.py [--dynamo] FOLDER [NAME ...]

Needs torchvision, timm and segmentation-models-pytorch beside what Tests/Networks needs (requirements.txt). Each
FOLDER/NAME.onnx keeps its batch norms, with statistics near to those of its activations, so that rounding isn't amplified.
With --dynamo PyTorch's newer exporter writes FOLDER/NAME.dynamo.onnx, which keeps those that are not right after a
convolution. check.py compares Kiln with ONNX Runtime on them.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.ao import quantization
from torch.nn import functional as F

# PyPI's torchvision may not fit the build of PyTorch that is here and then lacks its own operators. No network below uses
# them, but torchvision registers rules for these two as it is imported.
OPERATORS = torch.library.Library("torchvision", "FRAGMENT")
OPERATORS.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
OPERATORS.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import segmentation_models_pytorch as smp  # noqa: E402
import timm  # noqa: E402
from torchvision import models  # noqa: E402
from torchvision.models import detection, segmentation  # noqa: E402


class Convolution(nn.Sequential):
    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.SiLU()
        )


class CrossStage(nn.Module):
    """Half of the channels pass a chain of residual blocks, and all of its stages are put together: YOLOv8's C2f."""

    def __init__(self, channels, depth):
        super().__init__()
        half = channels // 2
        self.enter = Convolution(channels, channels, 1)
        self.blocks = nn.ModuleList(nn.Sequential(Convolution(half, half), Convolution(half, half)) for _ in range(depth))
        self.leave = Convolution((2 + depth) * half, channels, 1)

    def forward(self, x):
        parts = list(self.enter(x).chunk(2, 1))
        for block in self.blocks:
            parts.append(parts[-1] + block(parts[-1]))
        return self.leave(torch.cat(parts, 1))


class PyramidPool(nn.Module):
    """YOLO's SPPF: a pool applied three times, and all put together."""

    def __init__(self, channels):
        super().__init__()
        self.enter = Convolution(channels, channels // 2, 1)
        self.leave = Convolution(channels * 2, channels, 1)

    def forward(self, x):
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(F.max_pool2d(parts[-1], 5, 1, 2))
        return self.leave(torch.cat(parts, 1))


class Yolo(nn.Module):
    """A detector without anchors: distances to a box's sides as expectations over 16 bins, decoded to pixels, and scores."""

    BINS = 16

    def __init__(self, classes=80, width=32, side=320):
        super().__init__()
        widths = [width * 2, width * 4, width * 8]
        self.stem = nn.Sequential(Convolution(3, width, 3, 2), Convolution(width, widths[0], 3, 2))
        self.stages = nn.ModuleList()
        channels = widths[0]
        for stage in widths:
            self.stages.append(nn.Sequential(Convolution(channels, stage, 3, 2), CrossStage(stage, 2)))
            channels = stage
        self.pool = PyramidPool(channels)
        self.merge = nn.ModuleList(Convolution(a + b, b, 1) for a, b in [(widths[2], widths[1]), (widths[1], widths[0])])
        self.boxes = nn.ModuleList(nn.Conv2d(width, 4 * self.BINS, 1) for width in widths)
        self.scores = nn.ModuleList(nn.Conv2d(width, classes, 1) for width in widths)
        points, strides = [], []
        for stride in (8, 16, 32):
            line = torch.arange(side // stride) + 0.5
            y, x = torch.meshgrid(line, line, indexing="ij")
            points.append(torch.stack([x, y]).reshape(2, -1))
            strides.append(torch.full((1, x.numel()), float(stride)))
        self.register_buffer("points", torch.cat(points, 1)[None])
        self.register_buffer("strides", torch.cat(strides, 1)[None])
        self.register_buffer("bins", torch.arange(self.BINS).float().reshape(1, 1, -1, 1))

    def forward(self, x):
        x = self.stem(x)
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        levels[2] = self.pool(levels[2])
        for index, merge in zip((1, 0), self.merge):
            up = F.interpolate(levels[index + 1], scale_factor=2, mode="nearest")
            levels[index] = merge(torch.cat([up, levels[index]], 1))
        boxes = torch.cat([head(level).flatten(2) for head, level in zip(self.boxes, levels)], 2)
        scores = torch.cat([head(level).flatten(2) for head, level in zip(self.scores, levels)], 2)
        sides = (boxes.reshape(-1, 4, self.BINS, boxes.shape[2]).softmax(2) * self.bins).sum(2)
        near, far = sides.chunk(2, 1)
        low, high = self.points - near, self.points + far
        return torch.cat([torch.cat([(low + high) / 2, high - low], 1) * self.strides, scores.sigmoid()], 1)


class UNet(nn.Module):
    """The U-Net of its first paper, padded: transposed convolutions of stride 2 lead up."""

    def __init__(self, widths=(32, 64, 128, 256), classes=2):
        super().__init__()

        def double(inputs, outputs):
            return nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
            )

        self.down = nn.ModuleList(double(a, b) for a, b in zip((3, *widths), widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(widths, widths[1:]))
        self.join = nn.ModuleList(double(2 * a, a) for a in widths[:-1])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for index, layer in enumerate(self.down):
            x = layer(F.max_pool2d(x, 2) if index else x)
            skips.append(x)
        skips.pop()
        for up, join in zip(reversed(self.up), reversed(self.join)):
            x = join(torch.cat([skips.pop(), up(x)], 1))
        return self.head(x)


def espcn(scale=3):
    """Super-resolution by sub-pixel convolution: Shi et al., 2016."""
    return nn.Sequential(
        nn.Conv2d(1, 64, 5, padding=2), nn.Tanh(), nn.Conv2d(64, 32, 3, padding=1), nn.Tanh(),
        nn.Conv2d(32, scale * scale, 3, padding=1), nn.PixelShuffle(scale),
    )


class Separable(nn.Sequential):
    """A depthwise convolution and one of 1x1, each with a batch norm, or the first only rectified."""

    def __init__(self, inputs, outputs, stride=1, norm=True):
        def after(channels):
            return [nn.BatchNorm2d(channels), nn.ReLU()] if norm else [nn.ReLU()]

        depthwise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=not norm)
        pointwise = nn.Conv2d(inputs, outputs, 1, bias=not norm)
        super().__init__(depthwise, *after(inputs), pointwise, *(after(outputs) if norm else []))


class UltraFace(nn.Module):
    """The slim face detector of Linzaer's Ultra-Light-Fast-Generic-Face-Detector-1MB at 320x240, up to its boxes and scores,
    which are one output here: 4420 candidates of 4 distances and 2 probabilities.
    """

    #: channels and strides of each stage, after the first convolution to 16 channels, and boxes of a pixel
    STAGES = (((32, 1), (32, 2), (32, 1), (64, 2), (64, 1), (64, 1), (64, 1)), 3), (((128, 2), (128, 1), (128, 1)), 2), (
        ((256, 2), (256, 1)), 2)

    def __init__(self):
        super().__init__()
        channels = 16
        self.first = nn.Sequential(nn.Conv2d(3, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())
        self.stages, self.boxes, self.scores = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for layers, count in self.STAGES:
            stage = nn.Sequential()
            for outputs, stride in layers:
                stage.append(Separable(channels, outputs, stride))
                channels = outputs
            self.stages.append(stage)
            self.boxes.append(Separable(channels, 4 * count, norm=False))
            self.scores.append(Separable(channels, 2 * count, norm=False))
        self.stages.append(
            nn.Sequential(nn.Conv2d(channels, 64, 1), nn.ReLU(), Separable(64, 256, 2, norm=False), nn.ReLU()))
        self.boxes.append(nn.Conv2d(256, 12, 3, padding=1))
        self.scores.append(nn.Conv2d(256, 6, 3, padding=1))

    def forward(self, x):
        x = self.first(x)
        boxes, scores = [], []
        for stage, box, score in zip(self.stages, self.boxes, self.scores):
            x = stage(x)
            boxes.append(box(x).permute(0, 2, 3, 1).reshape(1, -1, 4))
            scores.append(score(x).permute(0, 2, 3, 1).reshape(1, -1, 2))
        return torch.cat((torch.cat(boxes, 1), F.softmax(torch.cat(scores, 1), 2)), 2)


class Segmentation(nn.Module):
    """The one output of torchvision's dictionary."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)["out"]


class DetectionHead(nn.Module):
    """A detector up to its raw boxes and scores: what is selected of them depends on their values."""

    def __init__(self, detector):
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.head

    def forward(self, x):
        answer = self.head(list(self.backbone(x).values()))
        return answer["bbox_regression"], answer["cls_logits"]


#: the networks that are quantised after their batch norms have statistics
QUANTIZED = {"mobilenet_v2_int8"}


def torchvision_model(name, **options):
    return lambda: models.get_model(name, weights=None, **options)


def timm_model(name):
    return lambda: timm.create_model(name, pretrained=False)


#: name: how to make it, shape of its image
NETWORKS = {
    "mobilenet_v3_small": (torchvision_model("mobilenet_v3_small"), (3, 224, 224)),
    "mobilenet_v3_large": (torchvision_model("mobilenet_v3_large"), (3, 224, 224)),
    "efficientnet_b0": (torchvision_model("efficientnet_b0"), (3, 224, 224)),
    "shufflenet_v2": (torchvision_model("shufflenet_v2_x1_0"), (3, 224, 224)),
    "densenet121": (torchvision_model("densenet121"), (3, 224, 224)),
    "inception_v3": (torchvision_model("inception_v3", aux_logits=False, init_weights=False), (3, 299, 299)),
    "squeezenet": (torchvision_model("squeezenet1_1"), (3, 224, 224)),
    "vgg16": (torchvision_model("vgg16"), (3, 224, 224)),
    "convnext_tiny": (torchvision_model("convnext_tiny"), (3, 224, 224)),
    "deeplabv3": (lambda: Segmentation(segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None)), (3, 225, 225)),
    "ssdlite": (
        lambda: DetectionHead(detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)), (3, 320, 320)
    ),
    "yolo": (Yolo, (3, 320, 320)),
    "ultraface": (UltraFace, (3, 240, 320)),
    "unet_transposed": (UNet, (3, 192, 256)),
    "espcn": (espcn, (1, 180, 240)),
    "levit_128s": (timm_model("levit_128s"), (3, 224, 224)),
    "mixnet_s": (timm_model("mixnet_s"), (3, 224, 224)),
    "fastvit_t8": (timm_model("fastvit_t8"), (3, 256, 256)),
    "nf_regnet_b0": (timm_model("nf_regnet_b0"), (3, 192, 192)),
    "resnet50_gn": (timm_model("resnet50_gn"), (3, 224, 224)),
    "fpn_group_norm": (lambda: smp.FPN("resnet18", encoder_weights=None), (3, 256, 256)),
    "mobilenet_v2_int8": (lambda: models.quantization.mobilenet_v2(weights=None, quantize=False), (3, 224, 224)),
}

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def conditioned(network, shape):
    """The network in evaluation mode, its normalisations seeded, their statistics near to those of four random images."""
    generator = torch.Generator().manual_seed(1)
    network.train()
    for name, module in network.named_modules():
        if isinstance(module, (*BATCH_NORMS, nn.GroupNorm)):
            module.weight.data.uniform_(0.6, 1.4, generator=generator)
            module.bias.data.normal_(0, 0.2, generator=generator)
            module.momentum = 1
        elif isinstance(module, (nn.Dropout, nn.Dropout2d, models.convnext.StochasticDepth, timm.layers.DropPath)):
            module.eval()
    for name, values in network.named_parameters():
        if "layer_scale" in name:
            values.data.uniform_(0.2, 0.6, generator=generator)  # ConvNeXt's start, 1e-6, would hide its blocks
    with torch.no_grad():
        network(torch.randn(4, *shape, generator=generator))
    for module in network.modules():
        if isinstance(module, BATCH_NORMS):
            off = torch.randn(module.num_features, generator=generator)
            module.running_mean += 0.1 * off * module.running_var.sqrt()
            module.running_var += 0.05
    return network.eval()


def quantized(network, shape):
    """torchvision's quantizable network in int8, weights with a scale for each channel, as torch.ao's eager mode makes it."""
    torch.backends.quantized.engine = "qnnpack"
    network.fuse_model(is_qat=False)
    network.qconfig = quantization.QConfig(
        activation=quantization.HistogramObserver, weight=quantization.default_per_channel_weight_observer)
    quantization.prepare(network, inplace=True)
    with torch.no_grad():
        network(torch.randn(8, *shape, generator=torch.Generator().manual_seed(2)))
    return quantization.convert(network, inplace=True)


def make(name, folder, dynamo):
    torch.manual_seed(1)
    factory, shape = NETWORKS[name]
    network = conditioned(factory(), shape)
    if name in QUANTIZED:
        network = quantized(network, shape)
    image = torch.randn(1, *shape, generator=torch.Generator().manual_seed(7))
    if dynamo:
        program = torch.onnx.export(network, (image,), input_names=["input"], dynamo=True, verbose=False)
        program.save(folder / f"{name}.dynamo.onnx", external_data=False)
    else:
        torch.onnx.export(
            network, (image,), folder / f"{name}.onnx", input_names=["input"], opset_version=17, dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        )
    print(name, flush=True)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--dynamo"]
    if not arguments:
        sys.exit(__doc__)
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments[1:] or NETWORKS:
        make(name, folder, "--dynamo" in sys.argv)


if __name__ == "__main__":
    main()
