#!/usr/bin/env python3
"""How many of the held-out images Kiln's program classifies correctly: evaluate.py [OPTIONS OF kiln run].

    venv/bin/python evaluate.py
    venv/bin/python evaluate.py --precision int8 --calibration calibration

`kiln` is taken from the path, or from KILN.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from train import HERE, load_images


def main():
    _, images, _, labels = load_images()
    kiln = os.environ.get("KILN", "kiln")
    right = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for image, label in zip(images, labels):
            np.save(folder / "image.npy", image[None])
            subprocess.run(
                [kiln, "run", HERE / "digits.onnx", "--input", folder / "image.npy", "--output-directory", folder, *sys.argv[1:]],
                check=True, stdout=subprocess.DEVNULL)
            right += np.load(folder / "output_0.npy").argmax() == label
    print(f"{right} of {len(labels)} test images classified correctly: {100 * right / len(labels):.2f} %")


if __name__ == "__main__":
    main()
