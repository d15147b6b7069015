"""Compares estimates with times that others measured on the boards: those that ncnn's benchmark/README.md has for one thread.

published.json has them, the least of several runs in milliseconds, with the title there, the commit that brought them and its
date. The same networks run under emulation, from the definitions in ncnn's repository, with the release of ncnn nearest to that
date that has a wheel which runs here. `clockMegahertz` is the measured board's, `memoryMegahertz` first the target's and then the
measured board's: by these the model's clock and rates of memory are scaled (Raspberry Pi documentation, config.txt, overclocking
options: a Raspberry Pi 3 has 1200 and 450 MHz, a 3B+ 1400 and 500).
"""

import json
import statistics
from dataclasses import replace
from pathlib import Path

from contender import ContenderError
from inferences import BEFORE, COUNTED, HERE, MARKS
from userland import add_wheel, attempt

REPOSITORY = "https://github.com/Tencent/ncnn"


def check(boards, repository, inferences, cache):
    """Prints a table, with each error and the median of each board. Returns a row for each network that ran."""
    published = json.loads((HERE / "published.json").read_text())
    definitions = cache / "ncnn.git"
    if not definitions.exists():
        command = ["git", "clone", "--quiet", "--bare", repository, definitions]
        attempt(command, f"{repository} can't be cloned: name one with --ncnn")
    rows = []
    for figures in published["boards"]:
        if figures["board"] not in boards:
            continue
        board, root = boards[figures["board"]]
        board = replace(board, model=scaled(board.model, figures))
        site = add_wheel(inferences.userland, "ncnn", f"1.0.{figures['ncnn']}")
        print(f"\n{figures['title']}: ncnn {figures['ncnn']} estimated, {figures['date']} published, milliseconds", flush=True)
        for network, measured in figures["milliseconds"].items():
            definition = inferences.folder / f"{network}.param"
            text = attempt(["git", "-C", definitions, "show", f"{figures['ncnn']}:benchmark/{network}.param"], f"no {network}")
            definition.write_text(text)
            arguments = definition, published["sizes"][network], MARKS, BEFORE, COUNTED
            try:
                row = inferences.run_python(site, HERE / "benchncnn.py", arguments, board, root)
            except ContenderError as error:
                print(f"{network:20} {error}", flush=True)
                continue
            error = row["estimated_ms"] / measured - 1
            rows.append({"network": network, "board": board.name, "published_ms": measured, "relative_error": error, **row})
            print(f"{network:20} {measured:8.1f} {row['estimated_ms']:8.1f} {error:+7.1%}", flush=True)
        print_medians([row["relative_error"] for row in rows if row["board"] == board.name])
    return rows


def print_medians(errors):
    if errors:
        median, sizes = statistics.median(errors), [abs(error) for error in errors]
        print(f"median error {statistics.median(sizes):.1%}, signed {median:+.1%}, largest {max(sizes):.1%}", flush=True)


def scaled(model, figures):
    """The machine model at the clock and with the memory of the board that was measured."""
    clock, (target, measured) = figures["clockMegahertz"], figures["memoryMegahertz"]
    factor = model["pipeline"]["clockMegahertz"] / clock * measured / target
    memory = {name: model["memory"][name] * factor for name in ("bytesPerCycle", "writtenBytesPerCycle")}
    return {**model, "pipeline": {**model["pipeline"], "clockMegahertz": clock}, "memory": {**model["memory"], **memory}}
