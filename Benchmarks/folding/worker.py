"""PyTorch in a process of its own: `worker.py folded|unfolded MODEL.onnx INPUT.npy OUTPUT.npy`, on one thread.

The protocol is that of Benchmarks/peers/worker.py. Folding is PyTorch's own, `torch.fx.experimental.optimization.fuse`.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from onnx_to_torch import load  # noqa: E402
from torch.fx.experimental.optimization import fuse  # noqa: E402


def main():
    form, model, source, result = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    torch.set_num_threads(1)
    module = load(model)
    if form == "folded":
        module = fuse(module)
    module = module.to(memory_format=torch.channels_last)
    image = torch.from_numpy(np.load(source))
    with torch.inference_mode():
        start = time.perf_counter()
        np.save(result, module(image).numpy())
        print("ready", (time.perf_counter() - start) * 1000, 0, file=answers, flush=True)
        clock = time.perf_counter_ns
        for line in sys.stdin:
            times = []
            for _ in range(int(line)):
                start = clock()
                module(image)
                times.append(clock() - start)
            print(*times, file=answers, flush=True)


if __name__ == "__main__":
    main()
