"""Resampling by scales and sizes drawn at random: where a coordinate falls between two elements depends on the last bit."""

import numpy as np

from .graph import CaseGraph

#: one input of each rank
SHAPES = [(13,), (7, 11), (2, 9, 10), (1, 2, 9, 11), (1, 2, 3, 5, 7)]

MAPPINGS = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn"]
REGION = "tf_crop_and_resize"
ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]

#: scales that people use, whose quotients are integers in float32 and not in Float64, or the other way round
USUAL = [0.3, 0.5, 0.6, 0.7, 0.75, 1.05, 1.1, 1.2, 1.4, 1.5, 1.7, 2, 2.4, 3]

NODES = 40


def random_resizes():
    for opset in (7, 9, 10, 11, 13, 18, 19):
        yield from resized("nearest", opset)
    for mode in ("linear", "cubic"):
        for opset in (10, 13, 19) if mode == "linear" else (13, 19):
            yield from resized(mode, opset)


def resized(mode, opset):
    """One case: many nodes, whose results are put together into one output."""
    g = CaseGraph(f"resize_random_{mode}_opset{opset}", *SHAPES, opset=opset)
    for name, values in g.inputs.items():
        if mode == "nearest":  # a wrong element is wrong by more than any tolerance
            g.inputs[name] = g.random.permutation(values.size).reshape(values.shape).astype(np.float32) + 1
    results = []
    while len(results) < NODES:
        rank = g.random.choice([1, 2, 3, 4, 4, 5] if mode == "nearest" else [2, 4, 4, 4])
        if opset < 11:
            y = first_form(g, mode, rank)
        else:
            y = general_form(g, mode, rank)
        results.append(g.op("Reshape", y, [-1]))
    yield g.end(g.op("Concat", *results, axis=0))


def axes_of(g, mode, rank):
    """The axes that are resized: all, or the last two of images."""
    return list(range(rank)) if rank < 4 or mode == "nearest" and g.random.integers(4) == 0 else list(range(2, rank))


def scale(g, extent, least):
    """A scale that leaves at least one element."""
    drawn = g.random.choice(USUAL) if g.random.integers(2) else g.random.uniform(least, 3.1)
    return float(np.float32(max(drawn, least, 1.001 / extent)))


def first_form(g, mode, rank):
    """Upsample, and version 10 of Resize: scales only, as an attribute or an operand."""
    scales = [1.0] * rank
    for axis in axes_of(g, mode, rank):
        scales[axis] = scale(g, SHAPES[rank - 1][axis], 1 if g.opset < 10 else 0.3)
    x = f"input_{rank - 1}"
    if g.opset < 9:
        return g.op("Upsample", x, mode=mode, scales=scales)
    return g.op("Upsample" if g.opset < 10 else "Resize", x, np.float32(scales), mode=mode)


def general_form(g, mode, rank):
    """Resize since version 11, with what each version added."""
    random, shape = g.random, SHAPES[rank - 1]
    mappings = MAPPINGS[:-1] if mode != "nearest" else MAPPINGS
    mapping = random.choice(mappings + [REGION] + (["half_pixel_symmetric"] if g.opset >= 19 else []))
    attributes = dict(mode=mode, coordinate_transformation_mode=str(mapping))
    axes = axes_of(g, mode, rank)
    scales = {axis: scale(g, shape[axis], 0.3) for axis in axes}
    if mode == "nearest":
        attributes["nearest_mode"] = str(random.choice(ROUNDINGS))
    if mode == "cubic":
        attributes |= dict(cubic_coeff_a=float(random.choice([-0.5, -0.75])), exclude_outside=int(random.integers(2)))
    if mode != "nearest" and g.opset >= 18 and random.integers(2):
        attributes |= dict(antialias=1, exclude_outside=int(random.integers(2)))
    if g.opset >= 18 and random.integers(2):
        attributes["axes"] = axes
    else:
        axes = list(range(rank))
    region = np.zeros(0, np.float32)
    if mapping == REGION:  # partly outside
        start = [random.uniform(-0.2, 0.4) if axis in scales else 0 for axis in axes]
        end = [random.uniform(0.6, 1.2) if axis in scales else 1 for axis in axes]
        region = np.float32(start + end)
        attributes["extrapolation_value"] = 2.5
    factors = np.float32([scales.get(axis, 1) for axis in axes])
    if random.integers(2):
        return g.op("Resize", f"input_{rank - 1}", region, factors, **attributes)
    sizes = np.int64(np.floor(factors * np.float32([shape[axis] for axis in axes])))
    if g.opset >= 18 and "axes" in attributes and random.integers(2):
        attributes["keep_aspect_ratio_policy"] = str(random.choice(["not_larger", "not_smaller"]))
    return g.op("Resize", f"input_{rank - 1}", region, np.zeros(0, np.float32), sizes, **attributes)
