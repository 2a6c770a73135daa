"""Packages that only bring modules that MicroPython has built in."""

import pytest

from sdist_upip.installed.builtin_modules import EXTENSIBLE, FIXED, describe_builtins


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["os/__init__.py", "os/path.py"], "only brings os, in place of what MicroPython has bui"),
        (["os/path.py", "errno.mpy", "LICENSE"], "only brings errno, os, in place of"),
        (["gc.py"], "only brings gc, which MicroPython has built in and imports before any file"),
        (["uos.py", "sys.mpy"], "only brings sys, uos, which MicroPython has built in"),
        (["uos.py", "os.py"], "only brings os, uos, in place of"),
        (["os/__init__.py", "logging.py"], None),
        (["x/os.py"], None),
        (["os/data.txt"], None),
        (["os.txt", "gc"], None),
        ([], None),
    ],
)
def test_effect(paths, expected):
    found = describe_builtins(paths)
    assert found == expected if expected is None else found.startswith(expected)


def test_a_module_is_of_one_kind():
    assert not EXTENSIBLE & FIXED
