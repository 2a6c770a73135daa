"""The output of `sdist-upip check`: text grouped by archive, or JSON of a stable schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..check.archive import Report
from ..check.problem import ERROR
from ..messages.output import Line, bold, dim, green, red, yellow
from ..messages.text import make_line

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


def render_reports(reports: Sequence[Report]) -> Iterator[Line]:
    """Yield the lines of the text: each archive with its problems, then the total."""
    for report in reports:
        yield from _render_report(report)
    if len(reports) > 1:
        errors = sum(report.errors for report in reports)
        warnings = sum(report.warnings for report in reports)
        yield f"{len(reports)} archives: {_count(errors, warnings)}"


def _render_report(report: Report) -> Iterator[Line]:
    window = "" if report.window is None else dim(f" ({describe_window(report)})")
    result = _count(report.errors, report.warnings)
    paint = red if report.errors else yellow if report.warnings else green
    yield bold(make_line(report.archive)), ": ", paint(result), window
    shown: Counter[str] = Counter()
    for problem in report.problems:
        shown[problem.code] += 1
        if shown[problem.code] > _SHOWN:
            continue
        paint = red if problem.severity == ERROR else yellow
        where = f"{problem.path}: " if problem.path is not None else ""
        text = make_line(f"{where}{problem.message}")
        yield "  ", paint(problem.severity), " ", bold(problem.code), f": {text}"

    for code, count in shown.items():
        if count > _SHOWN:
            yield (dim(f"  … and {count - _SHOWN} more of {code}. Use --json to list them."),)


def describe_window(report: Report) -> str:
    """Return the text about the RAM that a device needs to decode the stream."""
    return f"largest distance {report.distance:,} bytes, needs a window of {report.window:,} bytes"


def _count(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "clean"
    counts = [(errors, "error"), (warnings, "warning")]
    return ", ".join(f"{count} {noun}{'s' * (count > 1)}" for count, noun in counts if count)
