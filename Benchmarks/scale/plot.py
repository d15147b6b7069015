"""Time over nodes as SVG, both axes logarithmic."""

from html import escape
from math import log10

LEFT, TOP, WIDTH, HEIGHT = 60, 40, 520, 380
COLOURS = ["#3b6ea5", "#c1553b", "#4f9153", "#8a5fa8", "#b5892a", "#4aa3a8"]


def lines(title, series):
    """A chart of {name: [(nodes, seconds)]}; a grey line has the slope 1. Each name is followed by its own slope."""
    points = [point for values in series.values() for point in values]
    left, right = log10(min(x for x, _ in points)), log10(max(x for x, _ in points))
    low, high = log10(min(y for _, y in points)) - 0.1, log10(max(y for _, y in points)) + 0.1

    def place(x, y):
        across, up = (log10(x) - left) / (right - left), (log10(y) - low) / (high - low)
        return LEFT + WIDTH * across, TOP + HEIGHT * (1 - up)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 190}" height="{TOP + HEIGHT + 50}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="13">{escape(title)}</text>',
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>',
    ]
    for x in (1_000, 3_000, 10_000, 30_000, 100_000):
        if left - 0.05 <= log10(x) <= right + 0.05:
            across, _ = place(x, 1)
            parts += [
                f'<line x1="{across:.1f}" y1="{TOP}" x2="{across:.1f}" y2="{TOP + HEIGHT}" stroke="#ddd"/>',
                f'<text x="{across:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{x:,} nodes</text>',
            ]
    for y in (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30):
        if low <= log10(y) <= high:
            _, up = place(10, y)
            parts += [
                f'<line x1="{LEFT}" y1="{up:.1f}" x2="{LEFT + WIDTH}" y2="{up:.1f}" stroke="#ddd"/>',
                f'<text x="{LEFT - 6}" y="{up + 4:.1f}" text-anchor="end">{y:g} s</text>',
            ]
    start = min(points)
    end = min(right - left, high - log10(start[1]))
    parts.append(path([place(*start), place(start[0] * 10**end, start[1] * 10**end)], "#bbb", 'stroke-dasharray="5 4"'))
    for colour, (name, values) in zip(COLOURS, sorted(series.items(), key=lambda item: -item[1][-1][1])):
        parts.append(path([place(*point) for point in values], colour))
        across, up = place(*values[-1])
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in (place(*p) for p in values)]
        parts.append((up, f'fill="{colour}">{escape(name)}, slope {slope(values):.2f}</text>'))
    parts = spread(parts)
    return "\n".join([*parts, "</svg>", ""])


def path(points, colour, extra=""):
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="1.6" {extra}/>'


def spread(parts):
    """Labels at the right end, none on another."""
    last, result = -100, []
    for part in parts:
        if isinstance(part, tuple):
            last = max(part[0], last + 14)
            part = f'<text x="{LEFT + WIDTH + 8}" y="{last + 4:.1f}" {part[1]}'
        result.append(part)
    return result


def slope(values):
    """Of the line through the logarithms, by least squares."""
    xs, ys = [log10(x) for x, _ in values], [log10(y) for _, y in values]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)
