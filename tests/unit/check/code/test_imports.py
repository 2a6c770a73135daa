"""The rules `import` and `import-name`."""

import pytest


def test_modules_of_the_release_and_of_the_board(find_codes):
    files = {
        "p/__init__.py": "from . import a, b\nfrom .a import *\nimport p.b as x\n",
        "p/a.py": "import os, machine, uasyncio, network\nfrom micropython import const\n",
        "p/b.mpy": b"M\x06",
        "p/c/d.py": "from ..a import x\nfrom p import a\nimport pkg_resources\nimport top, ns.m\n",
        "top.py": "import p.c.d\nfrom p.c import d\nimport sys as s\n",
        "ns/m.py": "",
        "web/index.html": "",
        "main.py": "import web\n",
    }
    assert find_codes(files) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import rgb_font",
        "from rgb_font import f",
        "def f():\n    import rgb_font",
        "import p.other",
        "from p.other import f",
        "from .other import f",
        "from . import other",
        "from p import other",
        "from ns import other",
        "import ns.other",
        "from .. import p",
        "import os.path",
        "import typing",
        "from __future__ import annotations",
        "import subprocess, os",
        "x = __import__('numpy')",
        "try:\n    import numpy\nexcept ModuleNotFoundError:\n    pass",
        "try:\n    import numpy\nexcept ImportError:\n    import scipy",
        "if sys.implementation.name == 'micropython':\n    import numpy",
    ],
)
def test_missing_modules(find_codes, text):
    files = {"p/__init__.py": "x = 1\n", "p/m.py": text, "ns/m.py": ""}
    assert find_codes(files) == {("import", "p/m.py")}


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None",
        "try:\n    import ujson as json\nexcept ImportError:\n    import simplejson",
        "try:\n    import typing\nexcept ImportError:\n    pass\nelse:\n    import numpy",
        "if TYPE_CHECKING:\n    import typing",
        "if sys.implementation.name != 'micropython':\n    import numpy",
        "'''\nimport numpy\n'''",
        "from . import x",
        "from . import __version__",
        "print 'x'\nimport numpy",
    ],
)
def test_imports_that_are_fine(find_codes, text):
    assert find_codes({"p/__init__.py": "x = 1\n", "p/m.py": text}) == set()


def test_a_package_may_have_names_that_its_source_does_not_have(find_codes):
    for init in ("from .a import *\n", "def __getattr__(n): ...\n", "globals()['other'] = 1\n"):
        files = {"p/__init__.py": init, "p/a.py": "", "p/m.py": "from . import other\n"}
        assert find_codes(files) == set(), init
    assert find_codes({"p/__init__.mpy": b"M", "p/m.py": "from . import other\n"}) == set()


def test_the_path_of_modules_may_change(find_codes):
    files = {"m.py": "import sys\nsys.path.append('lib2')\nimport bus\n", "lib2/bus.py": ""}
    assert find_codes(files) == set()
    files["m.py"] = "import bus\n"
    assert find_codes(files) == {("import", "m.py")}


def test_requirements(find_codes):
    files = {"m.py": "import logging\nimport rgb_font\n"}
    assert find_codes(files, ["micropython-logging"]) == {("import", "m.py")}
    assert find_codes({"m.py": "import logging\n"}, ["micropython-logging"]) == set()
    assert find_codes(files, ["adafruit-blinka"]) == set()
    assert find_codes(files, None) == set()


def test_a_package_of_the_release_is_complete_whatever_is_required(find_codes):
    files = {"p/__init__.py": "", "p/m.py": "from .other import f\n"}
    assert find_codes(files, ["adafruit-blinka"]) == {("import", "p/m.py")}
    assert find_codes(files, ["p-other"]) == set()


def test_a_module_that_is_imported_under_conditions_alone(find_codes):
    files = {
        "p/__init__.py": "try:\n    from . import linux\nexcept ImportError:\n    pass\n",
        "p/linux.py": "import ctypes\nfrom . import more\n",
        "p/more.py": "import subprocess\n",
    }
    assert find_codes(files) == set()
    files["p/user.py"] = "from . import more\n"
    assert find_codes(files) == {("import", "p/more.py")}


def test_modules_that_import_each_other(find_codes):
    files = {"a.py": "import b\nimport numpy\n", "b.py": "import a\nimport numpy\n"}
    assert {path for _, path in find_codes(files)} <= {"a.py", "b.py"}


@pytest.mark.parametrize(
    ("text", "targets", "where"),
    [
        ("import asyncio", ["1.20", "1.29:rp2"], "MicroPython 1.20"),
        ("import esp32", ["1.29:rp2", "1.28:esp32"], "MicroPython 1.29 on rp2"),
        ("import numpy", ["1.20", "esp32"], "MicroPython 1.20 and MicroPython on esp32"),
        ("import numpy", [], "MicroPython on any board"),
    ],
)
def test_targets(find_code_problems, text, targets, where):
    (problem,) = find_code_problems({"m.py": text}, targets=targets)
    assert f"not built into {where}." in problem.message
    assert problem.message.startswith(f"Line 1: {text}. The module ")


def test_targets_that_have_it(find_codes):
    files = {"m.py": "import asyncio\nimport rp2\n"}
    assert find_codes(files, targets=["1.29:rp2"]) == set()
    assert find_codes({"m.py": "import datetime\n"}, targets=["1.29:webassembly"]) == set()


def test_a_missing_module_is_reported_once_in_a_source(find_code_problems):
    problems = find_code_problems({"m.py": "from numpy import a, b\nimport numpy.c\n"})
    assert [problem.message[:28] for problem in problems] == ["Line 1: from numpy import a."]


def test_remedies_name_a_file_of_the_project(find_code_problems):
    (problem,) = find_code_problems(
        {"m.py": "import font\n"}, find_source=lambda importer, module: f"{module}.py"
    )
    assert problem.message.endswith(
        "The project has font.py. Declare it in packages or py_modules."
    )


@pytest.mark.parametrize(
    "text",
    [
        "from os import path",
        "from uos import path",
        "from asyncio import TaskGroup",
        "from time import sleep, perf_counter",
        "import os\nos.path.exists(x)",
        "import asyncio as a\nasync def f():\n    async with a.TaskGroup() as g: pass",
        "import json\ntry:\n    f()\nexcept json.JSONDecodeError:\n    pass",
    ],
)
def test_names_that_boards_lack(find_codes, text):
    assert find_codes({"m.py": text}) == {("import-name", "m.py")}


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from os import path\nexcept ImportError:\n    path = None",
        "from os import listdir, stat",
        "import os\nos.listdir()",
        "from .os import path",
    ],
)
def test_names_that_are_fine(find_codes, text):
    assert find_codes({"p/m.py": text, "p/os.py": "path = 1\n"}) == set()


def test_names_that_something_else_may_bring(find_codes):
    files = {"m.py": "from os import path\n"}
    assert find_codes(files, ["micropython-os-path"]) == set()
    assert find_codes(files, targets=["webassembly"]) == set()
    own = {**files, "os/__init__.py": "path = 1\n"}
    assert find_codes(own) == {("builtin-module", "os/__init__.py")}
