"""What ncnn's benchncnn does with a network, on one thread: `benchncnn.py NETWORK.param SIZE MARKS RUNS...`.

With its options and allocators, and as there with weights that are all zero. Something is written to the file descriptor MARKS
each time after so many inferences.
"""

import os
import sys

import ncnn

param, size, marks, *counts = sys.argv[1:]
net, blobs, workspace = ncnn.Net(), ncnn.UnlockedPoolAllocator(), ncnn.PoolAllocator()
for allocator in (blobs, workspace):
    allocator.set_size_compare_ratio(0)
net.opt.lightmode = True
net.opt.num_threads = 1
net.opt.blob_allocator, net.opt.workspace_allocator = blobs, workspace
for name in ("winograd_convolution", "sgemm_convolution", "int8_inference", "fp16_packed", "fp16_storage", "fp16_arithmetic",
             "int8_storage", "int8_arithmetic", "packing_layout"):
    setattr(net.opt, f"use_{name}", True)
net.opt.use_vulkan_compute = False
net.load_param(param)
net.load_model(ncnn.DataReaderFromEmpty())
image = ncnn.Mat(int(size), int(size), 3)
image.fill(0.01)
# Libraries write to the usual ones.
os.dup2(2, int(marks))
for count in map(int, counts):
    for _ in range(count):
        extractor = net.create_extractor()
        for name in net.input_names():
            extractor.input(name, image)
        for name in net.output_names():
            extractor.extract(name)
    os.write(int(marks), b"\n")
# What Python still holds it would release after the allocators.
os._exit(0)
