"""The table of docs/how-to/pip-and-tox.md: each build backend, and each reader of its archive.

    python -m support.compatibility

runs in tests/. It builds one project with every backend, passes the archive to every reader, and
writes the table into the page. A cell is "yes" only if the reader installed the files that stock
upip installs, and the metadata if it keeps any.
"""

from __future__ import annotations

import email
import re
import sys
import tempfile
from pathlib import Path

from sdist_upip.check.archive import check_archive
from sdist_upip.metadata.stock_upip import INSTALL, action_on
from support.backends import BACKENDS, FILES
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members, write_tree
from support.warm_python import run_warm

PAGE = ROOT / "docs/how-to/pip-and-tox.md"
START, END = "<!-- table made by tests/support/compatibility.py -->\n", "<!-- end of table -->\n"
ROWS = tuple(name for name in BACKENDS if name != "meson-python")
COLUMNS = ("upip", "pip", "uv", "tox sdist", "twine check --strict")

_TOX = """[tox]
min_version = 4.11
[testenv]
deps =
    setuptools
    wheel
package = sdist
install_command = python -I -m pip install --no-build-isolation {opts} {packages}
commands = python list_installed.py
"""
_LIST = """import pathlib, shutil, blinker
installed = pathlib.Path(blinker.__file__).parent.parent
shutil.rmtree("found", ignore_errors=True)
for name in ("blinker", "blinker_app-1.2.0.dist-info"):
    shutil.copytree(installed / name, pathlib.Path("found") / name)
"""


def build_archives(directory: Path) -> dict[str, Path]:
    """Return {backend: pip-compatible archive}, built with `sdist-upip build`."""
    archives = {}
    for name in ROWS:
        project = write_tree(directory / name / "project", {**FILES, **BACKENDS[name]})
        outdir = directory / name / "dist"
        result = run_warm(
            *("-m", "sdist_upip", "build", project, "-o", outdir),
            *("--no-isolation", "--pip-compatible"),
            cwd=directory,
        )
        assert result.returncode == 0, result
        (archives[name],) = outdir.iterdir()
    return archives


def upip_installs(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members that stock upip installs."""
    return {path: data for path, data in members.items() if action_on(path) == INSTALL}


def installed_files(target: Path) -> dict[str, bytes]:
    """Return the files in `target`, except the records of the installer."""
    files = {}
    for path in target.rglob("*"):
        top = path.relative_to(target).parts[0]
        own = top in {"bin", ".lock"} or top.endswith(".dist-info") or "__pycache__" in path.parts
        if path.is_file() and not own:
            files[path.relative_to(target).as_posix()] = path.read_bytes()
    return files


def metadata_facts(data: bytes) -> tuple[set[tuple[str, str]], str]:
    """Return fields and description, except the fields that differ from backend to backend."""
    message = email.message_from_string(data.decode())
    pairs = {
        (key, "".join(value.lower().replace("_", "-").split()))
        for key, value in message.items()
        if key not in {"Metadata-Version", "License-File", "Dynamic", "Provides-Extra"}
    }
    return pairs, message.get_payload().strip()


def is_installed_alike(target: Path, members: dict[str, bytes]) -> bool:
    """Return whether `target` has the files that upip installs of `members`, with metadata."""
    records = list(target.glob("*.dist-info/METADATA"))
    return (
        len(records) == 1
        and installed_files(target) == upip_installs(members)
        and metadata_facts(records[0].read_bytes()) == metadata_facts(members["PKG-INFO"])
        and "blinker = blinker:main" in records[0].with_name("entry_points.txt").read_text()
    )


def try_upip(archive: Path, members: dict[str, bytes]) -> bool:
    """Check the archive with `sdist-upip check`, and its members by the rules of stock upip."""
    modules = {"blinker/R.py", "blinker/__init__.py", "blinker/pins/__init__.py"}
    installed = {*modules, "blinker/web/page.html"}
    return not check_archive(archive).problems and set(upip_installs(members)) == installed


def try_pip(archive: Path, members: dict[str, bytes]) -> bool:
    """Install with pip, by PEP 517."""
    target = archive.parent.parent / "pip"
    result = run_warm(
        *("-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation"),
        *("--use-pep517", "--no-compile", "--target", target, archive),
        cwd=archive.parent,
    )
    return result.returncode == 0 and is_installed_alike(target, members)


def try_uv(archive: Path, members: dict[str, bytes]) -> bool:
    """Install with uv."""
    target = archive.parent.parent / "uv"
    result = run_python(
        *("-m", "uv", "pip", "install", "--offline", "--no-deps", "--no-build-isolation"),
        *("--no-cache", "--python", sys.executable, "--target", target, archive),
        cwd=archive.parent,
    )
    return result.returncode == 0 and is_installed_alike(target, members)


def try_tox(archive: Path, members: dict[str, bytes], directory: Path) -> bool:
    """Install the sdist with tox. All archives share its environment in `directory`."""
    write_tree(directory, {"tox.ini": _TOX, "list_installed.py": _LIST})
    result = run_warm(
        *("-m", "tox", "run", "-e", "py", "--installpkg", archive, "--colored", "no"), cwd=directory
    )
    return result.returncode == 0 and is_installed_alike(directory / "found", members)


def make_table(directory: Path) -> dict[str, dict[str, bool]]:
    """Return {backend: {reader: whether it installed the archive}}."""
    archives = build_archives(directory)
    table = {}
    for name, archive in archives.items():
        members = read_members(archive)
        twine = run_warm("-m", "twine", "check", "--strict", archive, cwd=directory)
        results = (
            try_upip(archive, members),
            try_pip(archive, members),
            try_uv(archive, members),
            try_tox(archive, members, directory / "tox"),
            twine.returncode == 0,
        )
        table[name] = dict(zip(COLUMNS, results, strict=True))
    return table


def render_table(table: dict[str, dict[str, bool]]) -> str:
    """Return the table as Markdown."""
    lines = [f"| project of | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, cells in table.items():
        words = ("yes" if cells[column] else "no" for column in COLUMNS)
        lines.append(f"| {name} | {' | '.join(words)} |")
    return "".join(f"{line}\n" for line in lines)


def write_table(text: str) -> None:
    """Write the table into the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    mark = re.compile(re.escape(START) + ".*?" + re.escape(END), re.DOTALL)
    assert mark.search(page), "the marks of the table are missing"
    PAGE.write_text(mark.sub(f"{START}\n{text}\n{END}", page), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_table(render_table(make_table(Path(scratch))))
