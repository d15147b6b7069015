"""So many inferences of a peer, under qemu-aarch64: `inference.py PEER FILE INPUT.npy RUNS OUTPUT.npy`, on one thread."""

import sys

import numpy as np
from runtimes import RUNTIMES

name, file, image, runs, output = sys.argv[1:]
run, answer = RUNTIMES[name].load(file, 1, np.load(image))
for _ in range(int(runs)):
    run()
np.save(output, answer())
