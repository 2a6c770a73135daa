"""The output of `sdist-upip show`: a table as text, or JSON of a stable schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..check.summary import ArchiveSummary, MemberSummary
from ..messages.output import Line, bold, dim, green
from ..messages.text import encodable, make_line
from ..metadata.stock_upip import DEPENDENCIES, INSTALL, SKIP

SCHEMA = 1
"""Version of the JSON; it grows when a key is removed or changes its meaning."""

_BAR = 20
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
_ACTIONS = {
    INSTALL: "install",
    SKIP: "skip",
    DEPENDENCIES: "skip, read as dependencies",
}
_KINDS = {"folder": "directory"}
"""Words for kinds of members whose stable name in the JSON is another one."""


def as_json(summaries: Sequence[ArchiveSummary]) -> dict[str, Any]:
    """Return the object that docs/reference/json.md describes."""
    return {"schema": SCHEMA, "archives": [_archive(summary) for summary in summaries]}


def render_summary(summary: ArchiveSummary, encoding: str) -> Iterator[Line]:
    """Yield the lines of the text about `summary`, for a terminal with `encoding`."""
    yield (bold(make_line(summary.archive)),)
    release = " ".join(filter(None, (summary.name, summary.version))) or "no name in PKG-INFO"
    yield make_line(
        f"{release}: {summary.size:,} bytes, {summary.unpacked:,} unpacked, "
        f"{len(summary.members)} member{'s' * (len(summary.members) != 1)}"
    )
    yield ""
    yield from _render_members(summary, encoding)
    yield ""
    yield from _render_facts(summary)


def _archive(summary: ArchiveSummary) -> dict[str, Any]:
    return {
        "archive": summary.archive,
        "name": summary.name,
        "version": summary.version,
        "size": summary.size,
        "unpacked": summary.unpacked,
        "overhead": summary.overhead,
        "distance": summary.distance,
        "window": summary.window,
        "members": [
            {
                "path": member.path,
                "kind": member.kind,
                "size": member.size,
                "packed": member.packed,
                "upip": member.upip,
            }
            for member in summary.members
        ],
        "dependencies": list(summary.dependencies),
        "requires_dist": list(summary.requires_dist),
        "installers": {
            "upip": {
                "installs": len(summary.installed),
                "bytes": sum(member.size for member in summary.installed),
            },
            "mip": None,
            "pip": summary.build_file,
        },
    }


def _render_members(summary: ArchiveSummary, encoding: str) -> Iterator[Line]:
    rows = [
        (encodable(make_line(member.path), encoding) + _note(member), member)
        for member in summary.members
    ]
    width = max(len("member"), len("(gzip and end of tar)"), *(len(name) for name, _ in rows))
    sizes = max(len("bytes"), *(len(f"{member.size:,}") for member in summary.members))
    packed = max(len("packed"), len(f"{summary.size:,}"))
    head = f"{'member':<{width}}  {'bytes':>{sizes}}  {'packed':>{packed}}   share  {'':{_BAR}}"
    yield (dim(f"{head}  stock upip"),)
    for name, member in rows:
        share = member.packed / summary.size
        action = _ACTIONS[member.upip]
        yield (
            f"{name:<{width}}  {member.size:>{sizes},}  {member.packed:>{packed},}  {share:>6.1%}  "
            f"{encodable(_bar(share), encoding):<{_BAR}}  ",
            green(action) if member.upip == INSTALL else dim(action),
        )
    share = summary.overhead / summary.size
    yield (
        f"{'(gzip and end of tar)':<{width}}  {'':>{sizes}}  {summary.overhead:>{packed},}  "
        f"{share:>6.1%}  {encodable(_bar(share), encoding)}".rstrip()
    )


def _note(member: MemberSummary) -> str:
    return "" if member.kind == "file" else f" ({_KINDS.get(member.kind, member.kind)})"


def _bar(share: float) -> str:
    eighths = round(share * _BAR * 8)
    return (_FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _render_facts(summary: ArchiveSummary) -> Iterator[Line]:
    installed = summary.installed
    flash = sum(member.size for member in installed)
    depends = ", ".join(summary.dependencies) or "nothing"
    yield make_line(f"depends on  {depends}")
    yield make_line(
        f"window      {summary.window:,} bytes of RAM in one piece (largest distance "
        f"{summary.distance:,} bytes)"
    )
    files = f"{len(installed)} file{'s' * (len(installed) != 1)}"
    yield make_line(f"upip        installs {files}, {flash:,} bytes of flash")
    yield make_line("mip         cannot install archives")
    pip = (
        f"builds and installs it with {summary.build_file}"
        if summary.build_file
        else "refuses it, because it has neither pyproject.toml nor setup.py"
    )
    yield make_line(f"pip         {pip}")
