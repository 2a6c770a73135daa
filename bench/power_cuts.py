"""Power cuts and a full flash, on the file systems of boards: how many end wrong.

    python bench/power_cuts.py [--quick]

Every series runs with a cut before each write to the flash, and with the write in progress left
half done, erased or as garbage. On FAT the last three count only for writes to files, since FAT
itself loses files when a sector of its table or of a directory is destroyed. The row "cut again"
also cuts the power before each write of the recovery. Needs the extra test. --quick cuts at every
seventh write.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from micropython import Executable, find_unix_port  # noqa: E402
from support.power_series import (  # noqa: E402
    FILE_SYSTEMS,
    FULL,
    LARGE,
    SMALL,
    cut_power,
    fill_flash,
    upgrade_upip,
)

MODES = ("none", "half", "erased", "garbage")
_HOUR = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description="Power cuts on the file systems of boards.")
    parser.add_argument("--quick", action="store_true", help="cut at every seventh write")
    step = 7 if parser.parse_args().quick else 1
    board = Executable(find_unix_port())
    print("| series | write in progress |", " | ".join(FILE_SYSTEMS), "|")
    print("|---|---|" + "---|" * len(FILE_SYSTEMS))
    for name, series in LARGE.items():
        for mode in MODES:
            cells = []
            for file_system in FILE_SYSTEMS:
                wrong, cuts, output = cut_power(
                    board, series, file_system, mode=mode, step=step, timeout=_HOUR
                )
                cells.append(_cell(wrong, cuts, output))
            _print_row(name, mode, cells)
    for name, series in SMALL.items():
        cells = []
        for file_system in FILE_SYSTEMS:
            wrong, cuts, output = cut_power(
                board, series, file_system, depth=2, step=step, timeout=_HOUR
            )
            cells.append(_cell(wrong, cuts, output))
        _print_row(f"{name}, cut again", "none", cells)
    cells = []
    for file_system in FILE_SYSTEMS:
        wrong, cuts, output = upgrade_upip(board, file_system, step=7, timeout=_HOUR)
        cells.append(_cell(wrong, cuts, output))
    _print_row("upip replaces itself, each seventh write", "none", cells)
    for name, series in FULL.items():
        cells = []
        for file_system in FILE_SYSTEMS:
            wrong, runs, installed, output = fill_flash(board, series, file_system, _HOUR)
            cells.append(f"{_cell(wrong, runs, output)}, {installed} installed")
        _print_row(f"full flash: {name}", "-", cells)


def _cell(wrong: int, total: int, output: str) -> str:
    if wrong:
        print(output, file=sys.stderr)
    return f"{wrong} of {total:,}"


def _print_row(name: str, mode: str, cells: list[str]) -> None:
    print(f"| {name} | {mode} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
