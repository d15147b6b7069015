#!/usr/bin/env python3
"""A peer's answers to several inputs: `answers.py RUNTIME FILE THREADS INPUTS.npy OUTPUTS.npy`. It says `ready` at the end.

The model is loaded anew for each input, since some runtimes read it where it lies and others copy it.
"""

import os
import sys

import numpy as np
from runtimes import RUNTIMES


def main():
    name, file, threads, source, result = sys.argv[1:]
    # Libraries print what they like on standard output; the answer has a descriptor of its own.
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers = []
    for image in np.load(source):
        run, answer = RUNTIMES[name].load(file, int(threads), image)
        run()
        answers.append(np.array(answer()))
    np.save(result, answers)
    print("ready", file=said, flush=True)


if __name__ == "__main__":
    main()
