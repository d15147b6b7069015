#!/usr/bin/env python3
"""Makes three TensorFlow Lite files with random weights, and ONNX models of them by tf2onnx, to check Kiln on.

    python make_tflite.py FOLDER
    python check.py --tolerance 1e-2 FOLDER/*.onnx

Needs TensorFlow and tf2onnx, in an environment of their own (../Documentation/requirements.txt). MobileNetV1 is there in float32 and in
integers of 8 bits, MobileNetV3 in float32; a step of the integers' result is 1/256, hence the tolerance.
"""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf


def mobile_net():
    return tf.keras.applications.MobileNet(input_shape=(96, 96, 3), alpha=0.25, weights=None, classes=10)


def mobile_net_v3():
    return tf.keras.applications.MobileNetV3Small(input_shape=(96, 96, 3), weights=None, classes=10)


#: name: how to make the network, and whether it becomes integers
NETWORKS = {
    "mobilenet_tflite": (mobile_net, False),
    "mobilenet_int8_tflite": (mobile_net, True),
    "mobilenet_v3_tflite": (mobile_net_v3, False),
}


def tflite(network, is_quantized):
    """The bytes of a TensorFlow Lite file of a network with made statistics."""
    random = np.random.default_rng(1)
    for layer in network._flatten_layers():
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.moving_mean.assign(random.normal(0, 0.1, layer.moving_mean.shape))
            layer.moving_variance.assign(random.uniform(0.5, 1.5, layer.moving_variance.shape))
    image = tf.keras.Input(network.input_shape[1:], batch_size=1, name="image")
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(image, network(image)))
    if is_quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        images = random.standard_normal((8, 1, *network.input_shape[1:])).astype(np.float32)
        converter.representative_dataset = lambda: ([each] for each in images)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, is_quantized) in NETWORKS.items():
        tf.keras.utils.set_random_seed(1)
        file = folder / f"{name}.tflite"
        file.write_bytes(tflite(make(), is_quantized))
        convert = [sys.executable, "-m", "tf2onnx.convert", "--opset", "17", "--output", folder / f"{name}.onnx"]
        subprocess.run(list(map(str, [*convert, "--tflite", file])), check=True)
        print(name, flush=True)


if __name__ == "__main__":
    main()
