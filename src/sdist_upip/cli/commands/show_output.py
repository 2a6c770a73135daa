"""What `sdist-upip show` prints: a table for people, or JSON of a stable schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...check.summary import ArchiveSummary, MemberSummary
from ...metadata.stock_upip import DEPENDENCIES, INSTALL, SKIP
from ..color import Palette

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


def as_json(inventories: Sequence[ArchiveSummary]) -> dict[str, Any]:
    """Return the object that docs/reference/json.md describes."""
    return {"schema": SCHEMA, "archives": [_archive(inventory) for inventory in inventories]}


def render_inventory(inventory: ArchiveSummary, palette: Palette) -> Iterator[str]:
    """Yield the lines that show `inventory` to a person."""
    yield palette.bold(palette.safe(inventory.archive))
    release = " ".join(filter(None, (inventory.name, inventory.version))) or "no name in PKG-INFO"
    yield palette.safe(
        f"{release}: {inventory.size:,} bytes, {inventory.unpacked:,} unpacked, "
        f"{len(inventory.items)} member{'s' * (len(inventory.items) != 1)}"
    )
    yield ""
    yield from _render_items(inventory, palette)
    yield ""
    yield from _render_facts(inventory, palette)


def _archive(inventory: ArchiveSummary) -> dict[str, Any]:
    return {
        "archive": inventory.archive,
        "name": inventory.name,
        "version": inventory.version,
        "size": inventory.size,
        "unpacked": inventory.unpacked,
        "overhead": inventory.overhead,
        "distance": inventory.distance,
        "window": inventory.window,
        "members": [
            {
                "path": item.path,
                "kind": item.kind,
                "size": item.size,
                "packed": item.packed,
                "upip": item.upip,
            }
            for item in inventory.items
        ],
        "dependencies": list(inventory.dependencies),
        "requires_dist": list(inventory.requires_dist),
        "installers": {
            "upip": {
                "installs": len(inventory.installed),
                "bytes": sum(item.size for item in inventory.installed),
            },
            "mip": None,
            "pip": inventory.build_file,
        },
    }


def _render_items(inventory: ArchiveSummary, palette: Palette) -> Iterator[str]:
    rows = [(palette.safe(item.path) + _note(item), item) for item in inventory.items]
    width = max(len("member"), len("(gzip and end of tar)"), *(len(name) for name, _ in rows))
    sizes = max(len("bytes"), *(len(f"{item.size:,}") for item in inventory.items))
    packed = max(len("packed"), len(f"{inventory.size:,}"))
    head = f"{'member':<{width}}  {'bytes':>{sizes}}  {'packed':>{packed}}   share  {'':{_BAR}}"
    yield palette.dim(f"{head}  stock upip")
    for name, item in rows:
        share = item.packed / inventory.size
        action = _ACTIONS[item.upip]
        yield (
            f"{name:<{width}}  {item.size:>{sizes},}  {item.packed:>{packed},}  {share:>6.1%}  "
            f"{palette.safe(_bar(share)):<{_BAR}}  "
            f"{palette.green(action) if item.upip == INSTALL else palette.dim(action)}"
        )
    share = inventory.overhead / inventory.size
    yield (
        f"{'(gzip and end of tar)':<{width}}  {'':>{sizes}}  {inventory.overhead:>{packed},}  "
        f"{share:>6.1%}  {palette.safe(_bar(share))}".rstrip()
    )


def _note(item: MemberSummary) -> str:
    return "" if item.kind == "file" else f" ({item.kind})"


def _bar(share: float) -> str:
    eighths = round(share * _BAR * 8)
    return (_FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _render_facts(inventory: ArchiveSummary, palette: Palette) -> Iterator[str]:
    installed = inventory.installed
    flash = sum(item.size for item in installed)
    depends = ", ".join(inventory.dependencies) or "nothing"
    yield palette.safe(f"depends on  {depends}")
    yield palette.safe(
        f"window      {inventory.window:,} bytes of RAM in one piece; the largest distance is "
        f"{inventory.distance:,}"
    )
    files = f"{len(installed)} file{'s' * (len(installed) != 1)}"
    yield palette.safe(f"upip        installs {files}, {flash:,} bytes of flash")
    yield palette.safe("mip         cannot install from an archive")
    pip = (
        f"builds and installs it with {inventory.build_file}"
        if inventory.build_file
        else "refuses it: there is no pyproject.toml or setup.py"
    )
    yield palette.safe(f"pip         {pip}")
