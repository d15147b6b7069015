"""Times what Kiln makes of networks beside other runtimes on the same machine, one image at a time, in float32 or int8.

    python Benchmarks/peers [--models FOLDER] [--networks NAME,…] [--precision int8] [--threads 1|2] [--rounds 15] [--cold]

How it compares, and why so is in Benchmarks/README.md.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import cold
import report
import rounds
from contenders import ContenderError, KilnProgram, converted, exact_answer, installed_runtimes, peak
from network import open_network
from runtimes import RUNTIMES

REPOSITORY = Path(__file__).resolve().parent.parent.parent
NETWORKS = {
    "float32": [
        "tiny", "mobilenet_v2", "resnet18", "resnet34", "resnet50", "resnet152", "repvgg_a0", "repvgg_a0_deploy", "unet_r18",
    ],
    "int8": ["mobilenet_v2", "resnet18", "resnet50", "efficientnet_lite0"],
}
USUAL = {
    # torch.compile takes half a minute to load a model.
    "float32": [name for name in RUNTIMES if name != "torch_compile"],
    "int8": [name for name, runtime in RUNTIMES.items() if runtime.quantiser],
}


def main():
    options = parse()
    options.cache.mkdir(parents=True, exist_ok=True)
    names, missing = installed_runtimes(options.runtimes, options.precision)
    for name, reason in missing.items():
        say(f"{RUNTIMES[name].title}: {reason}")
    if options.cold:
        return cold.compare(options, names)

    results = report.open_results(options, names)
    for name in options.networks:
        model = options.models / f"{name}.onnx"
        if not model.exists():
            sys.exit(f"{model} is not there: Benchmarks/make_models.py makes it")
        network = open_network(model, options.cache, options.precision)
        contenders = make(network, names, options)
        if options.prepare:
            continue
        with tempfile.TemporaryDirectory(prefix="kiln-peers-") as folder:
            result = rounds.compare(network, contenders, Path(folder), options)
        report.add(results, network, result)
        if options.json:
            report.save(results, options.json)
        say(f"{name}: {len(result['peak'])} rounds")
    if not options.prepare:
        print(report.tables(results))
        if options.plots:
            report.draw(results, options.plots)


def make(network, names, options):
    """Kiln's program, and which of the peers have a file for the network. Says which have none, and why."""
    program = KilnProgram(options.kiln, network, options.threads)
    if program.threads < options.threads:
        say("this Kiln has no threads: its program runs on one")
    peak(options.cache, options.threads, options.cores).stop()
    if options.precision == "float32":
        exact_answer(network)
    able = []
    for name in names:
        try:
            converted(network, name)
            able.append(name)
        except ContenderError as error:
            say(f"{network.name}: {RUNTIMES[name].title} {error}")
    return program, able


def parse():
    parser = argparse.ArgumentParser(
        prog="python Benchmarks/peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--models", type=Path, default=Path("models"), help="folder with NAME.onnx, default: %(default)s")
    add("--precision", choices=list(NETWORKS), default="float32", help="int8: quantised by each one's own tool; default: %(default)s")
    add("--networks", type=names_of(NETWORKS, strict=False), help="default: nine in float32, four in int8")
    add("--runtimes", type=names_of(RUNTIMES), help=f"of {','.join(RUNTIMES)}; default: all but the last, in int8 those that quantise")
    add("--kiln", type=Path, default=REPOSITORY / ".build/release/kiln", help="default: %(default)s")
    add("--threads", type=int, default=1, help="default: 1")
    add("--rounds", type=int, default=15, help="at least 4, default: %(default)s")
    add("--seconds", type=float, default=0.2, help="about how long one measures in a round, default: %(default)s")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kiln/peers"
    add("--cache", type=Path, default=cache, help="for conversions and builds, default: %(default)s")
    add("--append", dest="json", type=Path, metavar="FILE.json", help="add the rounds to what it has, and write it")
    add("--plots", type=Path, metavar="FOLDER", help="draw peers.svg and peak.svg there")
    add("--prepare", action="store_true", help="only convert and build")
    add("--cold", action="store_true", help="time from a process's start to its first output instead, and its memory")
    options = parser.parse_args()
    if options.rounds < 4:
        parser.error("quartiles need at least 4 rounds")
    # Converters run in a folder of their own.
    options.models, options.cache = options.models.resolve(), options.cache.resolve()
    options.networks = options.networks or NETWORKS[options.precision]
    options.runtimes = options.runtimes or USUAL[options.precision]
    available = sorted(os.sched_getaffinity(0))
    if not 1 <= options.threads <= len(available):
        parser.error(f"this machine has {len(available)} cores")
    options.cores = set(available[-options.threads :])
    return options


def names_of(known, strict=True):
    def parse(text):
        names = text.split(",")
        for name in names:
            if strict and name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return names

    return parse


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except ContenderError as error:
        sys.exit(str(error))
