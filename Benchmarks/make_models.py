#!/usr/bin/env python3
"""Makes the ten networks of the benchmarks in their full size, with random weights from a fixed seed.

    python make_models.py FOLDER [NAME ...]

Their speed is that of trained ones. The definitions and the files are those of Tests/Networks, whose README tells what
the files are; together they take 1.3 GB.
"""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests/Networks"))

from make_networks import UNet, basic, bottleneck, inverted_residuals, make, mobilenet_v2, repvgg_a0, resnet, tiny  # noqa: E402

STAGES = [64, 128, 256, 512]


def full_repvgg():
    return repvgg_a0([48, 48, 96, 192, 1280], classes=1000)


def efficientnet_lite0():
    """EfficientNet-B0 without squeeze and excitation, and with ReLU6 for swish: what quantises well of it."""
    plan = [(1, 1, 1, 3), (6, 2, 2, 3), (6, 2, 2, 5), (6, 3, 2, 3), (6, 3, 1, 5), (6, 4, 2, 5), (6, 1, 1, 3)]
    return inverted_residuals(plan, 32, [16, 24, 40, 80, 112, 192, 320], 1280, classes=1000)


MODELS = {
    "tiny": tiny,
    "mobilenet_v2": lambda: mobilenet_v2(32, [16, 24, 32, 64, 96, 160, 320], 1280, classes=1000),
    "efficientnet_lite0": efficientnet_lite0,
    "resnet18": lambda: resnet(basic, 64, STAGES, [2, 2, 2, 2], classes=1000),
    "resnet34": lambda: resnet(basic, 64, STAGES, [3, 4, 6, 3], classes=1000),
    "resnet50": lambda: resnet(bottleneck, 64, STAGES, [3, 4, 6, 3], classes=1000),
    "resnet152": lambda: resnet(bottleneck, 64, STAGES, [3, 8, 36, 3], classes=1000),
    "repvgg_a0": full_repvgg,
    "repvgg_a0_deploy": full_repvgg,
    "unet_r18": lambda: UNet(64, STAGES, [256, 128, 64, 32, 16]),
}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name in sys.argv[2:] or MODELS:
        side = 256 if name == "unet_r18" else 224
        make(name, MODELS[name], (side, side), folder, images=4)


if __name__ == "__main__":
    main()
