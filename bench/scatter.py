"""A scatter plot as SVG, with a logarithmic x axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 60
_COLORS = ("#8a8a8a", "#2b6cb0", "#c05621")
_STYLE = "font-family='sans-serif' font-size='13' fill='#444'"

Point = tuple[float, float]


def draw_scatter(
    title: str, x_label: str, y_label: str, series: Mapping[str, tuple[Sequence[Point], Point]]
) -> str:
    """Return the plot. `series` maps a name to its points and to their mean, drawn larger."""
    points = [point for cloud, mean in series.values() for point in (*cloud, mean)]
    low = math.floor(math.log10(min(x for x, _ in points)))
    high = math.ceil(math.log10(max(x for x, _ in points)))
    bottom = math.floor(min(y for _, y in points) * 20) / 20
    top = math.ceil(max(y for _, y in points) * 20) / 20

    def place(point: Point) -> Point:
        x = (math.log10(point[0]) - low) / (high - low)
        y = (point[1] - bottom) / (top - bottom)
        return (
            _LEFT + x * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM),
        )

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}' {_STYLE}>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='white'/>",
        f"<text x='{_LEFT}' y='22' font-weight='bold'>{title}</text>",
        f"<text x='{_WIDTH / 2}' y='{_HEIGHT - 14}' text-anchor='middle'>{x_label}</text>",
        f"<text x='16' y='{_HEIGHT / 2}' text-anchor='middle' "
        f"transform='rotate(-90 16 {_HEIGHT / 2})'>{y_label}</text>",
    ]
    for power in range(low, high + 1):
        x, _ = place((10.0**power, bottom))
        parts.append(
            f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{_TOP}' y2='{_HEIGHT - _BOTTOM}' "
            "stroke='#e2e2e2'/>"
        )
        parts.append(
            f"<text x='{x:.1f}' y='{_HEIGHT - _BOTTOM + 20}' "
            f"text-anchor='middle'>{10.0**power:g}</text>"
        )
    for step in range(round(bottom * 20), round(top * 20) + 1):
        _, y = place((10.0**low, step / 20))
        parts.append(
            f"<line x1='{_LEFT}' x2='{_WIDTH - _RIGHT}' y1='{y:.1f}' y2='{y:.1f}' "
            "stroke='#e2e2e2'/>"
        )
        parts.append(
            f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{step / 20:.2f}</text>"
        )
    for color, (name, (cloud, mean)) in zip(_COLORS, series.items(), strict=True):
        for point in cloud:
            x, y = place(point)
            parts.append(
                f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{color}' fill-opacity='0.45'/>"
            )
        x, y = place(mean)
        parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='8' fill='{color}' stroke='white'/>")
        parts.append(
            f"<text x='{x + 13:.1f}' y='{y + 5:.1f}' font-weight='bold' "
            f"fill='{color}'>{name} {mean[1]:.3f}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
