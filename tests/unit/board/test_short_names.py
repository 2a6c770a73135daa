"""Short names in device modules: nothing that users see is changed."""

import ast

import pytest

from sdist_upip.board.device_files import read_device_modules
from sdist_upip.board.short_names import shorten_names

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
