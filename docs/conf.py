"""Sphinx reads this: `sphinx-build -W docs build/html` builds the documentation."""

from __future__ import annotations

import sys
from pathlib import Path

from sdist_upip import __version__

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "sdist-upip"
release = __version__
extensions = ["myst_parser", "sphinxcontrib.mermaid", "command_line"]
exclude_patterns = ["_extensions"]
myst_enable_extensions = ["deflist"]
myst_fence_as_directive = ["mermaid"]  # so that other readers of Markdown draw them too
myst_heading_anchors = 4
smartquotes = False  # options begin with two dashes
html_theme = "furo"
html_title = f"sdist-upip {__version__}"
html_show_copyright = False
