#!/usr/bin/env python3
"""Makes ONNX models of TensorFlow Lite files, by tf2onnx, to check Kiln on: those of MediaPipe's Python package that tf2onnx can convert,
which are trained networks with weights of 16 bits, and a MobileNetV1 of random weights in integers of 8 bits.

    python make_tflite.py FOLDER
    python check.py --table results/tflite.csv FOLDER/*.onnx

An image lies beside each as FOLDER/NAME.input_0.npy. Needs TensorFlow and tf2onnx, in an environment of their own
(../Documentation/requirements.txt). A step of the integers' result is 1/256: mobilenet_int8 is to be checked with --tolerance 1e-2.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

MEDIAPIPE = "mediapipe==0.10.14"
#: The others have sparse weights or operators of MediaPipe's own.
FILES = [
    "face_detection/face_detection_short_range", "face_landmark/face_landmark", "hand_landmark/hand_landmark_full",
    "hand_landmark/hand_landmark_lite", "holistic_landmark/hand_recrop", "iris_landmark/iris_landmark",
    "palm_detection/palm_detection_full", "palm_detection/palm_detection_lite", "pose_landmark/pose_landmark_full",
]


def mediapipe(folder):
    """Puts MediaPipe's files into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch]
        subprocess.run([*download, "--python-version", "3.11", "--platform", "manylinux_2_17_x86_64", MEDIAPIPE], check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for file in FILES:
                path = folder / f"{Path(file).name}.tflite"
                path.write_bytes(archive.read(f"mediapipe/modules/{file}.tflite"))
                yield path


def mobilenet_int8(folder):
    """Puts the file of a quantised network with made statistics into a folder."""
    tf.keras.utils.set_random_seed(1)
    network = tf.keras.applications.MobileNet(input_shape=(96, 96, 3), alpha=0.25, weights=None, classes=10)
    random = np.random.default_rng(1)
    for layer in network._flatten_layers():
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.moving_mean.assign(random.normal(0, 0.1, layer.moving_mean.shape))
            layer.moving_variance.assign(random.uniform(0.5, 1.5, layer.moving_variance.shape))
    image = tf.keras.Input(network.input_shape[1:], batch_size=1, name="image")
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(image, network(image)))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([photograph(network.input_shape[1:], random)] for _ in range(8))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    path = folder / "mobilenet_int8.tflite"
    path.write_bytes(converter.convert())
    return path


def photograph(shape, random):
    """Pixels from 0 to 1 that are like their neighbours, [1, height, width, channels]."""
    height, width, channels = shape
    cells = random.random((1, -(-height // 8), -(-width // 8), channels), np.float32)
    return np.clip(tf.image.resize(cells, (height, width), "bicubic").numpy(), 0, 1)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in [*mediapipe(folder), mobilenet_int8(folder)]:
        convert = [sys.executable, "-m", "tf2onnx.convert", "--opset", "17", "--output", file.with_suffix(".onnx"), "--tflite", file]
        subprocess.run(list(map(str, convert)), check=True, capture_output=True)
        shape = tf.lite.Interpreter(str(file)).get_input_details()[0]["shape"][1:]
        np.save(file.with_suffix(".input_0.npy"), photograph(shape, np.random.default_rng(1)))
        print(file.stem, flush=True)


if __name__ == "__main__":
    main()
