"""Times networks before and after batch norms, activations and branches are folded into their convolutions: Kiln's programs and
PyTorch's modules, which take turns on one core.

    python Benchmarks/folding [--models FOLDER] [--networks NAME,…] [--rounds 15] [--json FILE.json]
    python Benchmarks/folding --quick

The second shows in a minute or two that everything works; its times mean nothing. What the columns are is in Benchmarks/README.md.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))

import numpy as np  # noqa: E402
from contender import Contender, ContenderError  # noqa: E402
from contenders import KilnProgram, exact_answer, output, relative_error  # noqa: E402
from network import digest, open_network  # noqa: E402
from report import processor  # noqa: E402
from runtimes import environment  # noqa: E402

NETWORKS = ["mobilenet_v2", "resnet18", "resnet34", "resnet50", "resnet152"]
FORMS = ["unfolded", "folded"]
TITLES = {"kiln": "Kiln", "torch": "PyTorch"}
WARM_UPS = 3


class UnfoldedKilnProgram(KilnProgram):
    """Kiln's program of a network as it is in the file."""

    def __init__(self, kiln, network):
        self.threads = 1
        self.package = network.folder / f"kiln-{digest(kiln)}-unfolded"
        ready = self.package.with_suffix(".done")
        build = ["swift", "build", "-c", "release", "--package-path", self.package, *self.EMBEDDED]
        if not ready.exists():
            output([kiln, "compile", network.model, "--no-fold", "--output", self.package])
            output([*build, "--quiet"])
            ready.write_text(output([*build, "--show-bin-path"]).strip())
        (self.path,) = Path(ready.read_text()).glob("*-benchmark")


def main():
    options = parse()
    about = circumstances(options)
    print("; ".join(about.values()), flush=True)
    results = {}
    for name in options.networks:
        model = options.models / f"{name}.unfused.onnx"
        if not model.exists():
            sys.exit(f"{model} is not there: Benchmarks/make_models.py makes it")
        network = open_network(model, options.cache)
        results[name] = measure(network, options)
        check(results)
        print(line(name, results[name]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(dict(about=about, networks=results), indent=1) + "\n")


def circumstances(options):
    """The machine, the instruction sets that Kiln compiles for and that PyTorch chooses, and the versions."""
    import torch

    described = json.loads(output([options.kiln, "targets", "--json"]))
    host = next(target for target in described if target["name"] == "host")
    return dict(
        machine=f"{processor()}, one core",
        instructions=f"Kiln for {host['instructionSet']}, PyTorch for {torch.backends.cpu.get_cpu_capability()}",
        versions=f"{output([options.kiln, '--version']).strip()}, PyTorch {torch.__version__}, {swift_version()}",
        rounds=f"{options.rounds} rounds" + (", quick: these times mean nothing" if options.quick else ""),
    )


def swift_version():
    """For instance `Swift 6.3.1`."""
    return "Swift " + re.search(r"Swift version (\S+)", output(["swift", "--version"])).group(1)


def check(results):
    """Ends where times can't be measurements: no clock gives two programs the same ones, round by round."""
    series = {
        (name, maker, form): tuple(times)
        for name, row in results.items()
        for maker in row
        for form, times in row[maker]["milliseconds"].items()
    }
    for key, times in series.items():
        twin = next((other for other, same in series.items() if other != key and same == times), None)
        if twin or len(set(times)) < 2:
            sys.exit(f"{' '.join(key)}: the same times {'as ' + ' '.join(twin) if twin else 'in all rounds'}: the clock stands still")


def measure(network, options):
    """The rounds' milliseconds and the error of each contender, and how many times as fast folding makes it."""
    programs = {"folded": KilnProgram(options.kiln, network, 1), "unfolded": UnfoldedKilnProgram(options.kiln, network)}
    with tempfile.TemporaryDirectory(prefix="kiln-folding-") as folder:
        folder = Path(folder)
        running, answers = {}, {}
        for form in FORMS:
            place = folder / form
            place.mkdir()
            running["kiln", form] = programs[form].contender(network, options.cores, place)
            answers["kiln", form] = place / "kiln.bin"
            result = place / "torch.npy"
            command = [sys.executable, HERE / "worker.py", form, network.model, network.input, result]
            running["torch", form] = Contender(command, options.cores, environment(1, network.folder))
            answers["torch", form] = result
        try:
            times = take_turns(running, options)
            exact = exact_answer(network)
            truth = np.load(network.reference) if exact is None else exact
            errors = {key: relative_error(read(path), truth) for key, path in answers.items()}
        finally:
            for contender in running.values():
                contender.stop()
    return {
        maker: dict(
            milliseconds={form: times[maker, form] for form in FORMS},
            error={form: errors[maker, form] for form in FORMS},
            gain=gain(times[maker, "unfolded"], times[maker, "folded"]),
        )
        for maker in TITLES
    }


def take_turns(running, options):
    """The figure of a contender in a round is the median of its times there, without the first."""
    counts, times = {}, {key: [] for key in running}
    for key, contender in running.items():
        contender.wait_until_ready()
        counts[key] = max(2, min(500, round(options.seconds * 1000 / min(contender.run(WARM_UPS)[1:]))))
    lot = random.Random(options.rounds)
    for _ in range(options.rounds):
        order = list(running)
        lot.shuffle(order)
        for key in order:
            times[key].append(statistics.median(running[key].run(counts[key] + 1)[1:]))
    return times


def gain(before, after):
    """The median of the rounds' ratios with its quartiles, and whether these lie on both sides of 1."""
    low, median, high = statistics.quantiles([old / new for old, new in zip(before, after)], n=4, method="inclusive")
    return dict(median=median, quartiles=[low, high], is_noise=low < 1 < high)


def read(path):
    return np.load(path) if path.suffix == ".npy" else np.fromfile(path, np.float32)


def line(name, row):
    cells = []
    for maker, title in TITLES.items():
        times = [statistics.median(row[maker]["milliseconds"][form]) for form in FORMS]
        found = row[maker]["gain"]
        low, high = found["quartiles"]
        noise = ", noise" if found["is_noise"] else ""
        errors = " and ".join(f"{row[maker]['error'][form]:.1e}" for form in FORMS)
        cells.append(
            f"{title} {times[0]:.3f} to {times[1]:.3f} ms, {found['median']:.3f} times as fast ({low:.3f} to {high:.3f}{noise}), "
            f"errors {errors}"
        )
    return f"{name}: " + "; ".join(cells)


def parse():
    parser = argparse.ArgumentParser(
        prog="python Benchmarks/folding", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder with NAME.unfused.onnx, default: %(default)s")
    parser.add_argument("--networks", type=lambda text: text.split(","), help="default: all five")
    parser.add_argument("--kiln", type=Path, default=HERE.parent.parent / ".build/release/kiln", help="default: %(default)s")
    parser.add_argument("--rounds", type=int, help="at least 4, default: 15")
    parser.add_argument("--seconds", type=float, help="about how long one measures in a round, default: 0.2")
    parser.add_argument("--quick", action="store_true", help="unless said otherwise the first network, 4 short rounds")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kiln/peers"
    parser.add_argument("--cache", type=Path, default=cache, help="for builds, default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE.json", help="write every round there")
    options = parser.parse_args()
    usual = (NETWORKS[:1], 4, 0.02) if options.quick else (NETWORKS, 15, 0.2)
    options.networks, options.rounds, options.seconds = (
        given or default for given, default in zip((options.networks, options.rounds, options.seconds), usual)
    )
    if options.rounds < 4:
        parser.error("quartiles need at least 4 rounds")
    options.cache.mkdir(parents=True, exist_ok=True)
    options.cores = {max(os.sched_getaffinity(0))}
    return options


if __name__ == "__main__":
    try:
        main()
    except ContenderError as error:
        sys.exit(str(error))
