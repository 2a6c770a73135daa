"""Short names in device modules: nothing that users see is changed."""

import _thread
import ast
import sys
from types import ModuleType

import pytest

from sdist_upip.board.device_files import read_device_modules
from sdist_upip.board.short_names import STABLE_NAMES, find_shared_names, shorten_names
from support.upip_device import DEVICE

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


REBINDING = b"""
import _thread

def _find(names, error, limit, maxsize):
    if not names:
        from sys import path as names
    try:
        names.index(error)
    except ValueError as error:
        limit = str(error)
    import sys as found
    from sys import maxsize
    return names, limit, found, maxsize, _thread

def find():
    return _find(None, "nowhere", 1, 0)
"""


def test_imports_and_except_clauses_bind_short_names():
    namespace = {}
    exec(shorten_names(REBINDING, keep_parameters=True), namespace)
    message = "'nowhere' is not in list"
    assert namespace["find"]() == (sys.path, message, sys, sys.maxsize, _thread)


def test_it_is_deterministic():
    once = shorten_names(SOURCE, keep_parameters=False)
    assert once == shorten_names(SOURCE, keep_parameters=False)


def test_what_users_call_keeps_its_parameters():
    source = shorten_names(read_device_modules()["upip.py"], keep_parameters=True)
    functions = {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    assert functions["install"] == [
        *("to_install", "path", "index_urls", "cafile", "insecure", "transport", "timeout"),
        *("deps", "without"),
    ]
    assert functions["uninstall"] == ["package", "path"]
    assert functions["list"] == ["path"]


LOW = b"""
def cut(text): return text[:2]
def add(text): return text
class Box: pass
def recover(root): return cut(root)
"""
HIGH = b"""
from low import Box, add, cut, recover
from sys import path as search_path
_count = 0
def install(path):
    global _count
    _count += 1
    found = set()
    found.add(cut(path))
    return found, add(path), Box, recover(path)
"""


def test_modules_share_short_names_for_what_they_import_from_each_other():
    sources = {"low.py": LOW, "high.py": HIGH}
    shared = find_shared_names(sources, ("high.py",))
    assert shared == {"Box": "bytecode", "cut": "callable"}, (
        "add is a method too, recover is stable"
    )
    modules = {}
    for name, source in (("low", LOW), ("high", HIGH)):
        modules[name] = ModuleType(name)
        short = shorten_names(source, keep_parameters=name == "high", shared=shared)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "modules", {**sys.modules, **modules})
            exec(short, modules[name].__dict__)
    found, text, box, root = modules["high"].install(path="abcd")
    assert (found, text, root) == ({"ab"}, "abcd", "ab")
    assert box is modules["low"].bytecode
    assert not hasattr(modules["low"], "cut")
    assert not hasattr(modules["high"], "_count")


def test_a_module_that_applications_import_shows_no_new_names():
    """`from upip import *` on a board passes over names with an underscore only."""
    sources = read_device_modules()
    shared = find_shared_names(sources, ("upip.py", "pkg_resources.py"))
    for path in ("upip.py", "pkg_resources.py"):
        short = shorten_names(sources[path], keep_parameters=True, shared=shared)
        assert _public_names(short) == _public_names(sources[path])


def _public_names(source):
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets}
    return {name for name in names if not name.startswith("_")}


BOX = b"""
class Box:
    def __init__(self, content):
        self.content = content
        self.size = len(content)

    def cut(self):
        return Box(self.content[:2])

    def read(self):
        return self.content

def cut(text): return text[:3]
"""
USE = b"""
from box import Box, cut
def use(text):
    box = Box(text)
    return box.size, box.cut().read(), cut(text), text.count("a")
"""
OTHER = b"def other(text): return text\n"
LAST = b"from other import other\n"


def test_modules_share_short_names_for_attributes_of_their_classes():
    sources = {"box.py": BOX, "use.py": USE, "other.py": OTHER, "last.py": LAST}
    shared = find_shared_names(sources, ())
    assert shared == {
        ".content": "bytecode",
        ".cut": "callable",
        ".size": "classmethod",
        "Box": "bytecode",
        "cut": "callable",
        "other": "bytecode",
    }, "read is an attribute of streams; attributes and distant modules may have the same names"
    modules = {}
    for name in ("box", "use"):
        modules[name] = ModuleType(name)
        short = shorten_names(sources[f"{name}.py"], keep_parameters=False, shared=shared)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "modules", {**sys.modules, **modules})
            exec(short, modules[name].__dict__)
    assert modules["use"].use("abcd") == (4, "ab", "abc", 1)


def test_names_that_applications_call_or_pass_are_not_shared():
    sources = {"low.py": b"def install(): pass\ndef path(): pass\n", "high.py": HIGH}
    sources["high.py"] += b"from low import install as other, path\n"
    assert find_shared_names(sources, ("high.py",)) == {}


def test_modules_of_two_versions_work_together_after_a_power_cut(monkeypatch):
    """See device/upip_store.py: another version of upip may call these, with these results."""
    sources = read_device_modules()
    shared = find_shared_names(sources, ("upip.py", "pkg_resources.py"))
    assert not shared.keys() & STABLE_NAMES
    assert {"LEFT", "OWN", "recover"} == STABLE_NAMES
    namespace = {}
    monkeypatch.syspath_prepend(str(DEVICE))
    exec(shorten_names(sources["upip_store.py"], keep_parameters=False, shared=shared), namespace)
    assert namespace["OWN"] == 1
    assert namespace["LEFT"] == 2
    assert namespace["recover"]("no/such/directory") == 0
    imports = {
        node.module
        for node in ast.walk(ast.parse(sources["upip_store.py"]))
        if isinstance(node, ast.ImportFrom)
    }
    assert imports == {"os", "upip_cpython"}
