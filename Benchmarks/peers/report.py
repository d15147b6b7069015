"""What was measured, as a file, as tables and as plots."""

import json
import platform
import statistics
import sys
from pathlib import Path

import plot
from runtimes import RUNTIMES

TITLES = {"kiln": "Kiln", **{name: runtime.title for name, runtime in RUNTIMES.items()}}


def open_results(path, threads, names):
    """Those in the file, to which rounds can be added; new ones if there is none."""
    results = dict(
        machine=processor(), threads=threads, versions={name: RUNTIMES[name].version for name in names}, networks={}
    )
    if path and path.exists():
        earlier = json.loads(path.read_text())
        for key in ("machine", "threads"):
            if earlier[key] != results[key]:
                sys.exit(f"{path}: is of {key} {earlier[key]}, not {results[key]}: give another file")
        results["networks"] = earlier["networks"]
        results["versions"] |= earlier["versions"]
    return results


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
    count = results["threads"]
    lines = [f"{results['machine']}; {count} thread{'s' * (count > 1)}; float32, one image; {versions}", ""]
    lines += ["Milliseconds (median of the rounds), and Kiln's over the best peer's (below 1: Kiln is faster)"]
    heads = "".join(f"{TITLES[name]:>12}" for name in names)
    lines += [f"{'network':18}{heads}   ratio (quartiles)      best peer  share of peak: Kiln  best  rounds"]
    ratios = []
    for network, row in results["networks"].items():
        shares, end = row["share_of_peak"], ""
        if "ratio" in row:
            ratios.append(row["ratio"])
            best, (low, high) = row["best_peer"], row["ratio_quartiles"]
            end = f"{row['ratio']:8.3f} ({low:.3f} to {high:.3f}) {TITLES[best]:>10} {shares['kiln']:19.0%} {shares[best]:5.0%}"
        cells = "".join(cell(row["median_ms"].get(name), "12.3f") for name in names)
        lines.append(f"{network:18}{cells}{end}{len(row['peak']):8}")
    if ratios:
        lines += ["", f"Geometric mean of the ratios: {statistics.geometric_mean(ratios):.3f}"]

    lines += ["", "Largest difference from ONNX Runtime without optimisations (o) and from double precision (d), relative"]
    lines += [f"{'network':20}{heads}"]
    for network, row in results["networks"].items():
        for kind in ("onnxruntime", "float64"):
            cells = "".join(cell(row["errors"].get(name, {}).get(kind), "12.1e") for name in names)
            lines.append(f"{network:18}{kind.replace('onnxruntime', 'o')[0].replace('f', 'd'):2}{cells}")
    return "\n".join(lines)


def cell(value, form):
    return f"{'-':>12}" if value is None else f"{value:{form}}"


def draw(results, folder):
    folder.mkdir(parents=True, exist_ok=True)
    networks, count = results["networks"], results["threads"]
    note = f"{results['machine']}, {count} thread{'s' * (count > 1)}, float32, one image"
    relative = {
        network: {name: time / row["median_ms"][row["best_peer"]] for name, time in row["median_ms"].items()}
        for network, row in networks.items() if "best_peer" in row
    }
    shares = {network: row["share_of_peak"] for network, row in networks.items()}
    drawings = {
        "time": plot.dots("Time of an inference, relative to the best peer's", note, relative, TITLES, 1),
        "peak": plot.dots("Share of the peak of fused multiply-adds", note, shares, TITLES, None),
    }
    for name, text in drawings.items():
        (folder / f"peers-{name}-{count}.svg").write_text(text)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()
