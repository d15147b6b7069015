"""Rounds: every contender runs once in each, in an order drawn by lot, while the others sleep."""

import random
import statistics
import sys
import time

import contenders
import numpy as np
from accuracy import accuracy
from contender import ContenderError
from network import digest
from runtimes import RUNTIMES

WARM_UPS = 3

#: Seconds before a turn in which nobody works: threads of the one before may still spin, as OpenMP's do for up to 0.2 s.
QUIET = 0.25


def compare(network, made, folder, options):
    """Milliseconds of each contender in each round, the peak in each, and how near the outputs are to the right ones."""
    program, names = made
    running = {"kiln": program.contender(network, options.cores, folder)}
    running |= {name: contenders.peer(network, name, options.threads, options.cores, folder) for name in names}
    peak = contenders.peak(options.cache, options.threads, options.cores)
    try:
        peak.wait_until_ready()
        runs, nearness = {}, {}
        kind = "accuracy" if network.precision == "int8" else "errors"
        for name, contender in list(running.items()):
            try:
                contender.wait_until_ready()
                runs[name] = runs_a_round(contender.run(WARM_UPS)[1:], options.seconds)
                nearness[name] = nearness_of(name, network, program, folder, options)
            except ContenderError as error:
                if name == "kiln":
                    raise ContenderError(f"{network.name}: Kiln's program: {error}") from None
                print(f"{network.name}: {RUNTIMES[name].title}: {error}", file=sys.stderr, flush=True)
                running.pop(name).stop()
        return dict(
            kiln=digest(program.path), threads=program.threads, **{kind: nearness},
            **take_turns(running, runs, peak, options.rounds),
        )
    finally:
        for contender in [*running.values(), peak]:
            contender.stop()


def runs_a_round(times, seconds):
    return max(2, min(500, round(seconds * 1000 / min(times))))


def take_turns(running, runs, peak, rounds):
    """The figure of a contender in a round is the median of its times there.

    The first inference of a turn finds the caches full of others' data and is left out.
    """
    lot = random.Random(rounds)
    times = {name: [] for name in running}
    operations = peak.facts[0]
    peaks = []
    for _ in range(rounds):
        order = list(running)
        lot.shuffle(order)
        best = []
        for index, name in enumerate(order):
            time.sleep(QUIET)
            times[name].append(statistics.median(running[name].run(runs[name] + 1)[1:]))
            if index % 3 == 0:
                best.append(min(peak.run(4)))
        peaks.append(operations / statistics.median(best) / 1e6)
    return dict(times=times, peak=peaks)


def nearness_of(name, network, program, folder, options):
    """In int8 the accuracy. Else the errors against ONNX Runtime without optimisations, and double precision where that is known."""
    if network.precision == "int8":
        return accuracy(name, network, program, folder, options)
    reference, exact = np.load(network.reference), contenders.exact_answer(network)
    values = contenders.answer(name, network, folder)
    found = dict(onnxruntime=contenders.relative_error(values, reference))
    if exact is not None:
        found["float64"] = contenders.relative_error(values, exact)
    return found
