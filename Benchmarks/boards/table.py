"""What the contenders executed, as a table and as a file."""

import json

from decoding import CLASSES
from names import peer_of, precision_of


def save(rows, path):
    """As JSON, a row per line."""
    path.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


def print_table(network, rows):
    """Classes that no contender executes are left out."""
    # Fewer than a thousand are of the Python around an inference.
    kept = [name for name in CLASSES if any(row[name] >= 1000 for row in rows)]
    misses = sorted({name for row in rows for name in row if name.startswith("miss_")})
    print(f"\n{network}, one inference, thousands; ratio: of instructions to a peer's fewest, in float32 or in int8 as the row is")
    print(line(["board", "contender", "instructions", "ratio", "estimated ms", *kept, *misses, "error"]))
    for row in rows:
        peers = [other["instructions"] for other in rows if is_compared(row, other)]
        ratio = f"{row['instructions'] / min(peers):.3f}" if peers else "-"
        counts = [f"{row[name] / 1000:,.1f}" if name in row else "-" for name in ("instructions", *kept, *misses)]
        estimate = f"{row['estimated_ms']:.2f}"
        print(line([row["board"], row["contender"], counts[0], ratio, estimate, *counts[1:], f"{row['error']:.1e}"]), flush=True)


def is_compared(row, other):
    """Whether a row's ratio is to the other, if that is the least: a peer's on the same board."""
    contender = other["contender"]
    is_peer = peer_of(contender) and not contender.endswith("-default")
    return is_peer and other["board"] == row["board"] and precision_of(contender) == precision_of(row["contender"])


def line(cells):
    return " ".join(cell.ljust(16) if index < 2 else cell.rjust(12) for index, cell in enumerate(cells))
