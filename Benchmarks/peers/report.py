"""What was measured, as a file, as tables and as plots."""

import json
import platform
import statistics
import sys
from pathlib import Path

import plot
from network import FRESH
from runtimes import RUNTIMES

TITLES = {"kiln": "Kiln", **{name: runtime.title for name, runtime in RUNTIMES.items()}}


def open_results(options, names):
    """Those in the file, to which rounds can be added; new ones if there is none."""
    path = options.json
    results = dict(
        machine=processor(), instructions=instructions(), threads=options.threads, precision=options.precision,
        versions={name: version(name, options.precision) for name in names}, networks={},
    )
    if path and path.exists():
        # Files from before int8 don't tell the precision.
        earlier = {"precision": "float32", **json.loads(path.read_text())}
        for key in ("machine", "threads", "precision"):
            if earlier[key] != results[key]:
                sys.exit(f"{path}: is of {key} {earlier[key]}, not {results[key]}: give another file")
        results["networks"] = earlier["networks"]
        results["versions"] |= earlier["versions"]
    return results


def version(name, precision):
    """In int8 also that of what quantised, where it is something else."""
    runtime = RUNTIMES[name]
    quantiser = runtime.quantiser if precision == "int8" else None
    if quantiser is None or quantiser.distribution == runtime.distribution:
        return runtime.version
    return f"{runtime.version} by {quantiser.distribution} {quantiser.version}"


def add(results, network, new):
    """Adds rounds to a network's. Rounds of another Kiln program, or of other contenders, are replaced."""
    old = results["networks"].get(network.name)
    if old and old["kiln"] == new["kiln"] and old["times"].keys() == new["times"].keys():
        new["peak"] = old["peak"] + new["peak"]
        new["times"] = {name: old["times"][name] + times for name, times in new["times"].items()}
    results["networks"][network.name] = dict(macs=network.macs, **new, **summary(network, new))


def summary(network, result):
    """The figures that are quoted. Kiln's ratio is of medians over all rounds; its quartiles are of the rounds' ratios."""
    times, peak = result["times"], statistics.median(result["peak"])
    medians = {name: statistics.median(values) for name, values in times.items()}
    peers = [name for name in times if name != "kiln"]
    found = dict(median_ms=medians, peak_gflops=peak)
    if network.precision == "float32":
        found["share_of_peak"] = {name: 2 * network.macs / time / 1e6 / peak for name, time in medians.items()}
    if peers:
        best = min(peers, key=medians.get)
        ratios = [own / peer for own, peer in zip(times["kiln"], times[best])]
        low, _, high = statistics.quantiles(ratios, n=4)
        found |= dict(best_peer=best, ratio=medians["kiln"] / medians[best], ratio_quartiles=[low, high])
    return found


def save(results, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")


def tables(results):
    names = ["kiln", *(name for name in RUNTIMES if any(name in row["times"] for row in results["networks"].values()))]
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in results["versions"].items())
    lines = [f"{circumstances(results)}; {versions}", f"Instructions: {results['instructions']}", ""]
    lines += ["Milliseconds (median of the rounds), and Kiln's over the best peer's (below 1: Kiln is faster)"]
    heads = "".join(f"{TITLES[name]:>12}" for name in names)
    is_float32 = results["precision"] == "float32"
    peak = "  share of peak: Kiln  best" if is_float32 else ""
    lines += [f"{'network':20}{heads}   ratio (quartiles)      best peer{peak}  rounds"]
    ratios = []
    for network, row in results["networks"].items():
        end = ""
        if "ratio" in row:
            ratios.append(row["ratio"])
            best, (low, high) = row["best_peer"], row["ratio_quartiles"]
            end = f"{row['ratio']:8.3f} ({low:.3f} to {high:.3f}) {TITLES[best]:>10}"
            end += f" {row['share_of_peak']['kiln']:19.0%} {row['share_of_peak'][best]:5.0%}" if is_float32 else ""
        cells = "".join(cell(row["median_ms"].get(name), "12.3f") for name in names)
        lines.append(f"{network:20}{cells}{end}{len(row['peak']):8}")
    if ratios:
        lines += ["", f"Geometric mean of the ratios: {statistics.geometric_mean(ratios):.3f}"]
    return "\n".join([*lines, "", *(errors if is_float32 else accuracies)(results, names, heads)])


def circumstances(results):
    count = results["threads"]
    return f"{results['machine']}; {count} thread{'s' * (count > 1)}; {results['precision']}, one image"


def errors(results, names, heads):
    yield "Largest difference from ONNX Runtime without optimisations (o) and from double precision (d), relative"
    yield f"{'network':22}{heads}"
    for network, row in results["networks"].items():
        for kind in ("onnxruntime", "float64"):
            cells = "".join(cell(row["errors"].get(name, {}).get(kind), "12.1e") for name in names)
            yield f"{network:20}{kind.replace('onnxruntime', 'o')[0].replace('f', 'd'):2}{cells}"


def accuracies(results, names, heads):
    yield f"Signal to noise against float32 in decibels (s), and share of equal largest outputs (e), on {FRESH} other inputs"
    yield f"{'network':22}{heads}"
    for network, row in results["networks"].items():
        for kind, letter, form in (("decibels", "s", "12.1f"), ("agreement", "e", "12.0%")):
            cells = "".join(cell(row["accuracy"].get(name, {}).get(kind), form) for name in names)
            yield f"{network:20}{letter:2}{cells}"


def cell(value, form):
    return f"{'-':>12}" if value is None else f"{value:{form}}"


def draw(results, folder):
    folder.mkdir(parents=True, exist_ok=True)
    networks, note = results["networks"], circumstances(results).replace(";", ",")
    is_float32 = results["precision"] == "float32"
    relative = {
        network: {name: time / row["median_ms"][row["best_peer"]] for name, time in row["median_ms"].items()}
        for network, row in networks.items() if "best_peer" in row
    }
    drawings = {"time": plot.dots("Time of an inference, relative to the best peer's", note, relative, TITLES, 1)}
    if is_float32:
        shares = {network: row["share_of_peak"] for network, row in networks.items()}
        drawings["peak"] = plot.dots("Share of the peak of fused multiply-adds", note, shares, TITLES, None)
    for name, text in drawings.items():
        (folder / f"peers-{'' if is_float32 else 'int8-'}{name}-{results['threads']}.svg").write_text(text)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def instructions():
    """Those of the processor's instruction sets that vectors and dot products are computed in."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, values = line.partition(":")
        if name.strip() in ("flags", "Features"):
            known = ("sse4_2", "avx", "fma", "f16c", "amx", "asimd", "sve", "i8mm", "bf16")
            return " ".join(sorted(value for value in values.split() if value.startswith(known)))
    return "unknown"
