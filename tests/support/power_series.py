"""What a board does while its power is cut: archives, and scripts of tests/micropython."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from micropython import Executable
from support.archives import make_archive
from support.paths import ROOT
from support.upip_device import upip_files

FILE_SYSTEMS = ("lfs1", "lfs2", "fat512", "fat4096")
"""littlefs 1 and 2 with blocks of 4,096 bytes, FAT with sectors of 512 and of 4,096 bytes."""

Call: TypeAlias = tuple[str, ...]
Series: TypeAlias = Mapping[str, object]
Tree: TypeAlias = Mapping[str, "bytes | None"]
"""{path: content, or None for a directory}."""
NOTHING: Mapping[str, str] = MappingProxyType({})

_SCRIPTS = ROOT / "tests/micropython/flash"
_HEAP = 24 << 20
"""Bytes. A larger heap takes longer to collect, which happens after every cut."""
_LIST: Call = ("list",)


def _series(before: list[Call], task: Call, first: Call = _LIST, **more: object) -> Series:
    return {
        "modules": "modules",
        "index": "archives",
        "before": before,
        "task": task,
        "first": first,
        "further": ("install", "further"),
        **more,
    }


_APP = [("install", "app==1")]

SMALL: dict[str, Series] = {
    "upgrade": _series(_APP, ("install", "app==2")),
    "uninstall": _series([*_APP, ("install", "zeta==1")], ("uninstall", "app")),
}
"""Short series, for every run of the tests."""

LARGE: dict[str, Series] = {
    **SMALL,
    "install": _series([], ("install", "app==2")),
    "three packages": _series([("install", "top==1")], ("install", "top==2")),
    "one and three packages": _series(_APP, ("install", "top==2")),
    "install after the cut": _series(_APP, ("install", "app==2"), ("install", "app==2")),
    "uninstall after the cut": _series(_APP, ("install", "app==2"), ("uninstall", "app")),
    "forty files": _series([("install", "forty==1")], ("install", "forty==2"), size=512 << 10),
}
"""All series, for bench/power_cuts.py."""

FULL: dict[str, Series] = {
    "eight directories": _series(
        [("install", "small")], ("install", "eight"), removed="small", most=200 << 10
    ),
    "large files": _series(
        [("install", "small")], ("install", "large"), removed="small", most=200 << 10
    ),
    "upgrade": _series(_APP, ("install", "app==2"), removed="app", most=160 << 10),
}
"""What to do on a flash that is nearly full."""


def board_files() -> dict[str, bytes]:
    """Return the scripts, upip's modules and an index of archives, as files for an interpreter.

    `app` has names that sort before and after journal.txt, and files and a directory that only one
    of its versions has. `top` requires `alpha` and `zeta`.
    """
    packages: list[tuple[str, str, Mapping[str, bytes | str], list[str]]] = [
        ("further", "1", {"further/f.py": "f" * 800}, []),
        ("small", "1", {"small.py": "s" * 300}, []),
        ("eight", "1", {f"e{n}/module.py": "8" * 400 for n in range(8)}, []),
        ("large", "1", {f"e{n % 3}/module_{n}.py": "9" * (n * 300) for n in range(12)}, []),
    ]
    for v in "12":
        own = {"app/old/x.py": "1\n" * 40, "zz_old.py": "1"} if v == "1" else {}
        own |= {"app/sub/c.py": "2" * 700, "aa_new.py": "2"} if v == "2" else {}
        app = {f"app/{name}.py": v * 1200 for name in "abc"}
        forty = {f"d{n % 6}/m{n}.py": v * (50 + n * 37) for n in range(40)}
        packages += [
            ("app", v, {**app, **own}, []),
            ("forty", v, forty, []),
            ("top", v, {"top/x.bin": v * 3000, "top/y.py": v}, [f"alpha=={v}", f"zeta=={v}"]),
            ("alpha", v, {"alpha.py": v * 600, "alpha_data/a.txt": v * 100}, []),
            ("zeta", v, {"zeta/__init__.py": v * 1500, "zeta/z.py": v}, []),
        ]
    files = {f"modules/{name}": data for name, data in upip_files().items()}
    for v in "12":
        modules = {name: data.decode() for name, data in upip_files().items()}
        if v == "2":
            modules = {
                name: re.sub(r"\b(make_parents|lines|files|parents|enqueue|check)\b", r"\1_2", text)
                for name, text in modules.items()
            }
        packages.append(("upip", v, modules, []))
    for name, version, content, requires in packages:
        archive = make_archive(name, version, content, requires)
        files[f"archives/{name}-{version}.tar.gz"] = archive
    for script in _SCRIPTS.glob("*.py"):
        files[script.name] = script.read_bytes()
    return files


def cut_power(
    board: Executable,
    series: Series,
    file_system: str,
    *,
    mode: str = "none",
    depth: int = 1,
    step: int = 1,
    timeout: float = 300,
) -> tuple[int, int, str]:
    """Return (how many cuts ended wrong, how many there were, the output).

    `mode`, `depth` and `step` are those of tests/micropython/power_cut.py.
    """
    output = _run(board, "power_cut.py", series, [file_system, mode, depth, step], timeout)
    return (*_read_numbers(output), output)


def fill_flash(
    board: Executable, series: Series, file_system: str, timeout: float = 300
) -> tuple[int, int, int, str]:
    """Return (how many runs ended wrong, how many there were, how many installed, the output)."""
    output = _run(board, "full_flash.py", series, [file_system], timeout)
    return (*_read_numbers(output), output)


def upgrade_upip(
    board: Executable, file_system: str, step: int = 1, timeout: float = 300
) -> tuple[int, int, str]:
    """Return (after how many cuts upip does not work, how many cuts there were, the output)."""
    output = _run(board, "self_upgrade.py", {}, [file_system, step], timeout, "archives")
    return (*_read_numbers(output), output)


def dump_half_way(board: Executable, series: Series, file_system: str) -> list[Tree]:
    """Return the old tree, the new one, and those that a cut before each write leaves."""
    output = _run(board, "half_way.py", series, ["dump", file_system], 300)
    return [ast.literal_eval(line) for line in output.splitlines()]


def recover_half_way(board: Executable, trees: Sequence[Tree], file_system: str) -> list[Tree]:
    """Return the trees after upip on a board has found each of `trees`."""
    files = {"trees": repr(list(trees))}
    output = _run(board, "half_way.py", {}, ["recover", file_system], 300, "trees", files)
    return [ast.literal_eval(line) for line in output.splitlines()]


def _run(
    board: Executable,
    script: str,
    series: Series,
    arguments: list[object],
    timeout: float,
    last: str = "series",
    more: Mapping[str, str] = NOTHING,
) -> str:
    files = {**board_files(), "series": repr(dict(series)), **more}
    argv = [script, *map(str, arguments), last]
    code = f"import sys\nsys.argv[:] = {argv}\nwith open({script!r}) as f:\n    exec(f.read())"
    outcome = board.run(code, files, heapsize=_HEAP, timeout=timeout)
    return outcome.stdout + outcome.stderr


def _read_numbers(output: str) -> tuple[int, ...]:
    last = output.rstrip().rpartition("\n")[2]
    numbers = tuple(map(int, re.findall(r"\d+", last)))
    assert re.fullmatch(r"\d+ of \d+(, \d+ installed)?", last), output
    return numbers
