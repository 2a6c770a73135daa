"""The output of `sdist-upip check`: text grouped by archive, or JSON of a stable schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ...check.archive import Report
from ...check.problem import ERROR
from ..color import Palette

_SHOWN = 5
"""Problems of one code that the text shows for one archive."""

SCHEMA = 1
"""Version of the JSON; it grows when a key is removed or changes its meaning."""


def as_json(reports: Sequence[Report], strict: bool) -> dict[str, Any]:
    """Return the object that docs/reference/json.md describes."""
    return {
        "schema": SCHEMA,
        "archives": [
            {
                "archive": report.archive,
                "ok": not report.fails(strict),
                "distance": report.distance,
                "window": report.window,
                "problems": [
                    {
                        "code": problem.code,
                        "severity": problem.severity,
                        "path": problem.path,
                        "message": problem.message,
                    }
                    for problem in report.problems
                ],
            }
            for report in reports
        ],
        "errors": sum(report.errors for report in reports),
        "warnings": sum(report.warnings for report in reports),
    }


def render_reports(reports: Sequence[Report], palette: Palette) -> Iterator[str]:
    """Yield the lines of the text: each archive with its problems, then the total."""
    for report in reports:
        yield from _render_report(report, palette)
    if len(reports) > 1:
        errors = sum(report.errors for report in reports)
        warnings = sum(report.warnings for report in reports)
        yield f"{len(reports)} archives: {_count(errors, warnings)}"


def _render_report(report: Report, palette: Palette) -> Iterator[str]:
    window = "" if report.window is None else palette.dim(f" ({describe_window(report)})")
    result = _count(report.errors, report.warnings)
    paint = palette.red if report.errors else palette.yellow if report.warnings else palette.green
    yield f"{palette.bold(palette.safe(report.archive))}: {paint(result)}{window}"
    shown: Counter[str] = Counter()
    for problem in report.problems:
        shown[problem.code] += 1
        if shown[problem.code] > _SHOWN:
            continue
        paint = palette.red if problem.severity == ERROR else palette.yellow
        where = f"{problem.path}: " if problem.path is not None else ""
        text = palette.safe(f"{where}{problem.message}")
        yield f"  {paint(problem.severity)} {palette.bold(problem.code)}: {text}"

    for code, count in shown.items():
        if count > _SHOWN:
            yield palette.dim(
                palette.safe(f"  … and {count - _SHOWN} more of {code}. Use --json to list them.")
            )


def describe_window(report: Report) -> str:
    """Return the text about the RAM that a device needs to decode the stream."""
    return f"largest distance {report.distance:,} bytes, needs a window of {report.window:,} bytes"


def _count(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "clean"
    counts = [(errors, "error"), (warnings, "warning")]
    return ", ".join(f"{count} {noun}{'s' * (count > 1)}" for count, noun in counts if count)
