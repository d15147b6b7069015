"""Times `kiln compile` on networks of thousands of nodes, and draws user time over nodes.

    python Benchmarks/scale [--nodes 1000,3000,10000,30000] [--rounds 3] [--output FOLDER] [SHAPE ...]

Networks of six shapes (graphs.py): residual blocks one after the other, blocks of branches and many operators, one value
that half of all nodes read, one concatenation of all nodes, results that are read in reverse order so that a third of
all are alive at once, and chains of arithmetic. The images are tiny: what takes time is the graph. A figure is the
least user time of the rounds. The slope of a shape is that of the line through its logarithms: 1 is linear.

Writes scale.csv and scale.svg into FOLDER when there is one.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx

import graphs
from plot import lines, slope

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def user_time(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}: {' '.join(command)}\n{done.stderr}")
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main():
    names = [shape.__name__ for shape in graphs.SHAPES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(names))
    parser.add_argument("--kiln", default=REPOSITORY / ".build/release/kiln")
    parser.add_argument("--nodes", default="1000,3000,10000,30000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    unknown = set(options.shapes) - set(names)
    if unknown:
        parser.error(f"no shape {', '.join(sorted(unknown))}; there are {', '.join(names)}")

    series = {}
    with tempfile.TemporaryDirectory(prefix="kiln-scale-") as folder:
        for shape in graphs.SHAPES:
            if options.shapes and shape.__name__ not in options.shapes:
                continue
            values = series[shape.__name__] = []
            for count in map(int, options.nodes.split(",")):
                network = shape(count)
                onnx.save(network.model(), f"{folder}/scale.onnx")
                command = [str(options.kiln), "compile", f"{folder}/scale.onnx", "--output", f"{folder}/package"]
                values.append((len(network), min(user_time(command) for _ in range(options.rounds))))
            row = "  ".join(f"{nodes}: {seconds:.2f} s" for nodes, seconds in values)
            print(f"{shape.__name__:14} {row}  slope {slope(values):.2f}", flush=True)

    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        with open(options.output / "scale.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["shape", "nodes", "user_seconds"])
            writer.writerows([name, nodes, f"{time:.3f}"] for name, points in series.items() for nodes, time in points)
        (options.output / "scale.svg").write_text(lines("kiln compile: user time over nodes", series))


if __name__ == "__main__":
    main()
