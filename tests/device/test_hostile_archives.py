"""The hostile archives on every board: the verdict of the computer, and nothing is left."""

import re

import pytest

from support.archives import make_archive
from support.hostile_archives import ACCEPTED, BOARD, HOSTILE, MEMORY
from support.upip_device import HEAP, upip_files

INSTALL_ALL = """
import os, upip, upip_foreign

def left(path):
    try:
        return os.listdir(path)
    except OSError:
        return []

upip.print = lambda *_: None
upip._forget = upip_foreign._forget = lambda *_: None  # so that modules are compiled once
for number, project in enumerate({projects!r}):
    lib = "lib%d" % number
    upip._replaced = False  # by a row that brings upip
    try:
        upip.install("%d/%s-1.0.tar.gz" % (number, project), lib, ["index"])
        print("+")
    except upip.Error as error:
        print("-", error, left(lib) or "")
    except Exception as error:
        print("raised", repr(error))
"""
SMALL = [row for row in HOSTILE.values() if not row.slow]
LARGE = [row for row in HOSTILE.values() if row.slow]


def judge(rows, outcome):
    """Compare what upip said with the table."""
    lines = outcome.lines
    assert len(lines) == len(rows), outcome.stdout[-2000:]
    wrong = []
    for row, line in zip(rows, lines, strict=True):
        reason = row.on_board
        expected = (
            r"\+" if reason == ACCEPTED else rf"- nothing is installed: .*({BOARD.get(reason)})"
        )
        if row.memory:
            expected += f"|- .*({MEMORY}|not enough space)"
        if not re.match(f"({expected})", line) or line.endswith("]"):
            wrong.append(f"{row.name} ({reason}): {line}")
    assert not wrong, "\n".join(wrong)


def run(interpreter, rows, timeout):
    files = {f"{n}/{row.filename}": row.data for n, row in enumerate(rows)}
    for name in "abcyz":
        files[f"index/{name}-1.0.tar.gz"] = make_archive(name, "1.0", {f"of_{name}.py": ""})
    projects = [row.project for row in rows]
    code = INSTALL_ALL.format(projects=projects)
    outcome = interpreter.run(code, {**upip_files(), **files}, heapsize=HEAP, timeout=timeout)
    judge(rows, outcome)


def test_small_archives(interpreter):
    run(interpreter, SMALL, timeout=120)


@pytest.mark.parametrize("row", LARGE, ids=lambda row: row.name)
def test_large_archives(executable, row):
    run(executable, [row], timeout=120)
