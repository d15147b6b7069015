"""A bar chart as SVG."""

from html import escape

ROW = 16
LABELS = 280
SCALE = 500


def bars(title, values):
    """A chart of shares, 1 being the full width, a line at every quarter."""
    height = (len(values) + 3) * ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABELS + SCALE + 70}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="{ROW}" font-size="13">{escape(title)}</text>',
    ]
    for quarter in range(5):
        x = LABELS + SCALE * quarter / 4
        parts.append(f'<line x1="{x:g}" y1="{2 * ROW}" x2="{x:g}" y2="{height - ROW / 2:g}" stroke="#ccc"/>')
    for index, (label, share) in enumerate(values):
        y = (index + 2) * ROW
        parts += [
            f'<text x="{LABELS - 6}" y="{y + 12}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="{LABELS}" y="{y + 3}" width="{SCALE * share:.1f}" height="{ROW - 5}" fill="#3b6ea5"/>',
            f'<text x="{LABELS + SCALE * share + 4:.1f}" y="{y + 12}">{share:.0%}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
