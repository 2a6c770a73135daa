"""The tutorials and the example of the README, followed from the first line to the last."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.pages import blocks, commands
from support.paths import ROOT
from support.trees import read_tree, write_tree
from support.warm_python import run_warm

SET_UP = ["python3 -m venv .venv", ". .venv/bin/activate"]
SCRIPTS = Path(sys.executable).parent


def read_files(page):
    """Return {path: content} of the files that `page` has the reader write."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return dict(found)


def follow(page, directory):
    """Run the commands of `page` in `directory`; return the project and what the commands print.

    No environment is made for each page: this one has what pip would install.
    """
    lines = commands(page)
    first, *set_up, install = lines[:4]
    assert set_up == SET_UP
    environ = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    run(first, directory, environ)
    project = directory / first.split()[-1]
    check_the_installation(install, project)
    files = read_files(page)
    printed = ""
    for line in lines[4:]:
        if line == "sdist-upip build":
            write_tree(project, files)
        printed += run(line, project, environ)
    return project, printed


def check_the_installation(line, project):
    """What `line` has pip install is installed here, in the versions that it names."""
    pip, *words = shlex.split(line)
    assert pip == "pip"
    options = ("--no-index", "--dry-run", "--disable-pip-version-check")
    result = run_warm("-m", pip, *words, *options, cwd=project)
    assert result.returncode == 0, result
    assert "does not provide the extra" not in result.stderr
    for requirement in words[1:]:
        assert f"Requirement already satisfied: {requirement}" in result.stdout


def run(script, directory, environ):
    environ = {**environ, "PYTHONWARNINGS": "ignore", "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=directory,
        env=environ,
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, (script, result)
    return result.stdout


def test_the_environment_of_both_tutorials(tmp_path):
    printed = run("\n".join([*SET_UP, "command -v pip"]), tmp_path, os.environ)
    assert printed.strip() == str(tmp_path / ".venv/bin/pip")


def test_the_first_archive(tmp_path):
    page = "docs/tutorial/first-archive.md"
    project, printed = follow(page, tmp_path)
    printed = without_numbers(printed.replace(str(project), "/home/you/clock"))
    for output in blocks(page, "text"):
        assert without_numbers(output) in printed
    (archive,) = (project / "dist").iterdir()
    assert archive.name == "clock_face-1.0.tar.gz"


def without_numbers(text):
    """Forget sizes, which change with the compression."""
    return re.sub(r"[\d,]+", "N", text)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no unix port for Windows")
def test_the_first_board(tmp_path):
    page = "docs/tutorial/first-board.md"
    project, printed = follow(page, tmp_path)
    for output in blocks(page, "text"):
        assert output in printed
    lib, board = read_tree(project / "lib"), read_tree(project / "board/lib")
    assert lib.keys() == {"hello_board.py", ".upip/hello-board"}
    assert not lib.keys() & board.keys()  # upip has removed them


def test_the_example_of_the_readme(tmp_path, upip, monkeypatch):
    (project,) = blocks("README.md", "toml")
    (code,) = blocks("README.md", "python")
    write_tree(tmp_path, {"pyproject.toml": project, "blinker.py": "pin = 25\n"})
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    build, install = (
        " ".join(command.split())
        for command in re.findall(r"`(python -m build[^`]*|sdist-upip install -p[^`]*)`", text)
    )
    environ = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    run(f"{build} --no-isolation", tmp_path, environ)
    run(f"{install} --index-url dist", tmp_path, environ)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(upip, "index_urls", [str(tmp_path / "dist")])
    monkeypatch.setattr(upip, "get_install_path", lambda: "board")
    exec(code)
    assert read_tree(tmp_path / "board") == read_tree(tmp_path / "lib")
    assert (tmp_path / "board/blinker.py").read_text() == "pin = 25\n"
