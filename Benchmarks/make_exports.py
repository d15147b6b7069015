#!/usr/bin/env python3
"""Exports networks that people deploy as their exporters do by default, with random weights, to check Kiln on: detectors with their
post-processing, and what has recurrences, computed kernels, sampling grids or attention.

    python make_exports.py FOLDER [NAME ...]

Their batch norms have the statistics of a few random images, as if they had been trained on such. Those of detectors are of pixels from
0 to 1, and such an image lies beside the model for check.py as NAME.input_0.npy: on normally distributed numbers yolo11n-obb is
ill-conditioned, and makes 1.1e-04 of its largest output from a change of its input by one unit in the last place; of pixels, 1.5e-05.
torchvision's detectors see pixels that are like their neighbours, as in photographs, since they sample features between pixels.

Needs what make_zoo.py needs, and ultralytics with onnxslim; mobilenet_v3_keras and efficientnet_v2_b0_keras need TensorFlow and tf2onnx
instead, in an environment of their own. FOLDER/NAME.onnx is what check.py compares:

    python check.py --capacity 100000 --table results/exports.csv FOLDER/*.onnx
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

#: networks of other packages than PyTorch's
KERAS = {"mobilenet_v3_keras": "MobileNetV3Small", "efficientnet_v2_b0_keras": "EfficientNetV2B0"}


def keras(name, folder):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow
    import tf2onnx

    tensorflow.keras.utils.set_random_seed(1)
    network = getattr(tensorflow.keras.applications, KERAS[name])(weights=None)
    random = tensorflow.random.Generator.from_seed(2)
    for layer in network._flatten_layers():
        if isinstance(layer, tensorflow.keras.layers.BatchNormalization):
            layer.moving_mean.assign(random.normal(layer.moving_mean.shape, stddev=0.1))
            layer.moving_variance.assign(random.uniform(layer.moving_variance.shape, 0.5, 1.5))
    signature = [tensorflow.TensorSpec((1, 224, 224, 3), tensorflow.float32, name="input")]
    function = tensorflow.function(lambda x: network(x, training=False), input_signature=signature)
    tf2onnx.convert.from_function(function, signature, output_path=str(folder / f"{name}.onnx"))


def torch_networks():
    """The networks of PyTorch: how to make each, and the shapes of its inputs."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    define_torchvision_operators(torch)
    import timm
    from torchvision.models import detection

    class Crnn(nn.Module):
        """Text in a line of an image: convolutions, two bidirectional LSTMs over columns, a score for each character."""

        def __init__(self, classes=37, hidden=128):
            super().__init__()
            layers, inputs = [], 1
            for outputs, pool in ((32, (2, 2)), (64, (2, 2)), (128, (2, 1)), (256, (2, 1)), (256, (2, 1))):
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
                layers += [nn.MaxPool2d(pool)]
                inputs = outputs
            self.features = nn.Sequential(*layers)
            self.recurrent = nn.LSTM(inputs, hidden, 2, bidirectional=True)
            self.scores = nn.Linear(2 * hidden, classes)

        def forward(self, x):
            x = self.features(x).squeeze(2).permute(2, 0, 1)
            return F.log_softmax(self.scores(self.recurrent(x)[0]), 2)

    class PyramidParsing(nn.Module):
        """PSPNet: pooled to grids of 1, 2, 3 and 6 cells, resized and put together."""

        def __init__(self, classes=21):
            super().__init__()
            import segmentation_models_pytorch as smp

            self.network = smp.PSPNet("resnet18", encoder_weights=None, classes=classes)

        def forward(self, x):
            return self.network(x)

    class Tracker(nn.Module):
        """SiamFC: the features of an example are the kernel that those of the search region are correlated with."""

        def __init__(self):
            super().__init__()
            layers, inputs = [], 3
            for outputs, kernel, stride in ((48, 11, 2), (128, 5, 1), (192, 3, 1), (128, 3, 1)):
                layers += [nn.Conv2d(inputs, outputs, kernel, stride, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
                layers += [nn.MaxPool2d(3, 2)] if len(layers) < 8 else []
                inputs = outputs
            self.features = nn.Sequential(*layers[:-1])

        def forward(self, example, search):
            example, search = self.features(example), self.features(search)
            return F.conv2d(search, example) * 1e-3

    class DepthwiseTracker(Tracker):
        """SiamRPN++: each channel of the search region's features is correlated with the same of the example's."""

        def forward(self, example, search):
            example, search = self.features(example), self.features(search)
            channels = search.shape[1]
            return F.conv2d(search, example.transpose(0, 1), groups=channels) * 1e-3

    class Transformer(nn.Module):
        """A spatial transformer: what a small network says turns and scales the image before another classifies it."""

        def __init__(self):
            super().__init__()
            self.locate = nn.Sequential(
                nn.Conv2d(1, 8, 7), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(8, 10, 5), nn.MaxPool2d(2), nn.ReLU(),
                nn.Flatten(), nn.Linear(90, 32), nn.ReLU(), nn.Linear(32, 6))
            self.classify = nn.Sequential(
                nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(10, 20, 5), nn.MaxPool2d(2), nn.ReLU(),
                nn.Flatten(), nn.Linear(320, 50), nn.ReLU(), nn.Linear(50, 10), nn.LogSoftmax(1))

        def forward(self, x):
            turn = self.locate(x).reshape(-1, 2, 3) + torch.tensor([[1.0, 0, 0], [0, 1, 0]])
            return self.classify(F.grid_sample(x, F.affine_grid(turn, x.shape, align_corners=False), align_corners=False))

    def detector(name, **options):
        return lambda: getattr(detection, name)(weights=None, weights_backbone=None, **options)

    return {
        "ssdlite320": (detector("ssdlite320_mobilenet_v3_large"), [(3, 320, 320)], True),
        "faster_rcnn_320": (detector("fasterrcnn_mobilenet_v3_large_320_fpn"), [(3, 320, 320)], True),
        "faster_rcnn_resnet50": (detector("fasterrcnn_resnet50_fpn", min_size=320), [(3, 320, 320)], True),
        "crnn": (Crnn, [(1, 32, 128)], False),
        "pspnet": (PyramidParsing, [(3, 192, 192)], False),
        "siamfc": (Tracker, [(3, 127, 127), (3, 255, 255)], False),
        "siamrpn": (DepthwiseTracker, [(3, 127, 127), (3, 255, 255)], False),
        "spatial_transformer": (Transformer, [(1, 28, 28)], False),
        "swin_tiny": (lambda: timm.create_model("swin_tiny_patch4_window7_224"), [(3, 224, 224)], False),
        "nfnet_l0": (lambda: timm.create_model("nfnet_l0"), [(3, 224, 224)], False),
    }


def define_torchvision_operators(torch):
    """What torchvision's own library has, for a torchvision that doesn't fit the build of PyTorch that is here.

    They are only traced, so that regions may hold zeros; what boxes are picked is right, since shapes follow from it.
    """
    if hasattr(torch, "torchvision_library"):
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define(
        "roi_align(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
        "int sampling_ratio, bool aligned) -> Tensor")

    def nms(boxes, scores, threshold):
        areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        rest, kept = scores.argsort(descending=True, stable=True), []
        while rest.numel():
            best, rest = rest[0], rest[1:]
            kept.append(best)
            low, high = torch.maximum(boxes[rest, :2], boxes[best, :2]), torch.minimum(boxes[rest, 2:], boxes[best, 2:])
            shared = (high - low).clamp(min=0).prod(1)
            rest = rest[shared / (areas[rest] + areas[best] - shared) <= threshold]
        return torch.stack(kept) if kept else torch.empty(0, dtype=torch.int64)

    def roi_align(images, regions, scale, height, width, ratio, aligned):
        return images.new_zeros(regions.shape[0], images.shape[1], height, width)

    library.impl("nms", nms, "CPU")
    library.impl("roi_align", roi_align, "CPU")
    torch.torchvision_library = library  # kept alive as long as PyTorch
    import torchvision

    def has_operators() -> bool:
        return True

    assert torchvision.extension
    for module in list(sys.modules.values()):
        if module.__name__.startswith("torchvision") and hasattr(module, "_has_ops"):
            module._has_ops = has_operators


def photograph(shape, generator, torch):
    """Pixels from 0 to 1 that are like their neighbours, [1, channels, height, width]."""
    from torch.nn import functional as F

    channels, *size = shape
    octaves = [
        F.interpolate(torch.rand(1, channels, cells, cells, generator=generator), size, mode="bicubic") for cells in (5, 20, 80)]
    return (octaves[0] * 0.5 + octaves[1] * 0.35 + octaves[2] * 0.15).clamp(0, 1)


def images_like(shape, count, is_list, generator, torch):
    """Images as a network is made for: a detector's are pixels, others' are normally distributed."""
    if is_list:
        return torch.cat([photograph(shape, generator, torch) for _ in range(count)])
    return torch.randn(count, *shape, generator=generator)


def spread(network, shapes, is_list, torch):
    """The network in evaluation mode, with statistics of its activations and scores that differ."""
    from torch import nn

    generator = torch.Generator().manual_seed(1)
    norms = [module for module in network.modules() if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for module in norms:
        module.momentum = 1
        module.train()
    with torch.no_grad():
        count = 2 if len(shapes) == 1 else 1
        images = [images_like(shape, count, is_list, generator, torch) for shape in shapes]
        network.eval()
        for module in norms:
            module.train()
        network(list(images[0]) if is_list else images[0], *images[1:])
    network.eval()

    def scale(target):
        def hook(module, operands, result):
            factor = target / result.std()
            for values in module.parameters():
                values.data *= factor
            return result * factor

        return hook

    hooks = [
        module.register_forward_hook(scale(2.5 if "cls" in name or "classification" in name else 0.4))
        for name, module in network.named_modules() if is_list and isinstance(module, (nn.Conv2d, nn.Linear))
        and any(word in name for word in ("cls_logits", "cls_score", "classification_head", "bbox_pred"))
        and ("classification" not in name or name.endswith(".1"))
    ]
    with torch.no_grad():
        network(list(images[0]) if is_list else images[0], *images[1:])
    for hook in hooks:
        hook.remove()
    return network


def torch_export(name, folder, made):
    import torch

    factory, shapes, is_list = made
    torch.manual_seed(1)
    network = spread(factory(), shapes, is_list, torch)
    generator = torch.Generator().manual_seed(7)
    images = [images_like(shape, 1, is_list, generator, torch) for shape in shapes]
    if is_list:
        np.save(folder / f"{name}.input_0.npy", images[0][0].numpy())
    # Detectors take a list of images; PyTorch's newer exporter does not follow what depends on their contents.
    example = ([images[0][0]],) if is_list else tuple(images)
    torch.onnx.export(network, example, folder / f"{name}.onnx", dynamo=not is_list, external_data=False, verbose=False)


#: name: the file of the network's description in ultralytics, and options of its export
YOLO = {
    "yolo11n_nms": ("yolo11n.yaml", dict(nms=True)),
    "yolo11n_obb": ("yolo11n-obb.yaml", {}),
    "yolov8n_pose": ("yolov8n-pose.yaml", {}),
}


def yolo(name, folder):
    import torch

    define_torchvision_operators(torch)
    from ultralytics import YOLO as Network

    torch.manual_seed(1)
    file, options = YOLO[name]
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        network = Network(file)
        generator = torch.Generator().manual_seed(3)
        for layer, values in network.model.model[-1].named_parameters():
            if layer.startswith("cv3") and values.dim() > 1:
                values.data *= 2  # scores that differ
        for module in network.model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1
        network.model.train()
        with torch.no_grad():
            network.model(torch.rand(2, 3, 640, 640, generator=generator))
        network.model.eval()
        network.model.pt_path = name + ".pt"
        path = network.export(format="onnx", **options)
        shutil.move(path, folder / f"{name}.onnx")
        image = torch.rand(1, 3, 640, 640, generator=generator)
        np.save(folder / f"{name}.input_0.npy", image.numpy())


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    names, made = sys.argv[2:], None
    for name in names or list(YOLO) + list(torch_networks()):
        try:
            if name in KERAS:
                keras(name, folder)
            elif name in YOLO:
                yolo(name, folder)
            else:
                made = made or torch_networks()
                torch_export(name, folder, made[name])
            print(name, flush=True)
        except Exception as error:  # one network less is no reason to make none
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            if os.environ.get("TRACE"):
                raise


if __name__ == "__main__":
    main()
