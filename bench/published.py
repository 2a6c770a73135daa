"""Published packages, installed on the unix port: print the table of the documentation.

    python bench/published.py

pip's settings choose the index. Needs the extra test.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from sdist_upip.index.pip_settings import ask_pip  # noqa: E402
from support.published import make_table, render_table  # noqa: E402


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        print(render_table(make_table(Path(scratch), ask_pip())), end="")


if __name__ == "__main__":
    main()
