"""device/pkg_resources.py on real MicroPython and on CPython."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import Any

import pytest

from micropython import Interpreter, WebAssembly
from sdist_upip.resources.module import resource_module
from support.deployments import CALLERS, DEVICE, EXAMPLE, FORMS, application, compile_to_mpy, deploy
from support.paths import ROOT

MODULE = {"pkg_resources.py": (DEVICE / "pkg_resources.py").read_bytes()}
PAGE = (EXAMPLE / "my_app/data/page.html").read_text()
IMAGE = (EXAMPLE / "my_app/data/image.png").read_bytes()

CALLS = """
import sys
import pkg_resources
from pkg_resources import resource_exists, resource_stream, resource_string

def read(package, resource):
    with resource_stream(package, resource) as stream:
        data = stream.read()
    assert resource_string(package, resource) == data
    assert resource_exists(package, resource)
    return data

def check(caller, condition):
    print(caller, "works" if condition else "fails")

application = {application!r}
import my_app.utils
check("my_app", read("my_app", "data/page.html") == application["my_app/data/page.html"]
    and read("my_app", "data/image.png") == application["my_app/data/image.png"])
check("my_app.utils", my_app.utils.image_size() == {size!r}
    and my_app.utils.page_title() == "Hello from a board")
import my_app.sub
import my_app.bare.tool
for package in ("my_app.sub", "my_app.bare"):
    check(package, read(package, "data/leaf.bin") ==
        application[package.replace(".", "/") + "/data/leaf.bin"])
assert read("my_app.bare.tool", "data/leaf.bin") == read("my_app.bare", "data/leaf.bin")
check('""', read("", "data/top.bin") == read(None, "data/top.bin") == b"at the top \\0")
print("loaded", sorted(name for name in sys.modules if name.split(".")[-1] == "R"))
"""

RUN_AS_MAIN = """
import sys
import my_app.__main__ as m
m.__name__ = "__main__"
sys.modules["__main__"] = m
print(m.render())
"""

FREEZE = """
import os, sys
modules = {modules!r}
for name in modules:
    __import__(name)
for name in modules:
    module = sys.modules[name]
    path = getattr(module, "__path__", None)
    if path is not None:
        frozen = ".frozen/" + name.replace(".", "/")
        module.__path__ = frozen if isinstance(path, str) else [frozen]
for path in {files!r}:
    os.remove(path)
assert "my_app.R" in sys.modules
"""


def size_of_image() -> tuple[int, int]:
    return int.from_bytes(IMAGE[16:20], "big"), int.from_bytes(IMAGE[20:24], "big")


def rendered_page() -> str:
    width, height = map(str, size_of_image())
    return PAGE.replace("{width}", width).replace("{height}", height) + "\n"


def documented(form: str, caller: str) -> list[str]:
    """Return the interpreters that the page of pkg_resources says serve `caller` in `form`."""
    rows = {}
    for line in (ROOT / "docs/reference/pkg-resources.md").read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == len(CALLERS) + 1:
            rows[cells[0]] = cells[1:]
    columns = rows["deployed as"]
    return rows[form][columns.index(caller)].split()


def shown(interpreter: Interpreter) -> str:
    identity = interpreter.identity
    return "CPython" if identity.is_cpython else "{}.{}".format(*identity.version)


def freeze(files: dict[str, bytes]) -> str:
    """Return code that leaves the modules of `files` imported, and nothing in the file system."""
    modules = {path[:-3].replace("/", ".").removesuffix(".__init__") for path in files}
    modules |= {name.rpartition(".")[0] for name in modules} - {""}
    return FREEZE.format(modules=sorted(modules), files=sorted(files))


def run_callers(form: str, interpreter: Interpreter) -> dict[str, str]:
    files = deploy(form, interpreter)
    setup = freeze(files) if form == "frozen" else ""
    calls = CALLS.format(application=application(), size=size_of_image())
    results = dict(line.split(None, 1) for line in interpreter.run(setup + calls, files).lines)
    if form == "frozen" or (form == ".mpy" and isinstance(interpreter, WebAssembly)):
        outcome = interpreter.run(setup + RUN_AS_MAIN, files)
    else:
        outcome = interpreter.run_module("my_app", files)
    results["__main__"] = "works" if outcome.lines == rendered_page().splitlines() else "fails"
    return results


@pytest.mark.parametrize("form", FORMS)
def test_every_caller_in_every_form(form: str, interpreter: Interpreter) -> None:
    if form == ".mpy" and not interpreter.identity.mpy_format:
        assert shown(interpreter) in ("1.20", "CPython")
        assert not any(shown(interpreter) in documented(form, caller) for caller in CALLERS)
        return
    results = run_callers(form, interpreter)
    loaded = ast.literal_eval(results.pop("loaded"))
    assert results == dict.fromkeys(CALLERS, "works")
    if form.startswith("files"):
        assert loaded == []
    else:
        assert loaded == ["R", "my_app.R", "my_app.sub.R"]
    if isinstance(interpreter, WebAssembly) or interpreter.identity.is_cpython:
        assert all(shown(interpreter) in documented(form, caller) for caller in CALLERS)


def test_import_of_the_application_loads_no_resources(interpreter: Interpreter) -> None:
    code = 'import my_app.utils, sys\nprint("my_app.R" in sys.modules)'
    assert interpreter.run(code, deploy("R.py only", interpreter)).lines == ["False"]


ERRORS = """
from pkg_resources import resource_exists, resource_stream, resource_string
import errno
for package in {packages!r}:
    __import__(package or "sys")
    for call in (resource_stream, resource_string):
        try:
            call(package, "data/none")
        except OSError as error:
            assert error.args[0] == errno.ENOENT == 2, error
            assert "'data/none'" in error.args[1] and repr(package) in error.args[1], error
        else:
            print(call, package)
    assert resource_exists(package, "data/none") is False
    assert resource_exists(package, "data") is False, "a directory is not a resource"
    for name in {refused!r}:
        for call in (resource_stream, resource_string, resource_exists):
            try:
                call(package, name)
            except ValueError as error:
                assert repr(name) in str(error)
            else:
                print(call, package, name)
print("done")
"""


@pytest.mark.parametrize("form", FORMS)
def test_missing_and_refused_resources(form: str, interpreter: Interpreter) -> None:
    if form == ".mpy" and not interpreter.identity.mpy_format:
        form = "R.py only"
    files = deploy(form, interpreter)
    code = ERRORS.format(
        packages=["my_app", "my_app.utils", "my_app.sub", "my_app.bare.tool", "__main__", "", None],
        refused=["", "/etc/passwd", "..", "../R.py", "data/../../x", "a//b", "./a", "a/", "a\\b"],
    )
    setup = freeze(files) if form == "frozen" else ""
    assert interpreter.run(setup + code, files).lines == ["done"]


def test_missing_package_is_an_import_error(interpreter: Interpreter) -> None:
    code = """
from pkg_resources import resource_exists
try:
    resource_exists("nowhere", "x")
except ImportError as error:
    print("nowhere" in str(error))
"""
    assert interpreter.run(code, MODULE).lines == ["True"]


def test_relative_path_survives_chdir(interpreter: Interpreter) -> None:
    code = """
import os, sys
sys.path.insert(0, "lib")
import my_app.utils
os.chdir("elsewhere")
print(my_app.utils.page_title())
from pkg_resources import resource_string
print(resource_string("", "a"))
sys.path.insert(0, "packages")
import late
print(resource_string("late", "a"))
"""
    files = {f"lib/{path}": data for path, data in deploy("files", interpreter).items()}
    files |= {"elsewhere/a": b"here", "elsewhere/packages/late/a": b"later", "a": b"there"}
    files["elsewhere/packages/late/__init__.py"] = b""
    assert interpreter.run(code, files).lines == ["Hello from a board", "b'here'", "b'later'"]


def test_script_reads_beside_itself(interpreter: Interpreter) -> None:
    script = "import pkg_resources\nprint(pkg_resources.resource_string(__name__, 'data/a'))"
    files = {"tool/pkg_resources.py": MODULE["pkg_resources.py"], "tool/script.py": script}
    found = interpreter.run_file("tool/script.py", {**files, "tool/data/a": b"file"})
    assert found.lines == ["b'file'"]
    resources = resource_module({"data/a": b"R"})
    assert interpreter.run_file("tool/script.py", {**files, "tool/R.py": resources}).lines == [
        "b'R'"
    ]
    assert interpreter.run_file("tool/script.py", {**files, "data/a": b""}).exit_code == 1


def test_module_beside_the_application_run_as_main(interpreter: Interpreter) -> None:
    script = "import pkg_resources\nprint(pkg_resources.resource_string(__name__, 'a'))"
    files = {**MODULE, "tool.py": script, "my_app/tool.py": script, "a": b"1", "my_app/a": b"2"}
    assert interpreter.run_module("tool", files).lines == ["b'1'"]
    assert interpreter.run_module("my_app.tool", files).lines == ["b'2'"]


def test_top_level_module_reads_beside_itself(interpreter: Interpreter) -> None:
    code = """
import sys
sys.path.insert(0, "lib")
import tool
from pkg_resources import resource_string
print(resource_string("tool", "a"), resource_string("tool", "b"))
"""
    files = {**MODULE, "lib/tool.py": "", "lib/a": b"1", "a": b"2"}
    files["lib/R.py"] = resource_module({"a": b"3", "b": b"4"})
    assert interpreter.run(code, files).lines == ["b'1' b'4'"]


def test_nearest_resource_module_wins(interpreter: Interpreter) -> None:
    code = """
import a.b.c
from pkg_resources import resource_string
for name in ("own", "near", "far", "top"):
    try:
        print(resource_string("a.b.c", name))
    except OSError:
        print("none")
"""
    files = {
        **MODULE,
        "a/b/c.py": b"",
        "a/b/R.py": resource_module({"own": b"b", "near": b"b"}),
        "a/b/near": b"file",
        "a/R.py": resource_module({"b/own": b"a", "b/near": b"a", "b/far": b"a", "far": b"no"}),
        "R.py": resource_module({"top": b"top", "a/b/top": b"top"}),
    }
    assert interpreter.run(code, files).lines == ["b'b'", "b'file'", "b'a'", "none"]


def test_frozen_package_reads_no_file(interpreter: Interpreter) -> None:
    code = """
import a.R
a.__path__ = ".frozen/a"
from pkg_resources import resource_string
print(resource_string("a", "b"))
"""
    files = {**MODULE, "a/__init__.py": "", ".frozen/a/b": b"file", "a/b": b"file"}
    files["a/R.py"] = resource_module({"b": b"R"})
    assert interpreter.run(code, files).lines == ["b'R'"]


def test_other_modules_named_like_ours_do_no_harm(interpreter: Interpreter) -> None:
    code = """
import a
from pkg_resources import resource_exists
print(resource_exists("a", "b"))
"""
    files = {**MODULE, "a/__init__.py": "", "a/R.py": "resistance = 10"}
    assert interpreter.run(code, files).lines == ["False"]


def test_error_inside_a_package_is_not_hidden(interpreter: Interpreter) -> None:
    code = "from pkg_resources import resource_exists\nresource_exists('a', 'b')"
    outcome = interpreter.run(code, {**MODULE, "a/__init__.py": "1/0"})
    assert "ZeroDivisionError" in outcome.stderr


def test_bytes_of_resources_are_not_copied(interpreter: Interpreter) -> None:
    code = """
import a.R
from pkg_resources import resource_stream, resource_string
try:
    import tracemalloc
    tracemalloc.start()
    allocated = lambda: tracemalloc.get_traced_memory()[0]
except ImportError:
    import gc
    gc.disable()
    allocated = gc.mem_alloc
resource_stream("a", "data")
before = allocated()
stream = resource_stream("a", "data")
print(allocated() - before < 2000, len(a.R.R["data"]))
print(resource_string("a", "data") is a.R.R["data"])
"""
    files = {**MODULE, "a/R.py": resource_module({"data": bytes(20_000)})}
    assert interpreter.run(code, files).lines == ["True 20000", "True"]


def test_streams_are_read_like_files(interpreter: Interpreter) -> None:
    code = """
import a
from pkg_resources import resource_stream
for name in ("file", "entry"):
    stream = resource_stream("a", name)
    buffer = bytearray(4)
    print(stream.readinto(buffer), bytes(buffer), stream.readline(), stream.seek(0), stream.read())
    stream.close()
"""
    text = b"first\nsecond\n"
    files = {**MODULE, "a/file": text, "a/R.py": resource_module({"entry": text})}
    expected = f"4 {text[:4]} {text[4:6]} 0 {text}"
    assert interpreter.run(code, files).lines == [expected, expected]


def test_module_is_small(micropython: Interpreter) -> None:
    source = MODULE["pkg_resources.py"].decode()
    comments = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    lines: list[Any] = source.splitlines()
    for token in comments:
        row, column = token.start
        lines[row - 1] = lines[row - 1][:column].rstrip()
    code = "\n".join(line for line in lines if line) + "\n"
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(source))
    assert len(code) <= 2500
    compiled = compile_to_mpy(MODULE, micropython)
    assert len(compiled["pkg_resources.mpy"]) <= 1500
