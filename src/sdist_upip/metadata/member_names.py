"""Names of members that hold metadata."""

from __future__ import annotations

LICENSES = "licenses"
"""Directory below `NAME.egg-info` for license files, where no installer of devices looks."""

ENTRY_POINTS = "entry_points.txt"
"""Below `NAME.egg-info`: what a build tool knows of entry points, until the script holds it."""

SETUP_SCRIPT = "setup.py"

SETUP_SCRIPT_MARK = "sdist-upip"
"""Stands in the first line of the script; upip refuses archives with the setup.py of others."""
