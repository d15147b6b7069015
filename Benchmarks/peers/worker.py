#!/usr/bin/env python3
"""A peer in a process of its own: `worker.py RUNTIME FILE THREADS INPUT.npy OUTPUT.npy`.

The protocol is that of `NAME-benchmark serve`, the program in what Kiln writes: after one inference, whose output goes to
the file, a line `ready`; then, for each line `N`, N inferences and a line with their times in nanoseconds. After `ready`
stand the milliseconds of loading the model and the first inference, and the KiB of memory in use before.
"""

import importlib
import os
import sys
import time

import numpy as np
from runtimes import RUNTIMES


def main():
    name, file, threads, source, result = sys.argv[1:]
    # Libraries print what they like on standard output; the answers have a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    runtime = RUNTIMES[name]
    importlib.import_module(runtime.module)
    image = np.load(source)
    memory = resident()
    start = time.perf_counter()
    run, answer = runtime.load(file, int(threads), image)
    run()
    print("ready", (time.perf_counter() - start) * 1000, memory, file=answers, flush=True)
    run()
    np.save(result, answer())
    clock = time.perf_counter_ns
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = clock()
            run()
            times.append(clock() - start)
        print(*times, file=answers, flush=True)


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
