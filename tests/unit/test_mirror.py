"""The unit tests mirror the modules of sdist_upip, one file for each module with logic.

None of them starts a process or opens a socket.
"""

import ast
import os
import socket
import subprocess

import pytest

from support.paths import ROOT, TESTS

SOURCE = ROOT / "src/sdist_upip"
UNIT = TESTS / "unit"
APART = ("cli", "device")
"""The packages with tests elsewhere: the commands in tests/integration, boards in tests/device."""
OF_THE_SOURCE = ("test_house.py", "test_language.py", "test_mirror.py")
"""Tests of the source text, which mirror no module."""

BY_INTEGRATION = {
    # It runs mpremote, and code on a board.
    "attached/rom.py": "test_romfs_board.py",
    # It finds and runs mpy-cross.
    "mpy/refusals.py": "test_code_rules.py",
    # It runs git.
    "mip/repository.py": "test_package_json.py",
    # It starts `sdist-upip build` in a process of its own, and has no logic besides.
    "builders/project_archive.py": "test_source_trees.py",
    # It is a server.
    "site/serving/server.py": "test_serve.py",
}
"""Modules that only start a process or are a server, each with its file of tests/integration."""


def has_logic(path):
    """Return whether a module defines a function or a class."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in ast.walk(tree))


def list_modules():
    """Return every module that needs tests, as a path below the package."""
    paths = (path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return {
        path.as_posix()
        for path in paths
        if path.parts[0] not in APART and path.stem != "__init__" and has_logic(SOURCE / path)
    }


def list_tested():
    """Return the module that each file of tests mirrors, as a path below the package."""
    paths = (path.relative_to(UNIT) for path in UNIT.rglob("test_*.py"))
    return {
        path.with_name(path.name.removeprefix("test_")).as_posix()
        for path in paths
        if path.name not in OF_THE_SOURCE
    }


def test_every_file_of_tests_mirrors_a_module():
    assert {path for path in list_tested() if not (SOURCE / path).is_file()} == set()


def test_every_module_with_logic_has_its_tests():
    assert list_modules() - list_tested() == BY_INTEGRATION.keys()
    for path, name in BY_INTEGRATION.items():
        text = (TESTS / "integration" / name).read_text(encoding="utf-8")
        assert f"sdist_upip.{path.removesuffix('.py').replace('/', '.')} import" in text, path


def test_processes_and_sockets_are_refused():
    with socket.socket() as connection:
        for start in (
            lambda: subprocess.run(["true"], check=False),
            lambda: os.posix_spawn("/bin/true", ["true"], {}),
            lambda: connection.connect(("127.0.0.1", 9)),
            lambda: connection.bind(("127.0.0.1", 0)),
        ):
            with pytest.raises(pytest.fail.Exception, match="a unit test starts no process"):
                start()
