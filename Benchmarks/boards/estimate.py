"""Estimates how long an inference takes on one core of a board, from what was counted, by Kiln's machine model. Nothing is timed.

The parameters are those of `kiln targets --json`, whose sources are in Sources/KilnMachine/Processors/Arm.swift, and SUSTAINED.
"""

from decoding import CLASSES

#: how much of what its busiest unit can do a core sustains: mispredicted branches, translations of addresses and results that
#: are waited for cost the rest. The only number here that was chosen: so that over all boards and networks of published.json
#: estimates are as often too long as too short. It is the same for all of them, and ranks don't depend on it.
SUSTAINED = 0.82
MULTIPLY_ADDS = [name for name in CLASSES if name.startswith(("fma_", "dot_"))]


def milliseconds(blocks, model):
    """The time of blocks that were executed one after the other: of each the counts in all its executions, by name.

    A block takes as long as what takes longest in it: one of the core's units, or the transfer of the cache lines it misses.
    Units work side by side, and lines come while they do, since misses are mostly in sequence, where cores and programs fetch
    ahead. Blocks don't overlap.
    """
    cycles = sum(max(unit_cycles(block, model), transfer_cycles(block, model)) for block in blocks)
    return cycles / SUSTAINED / model["pipeline"]["clockMegahertz"] / 1e3


def unit_cycles(block, model):
    """Cycles of the unit that is busy longest: instructions over what is issued per cycle, of all kinds and of each.

    Each register of vectors is a load or store of its own. Cores in order read half a vector per cycle, so that narrower loads
    take half as long; and they issue no vector arithmetic with loads and stores of vectors, except that they insert a general
    register into a vector while they load half a vector (ncnn's docs/developer-guide/arm-a53-a55-dual-issue.md).
    """
    pipeline, arithmetic = model["pipeline"], model["float32"]
    loads = max(block["load"], block["load_128"] + block["load_64"])
    narrow = (loads - block["load_128"]) * (0.5 if pipeline["isInOrder"] else 1)
    stores = max(block["store"], block["store_128"] + block["store_64"])
    vectors = (
        sum(block[name] for name in MULTIPLY_ADDS) / arithmetic["multiplyAddsPerCycle"]
        + (block["vector"] - block["insert"]) / arithmetic["additionsPerCycle"]
        + block["load_128"] * pipeline["arithmeticCyclesPerLoad"]
        + max(block["load_64"] * pipeline["arithmeticCyclesPerHalfLoad"], block["insert"] / arithmetic["additionsPerCycle"])
        + (block["store_128"] + block["store_64"]) * pipeline["arithmeticCyclesPerStore"])
    return max(
        sum(block[name] for name in CLASSES) / pipeline["instructionsPerCycle"],
        vectors,
        (block["branch"] + block["other"]) / pipeline["integersPerCycle"],
        block["branch"] / pipeline["branchesPerCycle"],
        (block["load_128"] + narrow) / pipeline["loadsPerCycle"],
        stores / pipeline["storesPerCycle"],
        (loads + stores) / pipeline["loadsAndStoresPerCycle"])


def transfer_cycles(block, model):
    """Cycles in which lines come from where they are found: a cache at its rate, memory at that of reading or writing."""
    memory, farther = model["memory"], model["caches"][1:]
    cycles = 0
    for level, cache in enumerate(farther, 1):
        cycles += (block[f"miss_{level}"] - block[f"miss_{level + 1}"]) / cache["bytesPerCycle"]
    level = len(model["caches"])
    written = block[f"store_miss_{level}"]
    cycles += (block[f"miss_{level}"] - written) / memory["bytesPerCycle"] + written / memory["writtenBytesPerCycle"]
    return cycles * memory["lineByteCount"]
