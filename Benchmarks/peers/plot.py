"""Draws dots on a line a network, one dot a contender, as SVG."""

from html import escape
from math import ceil

COLOURS = {
    "kiln": "#d6331f", "openvino": "#0068b5", "onnxruntime": "#7a7a7a", "litert": "#f0a30a", "ncnn": "#1b9e5a",
    "mnn": "#8e44ad", "torchscript": "#8b5a2b", "torch": "#e377c2",
    "torch_compile": "#17becf",
}
LEFT, RIGHT, TOP, ROW, WIDTH = 150, 30, 88, 30, 820


def dots(title, note, rows, titles, mark):
    """`rows` has a dictionary from contender to value for each network. `mark` is a value to draw a line at."""
    largest = max((value for row in rows.values() for value in row.values()), default=1)
    step = 0.1 if largest <= 1.2 else 0.5
    end = ceil(largest / step) * step
    bottom = TOP + ROW * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 34}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{bottom + 34}" fill="white"/>',
        text(16, 26, title, "start", 'font-size="17" font-weight="bold"'),
        text(16, 45, note, "start", 'fill="#666"'),
    ]

    def across(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * value / end

    place = 16
    for name in (name for name in COLOURS if any(name in row for row in rows.values())):
        parts += [dot(place + 6, 64, name), text(place + 16, 68, titles[name], "start")]
        place += 40 + 8 * len(titles[name])
    for index in range(round(end / step) + 1):
        value = index * step
        colour = "#333" if value == mark else "#ddd"
        parts.append(f'<path d="M{across(value):.1f} {TOP}V{bottom}" stroke="{colour}"/>')
        label = f"{value:.0%}" if mark is None else f"{value:.1f}"
        parts.append(text(across(value), bottom + 18, label, "middle", 'fill="#666"'))
    for index, (network, row) in enumerate(rows.items()):
        height = TOP + ROW * index + ROW / 2
        parts.append(text(LEFT - 14, height + 4, network, "end"))
        parts.append(f'<path d="M{LEFT} {height}H{WIDTH - RIGHT}" stroke="#eee"/>')
        for name in sorted(row, key=lambda name: name == "kiln"):
            parts.append(dot(across(row[name]), height, name, f"{titles[name]}: {row[name]:.3f}"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def dot(x, y, name, tip=""):
    radius = 7 if name == "kiln" else 5
    tip = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<circle cx="{x:.1f}" cy="{y}" r="{radius}" fill="{COLOURS[name]}" stroke="white">{tip}</circle>'


def text(x, y, words, anchor, style=""):
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" {style}>{escape(words)}</text>'
