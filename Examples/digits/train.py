#!/usr/bin/env python3
"""Trains the network of this example and writes digits.onnx, one test image a digit, zero.npy to nine.npy, and
calibration/images.npy, of the training images, from which ranges for int8 are found.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python train.py

Takes less than a minute on one core. The network is small on purpose, but each block is one that Kiln has to fold:
plain, residual, depthwise and RepVGG.
"""

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SEED = 2026
EPOCHS = 60
CALIBRATION_IMAGES = 64


def conv_bn(inputs, outputs, kernel, groups=1):
    """A convolution that keeps the image's size. It has no bias: batch norm's beta would absorb it."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around which the input is carried and added."""

    def __init__(self, channels):
        super().__init__()
        self.first = conv_bn(channels, channels, 3)
        self.second = conv_bn(channels, channels, 3)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + x)


class DepthwiseSeparable(nn.Module):
    """A 3x3 convolution of each channel by itself, then a 1x1 convolution that mixes the channels."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.depthwise = conv_bn(inputs, inputs, 3, groups=inputs)
        self.pointwise = conv_bn(inputs, outputs, 1)

    def forward(self, x):
        return F.relu(self.pointwise(F.relu(self.depthwise(x))))


class RepVGG(nn.Module):
    """RepVGG's training form: 3x3, 1x1 and identity branches, whose sum is again one 3x3 convolution."""

    def __init__(self, channels):
        super().__init__()
        self.dense = conv_bn(channels, channels, 3)
        self.point = conv_bn(channels, channels, 1)
        self.identity = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.dense(x) + self.point(x) + self.identity(x))


class Digits(nn.Module):
    """1x8x8 pixels in 0...1 to the scores (logits) of ten digits."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_bn(1, 16, 3), nn.ReLU(), Residual(16),
            nn.MaxPool2d(2),
            DepthwiseSeparable(16, 32), RepVGG(32),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.classifier = nn.Linear(32, 10)

    def forward(self, x):
        return self.classifier(self.features(x))


def load_images():
    """Train and test images as [n, 1, 8, 8] in 0...1 (the data set counts from 0 to 16), and their labels."""
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, None]
    return train_test_split(images, digits.target, test_size=0.25, stratify=digits.target, random_state=SEED)


def shifted(images):
    """Each batch moved by up to one pixel each way: 1,347 training images are few."""
    down, right = torch.randint(0, 3, (2,)).tolist()
    return F.pad(images, (1, 1, 1, 1))[:, :, down : down + 8, right : right + 8]


def train(images, labels):
    torch.manual_seed(SEED)
    model = Digits()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    batches = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(images), torch.from_numpy(labels)),
        batch_size=64, shuffle=True, drop_last=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=EPOCHS * len(batches))
    for _ in range(EPOCHS):
        for batch, target in batches:
            optimizer.zero_grad()
            F.cross_entropy(model(shifted(batch)), target).backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def export(model, path):
    """Writes the network with its batch norms, as it was trained: folding them is Kiln's work.

    By default the exporter folds them itself; `PRESERVE` on a model in evaluation mode stops that.
    """
    torch.onnx.export(
        nn.Sequential(model, nn.Softmax(dim=1)).eval(), (torch.zeros(1, 1, 8, 8),), path,
        input_names=["image"], output_names=["probabilities"], opset_version=17, dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    )


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    train_images, test_images, train_labels, test_labels = load_images()
    path = HERE / "digits.onnx"
    export(train(train_images, train_labels), path)

    # Judge the file that ships, not the model in memory.
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    guesses = np.array([session.run(None, {"image": image[None]})[0].argmax() for image in test_images])
    right = guesses == test_labels
    print(f"{right.sum()} of {len(right)} test images classified correctly: {100 * right.mean():.2f} %")

    for digit, name in enumerate(NAMES):
        first = np.flatnonzero(right & (test_labels == digit))[0]
        np.save(HERE / f"{name}.npy", test_images[first : first + 1])

    (HERE / "calibration").mkdir(exist_ok=True)
    np.save(HERE / "calibration" / "images.npy", train_images[:CALIBRATION_IMAGES])


if __name__ == "__main__":
    main()
