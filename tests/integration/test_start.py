"""What a command imports: nothing that it does not need, so that it starts soon."""

import ast

import pytest

from support.archives import make_archive
from support.processes import run_python

RUN = """
import sys
from sdist_upip.__main__ import main
try:
    main()
except SystemExit:
    pass
print("|", sorted(sys.modules))
"""
COMMANDS = "sdist_upip.cli.commands."

NETWORK = {"httpx2", "httpcore2", "ssl", "unearth", "resolvelib", "sdist_upip.index.pip_settings"}
BUILDS = {"setuptools", "pkg_resources", "build", "sdist_upip.builders.convert"}
OTHERS = {"rich", "jinja2", "mpremote", "serial", "fsspec", "packaging.pylock", "tomli_w"}
METADATA = {"importlib.metadata", "email", "packaging.requirements", "tomllib"}
LARGE = {"asyncio", "multiprocessing", "concurrent.futures"}
RARE = BUILDS | OTHERS | LARGE
"""What only conversions, sites, boards, locks and terminals need."""


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A directory with an archive, and with lib/, where it is installed."""
    directory = tmp_path_factory.mktemp("start")
    (directory / "a-1.0.tar.gz").write_bytes(make_archive("a", "1.0", {"a.py": "x = 1\n"}))
    run(directory, "install", "--no-index", "-f", ".", "a")
    return directory


def run(directory, *words):
    """Return the text that a command prints, and the modules that it has imported."""
    result = run_python("-c", RUN, *words, cwd=directory, XDG_CACHE_HOME=str(directory))
    assert (result.returncode, result.stderr) == (0, "")
    printed, _, modules = result.stdout.rpartition("|")
    return printed, set(ast.literal_eval(modules.strip()))


@pytest.mark.parametrize(
    ("words", "printed", "unwanted"),
    [
        (["--version"], "sdist-upip ", RARE | NETWORK | METADATA | {"packaging", "tempfile"}),
        (["list"], "a 1.0\n", RARE | NETWORK | METADATA | {"tempfile"}),
        (["list", "--help"], "usage: sdist-upip list ", RARE | NETWORK | METADATA | {"packaging"}),
        (["show", "a-1.0.tar.gz"], "a-1.0.tar.gz\n", RARE | NETWORK),
        (["check", "a-1.0.tar.gz"], "a-1.0.tar.gz: ", RARE | NETWORK),
        (
            ["install", "--no-index", "-f", ".", "a"],
            "a 1.0 is installed\n",
            RARE | {"unearth", "tomllib", "sdist_upip.mpy.modules", "sdist_upip.builders.builder"},
        ),
    ],
)
def test_a_command_imports_what_it_needs(directory, words, printed, unwanted):
    text, modules = run(directory, *words)
    assert text.startswith(printed)
    assert modules & unwanted == set()
    commands = {name for name in modules if name.startswith(COMMANDS)}
    assert commands <= {COMMANDS + words[0]}
