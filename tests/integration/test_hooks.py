"""The hooks for pre-commit, as it runs them in a fresh clone, and `check` on a project."""

import hashlib
import re
import shlex

import pytest

from sdist_upip.cli.main import main
from support.pages import blocks
from support.paths import ROOT
from support.processes import run
from support.projects import BACKEND
from support.trees import read_tree, write_tree
from support.warm_python import run_warm

HEAD = BACKEND + '[project]\nname = "x"\nversion = "1"\n[tool.setuptools]\npy-modules = ["m"]\n'
PROJECT = {"pyproject.toml": HEAD, "m.py": "x = 1\n"}
WARNING = {"m.py": "import nothing_like_it\n"}
POSITIONAL = {"m.py": "def f(x, /): pass\n"}
BLUETOOTH = {"m.py": "import bluetooth\n"}
ERROR = {"m.py": "x = = 1\n"}


def read_hooks():
    """Return the commands of the hooks, by id."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks = {}
    for part in re.split(r"^- ", text, flags=re.MULTILINE)[1:]:
        values = dict(re.findall(r"^ *([a-z_]+): (.*)$", part, re.MULTILINE))
        assert (values["language"], values["pass_filenames"]) == ("python", "false")
        assert values["always_run"] == "true"  # a file that is removed has a hook to run too
        arguments = re.findall(r'"([^"]*)"', values.get("args", ""))
        hooks[values["id"]] = [*shlex.split(values["entry"]), *arguments]
    return hooks


def run_hook(name, clone, *arguments):
    program, *command = [*read_hooks()[name], *arguments]
    assert program == "sdist-upip"
    return run_warm("-m", "sdist_upip", *command, cwd=clone)


@pytest.fixture
def clone(tmp_path):
    """A fresh clone of a repository with a project."""
    origin = write_tree(tmp_path / "origin", PROJECT)
    assert main(["package-json", str(origin)]) == 0
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"),
    ):
        assert run("git", *words, cwd=origin).returncode == 0
    assert run("git", "clone", "-q", origin, "clone", cwd=tmp_path).returncode == 0
    return tmp_path / "clone"


def test_the_page_about_the_hooks_names_them():
    (block,) = blocks("docs/how-to/package-json.md", "yaml")
    assert re.findall(r"- id: (.*)", block) == list(read_hooks())


def test_the_hooks_pass_in_a_fresh_clone_and_leave_nothing(clone):
    before = read_tree(clone)
    for name in ("package-json", "check"):
        result = run_hook(name, clone)
        assert result.returncode == 0, result
    assert read_tree(clone) == before


def test_the_hooks_fail_with_the_reason(clone):
    write_tree(clone, {"pyproject.toml": HEAD.replace('"m"', '"m", "n"'), "n.py": ""})
    result = run_hook("package-json", clone)
    assert result.returncode == 1
    assert '+    ["n.py", "n.py"]\n' in result.stdout
    write_tree(clone, ERROR)
    result = run_hook("check", clone)
    assert result.returncode == 1
    assert "cannot be built: x-1.tar.gz does not pass the check. syntax: x-1/m.py" in result.stderr


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def check(files, *words, table=""):
        write_tree(tmp_path / "p", {**PROJECT, "pyproject.toml": HEAD + table, **files})
        before = read_tree(tmp_path)
        code = main(["check", *words, "p"])
        assert read_tree(tmp_path) == before
        return code, *capsys.readouterr()

    return check


@pytest.mark.parametrize(
    ("files", "words", "table", "expected"),
    [
        ({}, ["--strict"], "", (0, "x-1.tar.gz: clean")),
        (WARNING, [], "", (0, "warning import: x-1/m.py")),
        (WARNING, ["--strict"], "", (1, "warning import: x-1/m.py")),
        (WARNING, ["--strict"], 'ignore = ["import"]', (0, "clean")),
        (WARNING, ["--strict", "--ignore", "import"], "", (0, "clean")),
        (POSITIONAL, ["--strict"], 'targets = ["1.28"]', (1, "warning syntax-target")),
        (BLUETOOTH, ["--strict"], 'targets = ["1.28:esp8266"]', (1, "warning import")),
        (BLUETOOTH, ["--strict", "--mpy", "1.28"], 'targets = ["1.28:esp8266"]', (0, "clean")),
    ],
)
def test_a_project_is_built_and_checked(check, files, words, table, expected):
    code, out, _ = check(files, *words, table=f"[tool.sdist-upip]\n{table}\n")
    assert code == expected[0], out
    assert expected[1] in out


def test_the_window_of_the_project_counts(check):
    """The two equal lines are further apart than 4,096 bytes."""
    table = "[tool.sdist-upip]\nwindow = 8192\n"
    line = f"# {hashlib.sha256(b'line').hexdigest()}\n"
    between = "".join(f"# {hashlib.sha256(bytes([n])).hexdigest()}\n" for n in range(80))
    files = {"m.py": line + between + line}
    assert check(files, table=table)[0] == 0
    code, out, _ = check(files, "--window", "4096", table=table)
    assert (code, "error window" in out) == (1, True)


def test_a_directory_without_a_project_is_an_error(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 1
    assert "Cannot read the file: Is a directory." in capsys.readouterr().out
