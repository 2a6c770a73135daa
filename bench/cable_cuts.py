"""Pulls the cable at 100 random moments of `sdist-upip install --board`, and recovers.

`python bench/cable_cuts.py [CUTS]` prints a table in Markdown: how many ended with the old packages
and with the new ones, by file system and by who recovered. A fifth of the moments are among the
last 400 bytes, since most of the bytes are sent before the change begins.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from micropython.installation import find_unix_port  # noqa: E402
from support.cable_cuts import WAYS, CableCuts  # noqa: E402

FILE_SYSTEMS = ("lfs2", "fat512")


def main(count: str = "100") -> int:
    """Print the table. Return 1 if a cut ended in any other way."""
    source = random.Random(17)
    each = int(count) // len(FILE_SYSTEMS)
    wrong = []
    print("| file system | recovered by | cuts | old | new | other |\n|---|---|---|---|---|---|")
    for file_system in FILE_SYSTEMS:
        with tempfile.TemporaryDirectory() as scratch, Path(os.devnull).open("w") as silent:
            with redirect_stdout(silent), redirect_stderr(silent):
                series = CableCuts(find_unix_port(), Path(scratch), file_system)
            found = {way: Counter[str]() for way in WAYS}
            for number in range(each):
                way = WAYS[number % len(WAYS)]
                moment = source.randrange(series.total)
                if number % 10 in (4, 9):
                    moment = series.total - source.randrange(400)
                with redirect_stdout(silent), redirect_stderr(silent):
                    outcome = series.cut(moment, way)
                found[way][outcome] += 1
                if outcome not in ("old", "new"):
                    wrong.append(f"{file_system}, {way}, {moment}: {outcome}")
        for way, counts in found.items():
            other = counts.total() - counts["old"] - counts["new"]
            cells = (file_system, way, counts.total(), counts["old"], counts["new"], other)
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
    for line in wrong:
        print(line)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
