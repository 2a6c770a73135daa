"""The style sheet, the script and the icon of a site."""

from __future__ import annotations

from importlib.resources import files


def read_static_files() -> dict[str, bytes]:
    """Return the static files of a site: path below its root → content."""
    directory = files(__package__) / "static"
    found = sorted(directory.iterdir(), key=lambda one: one.name)
    return {f"static/{one.name}": one.read_bytes() for one in found}
