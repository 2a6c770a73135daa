"""Archives that other tools packed, on every board: the files of the wheel, and nothing else."""

import json
import re

import pytest

from sdist_upip.board.device_files import compile_modules, read_device_modules
from support.foreign_archives import KINDS
from support.foreign_installs import find_differences, needed_archives
from support.hostile_archives import BOARD, HOSTILE
from support.hostile_foreign import ROWS
from support.upip_device import HEAP, upip_files

INSTALL_ALL = """
import json, upip

upip.print = lambda *_: None
{keep}
with open("projects.json") as f:
    projects = json.load(f)
for number, project in enumerate(projects):
    try:
        upip.install(project, "lib%d" % number, ["found%d" % number, "index"])
        print("+")
    except upip.Error as error:
        print(error)
    except Exception as error:
        print("raised", repr(error))
"""
MISSING = r"takes \d+ bytes more memory|leaves too little memory"
KEEP = """
import upip_foreign
upip._forget = upip_foreign._forget = lambda *_: None
"""
"""Compiles modules once, and keeps more in memory than a board."""


def install_all(interpreter, archives, heapsize, keep=KEEP, modules=None):
    """Install each of (project, file name, bytes) to a directory of its own.

    Return [(line, files)]: "+" or the error, and the files in that directory.
    """
    files = {f"index/{name}": data for name, data in needed_archives().items()}
    for number, (_, filename, data) in enumerate(archives):
        files[f"found{number}/{filename}"] = data
    files["projects.json"] = json.dumps([project for project, *_ in archives])
    code = INSTALL_ALL.format(keep=keep)
    outcome = interpreter.run(
        code, {**(modules or upip_files()), **files}, heapsize=heapsize, timeout=120
    )
    assert len(outcome.lines) == len(archives), outcome.stdout
    results = [(line, {}) for line in outcome.lines]
    for path, data in outcome.files.items():
        if match := re.match(r"lib(\d+)/", path):
            results[int(match[1])][1][path[match.end() :]] = data
    return results


def of_population(population, kinds):
    return [(population[k].project, population[k].filename, population[k].data) for k in kinds]


def test_the_files_of_the_wheel_are_installed(interpreter, population):
    results = install_all(interpreter, of_population(population, KINDS), HEAP)
    unneeded = "lamp-board" if interpreter.identity.is_cpython else "lamp-desk"
    wrong = []
    for kind, (line, files) in zip(KINDS, results, strict=True):
        defects = find_differences(population[kind], files, unneeded) if line == "+" else [line]
        wrong += [f"{kind}: {defect}" for defect in defects]
    assert not wrong, "\n".join(wrong)


def test_headers_of_a_megabyte_take_little_memory(unix_port):
    """No record, name or list is held whole. Each row is refused for its reason, as ever."""
    rows = [HOSTILE[name] for name, *_ in ROWS if HOSTILE[name].on_board]
    assert max(len(row.data) for row in rows) < 64 << 10
    archives = [(row.project, row.filename, row.data) for row in rows]
    results = install_all(unix_port, archives, 256 << 10)
    wrong = [
        f"{row.name}: {line} {sorted(files)}"
        for row, (line, files) in zip(rows, results, strict=True)
        if not re.search(BOARD[row.on_board], line) or files
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("form", "heaps"), [("source", (88, 130)), ("compiled", (52, 112))])
def test_a_window_without_memory_is_refused_with_the_remedy(unix_port, population, form, heaps):
    """A heap is enough, or the message states what is missing. Small windows need less."""
    modules = read_device_modules()
    if form == "compiled":
        modules = compile_modules(modules, "1.28")
    kinds = ("legacy", "lamp-far", "far without a file name", "legacy with pyproject.toml")
    archives = of_population(population, kinds)
    results = set()
    for heapsize in range(*heaps, 6):
        lines = install_all(unix_port, archives, heapsize << 10, keep="", modules=modules)
        assert [line for line, _ in lines[::3]] == ["+", "+"]
        for line, files in lines[1:3]:
            assert line == "+" or not files
            results.add(re.sub(rf"({MISSING}) .* sdist-upip repack$", "-", line))
    assert {result[-1] for result in results} == {"+", "-"}, results
