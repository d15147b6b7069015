#!/usr/bin/env python3
"""Makes the cases of the tests: one tiny ONNX model per edge of a fold, a fusion or a kernel, into cases/, and the models
that are refused, into refused/.

    python make_cases.py

Each subject yields its cases, whose names begin with its word. Where a pass must leave something alone, the case's name
says so with `not`, or a comment beside it does.
"""

from pathlib import Path

from case_maker import (
    channels, convolutions, detections, files, folds, functions, halves, indices, kernels, layouts, leftovers, nans, pixels,
    random_resizes, recurrent, refused, separated, weights)

FOLDER = Path(__file__).resolve().parent / "cases"
REFUSED = Path(__file__).resolve().parent / "refused"

SUBJECTS = [
    convolutions.convolutions,
    convolutions.fuse_modules,
    convolutions.transposed_convolutions,
    convolutions.linears,
    folds.batch_norms,
    folds.activations,
    folds.repvgg_blocks,
    folds.scales,
    folds.pads,
    pixels.pixels,
    separated.views,
    separated.concats,
    separated.differences,
    separated.normalisations,
    separated.standardised_weights,
    separated.gelus,
    channels.residuals,
    channels.concats,
    channels.slices,
    layouts.shapes,
    kernels.resizes,
    random_resizes.random_resizes,
    kernels.pools,
    kernels.softmaxes,
    kernels.broadcasts,
    nans.nans,
    indices.indices,
    recurrent.recurrents,
    leftovers.leftovers,
    detections.detections,
    functions.functions,
    files.files,
    files.opsets,
    weights.shared_weights,
    weights.narrow_weights,
    weights.integer_products,
    halves.halves,
]


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    names = set()
    for subject in SUBJECTS:
        before = len(names)
        for case in subject():
            assert case.name not in names, f"two cases are named {case.name}"
            names.add(case.name)
            case.write(FOLDER)
        print(f"{len(names) - before:4} {subject.__name__}")
    bytes = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(names)} cases, {bytes / 1024:.0f} KiB")
    REFUSED.mkdir(exist_ok=True)
    refused.refused(REFUSED)


if __name__ == "__main__":
    main()
