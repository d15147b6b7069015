"""So many inferences of a peer, under qemu-aarch64: `inference.py CONTENDER FILE INPUT.npy RUNS OUTPUT.npy`, on one thread."""

import sys

import numpy as np
from runtimes import RUNTIMES

contender, file, source, runs, output = sys.argv[1:]
name, _, precision = contender.partition("-")
image = np.load(source)
run, answer = RUNTIMES[name].load(file, 1, image, **({"is_float32": False} if precision else {}))
for _ in range(int(runs)):
    run()
np.save(output, answer())
