"""Names of members with metadata."""

from __future__ import annotations

LICENSES = "licenses"
"""Directory of license files below `NAME.egg-info`, which installers on devices ignore."""

ENTRY_POINTS = "entry_points.txt"
"""File below `NAME.egg-info` with the entry points, until they are in the script."""

SETUP_SCRIPT = "setup.py"

SETUP_SCRIPT_MARK = "sdist-upip"
"""Mark in the first line of the script. Archives with any other setup.py are made for computers."""

HEADER_REMAINS = frozenset({"@PaxHeader", "@LongLink"})
"""Names of files that tools made of the extended headers of a tar."""
