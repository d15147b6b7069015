"""Inferences of a peer under qemu-aarch64, on one thread: `inference.py CONTENDER FILE INPUT.npy OUTPUT.npy MARKS RUNS...`.

Something is written to the file descriptor MARKS each time after so many inferences.
"""

import os
import sys

import numpy as np
from runtimes import RUNTIMES

contender, file, source, output, marks, *counts = sys.argv[1:]
name, _, precision = contender.partition("-")
image = np.load(source)
run, answer = RUNTIMES[name].load(file, 1, image, **({"is_float32": False} if precision == "default" else {}))
# Libraries write to the usual ones.
os.dup2(2, int(marks))
for count in map(int, counts):
    for _ in range(count):
        run()
    os.write(int(marks), b"\n")
np.save(output, answer())
