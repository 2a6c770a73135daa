"""The modules for boards import each other without a circle, in functions too."""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from support.upip_device import DEVICE

SOURCES = {path.stem: path.read_text() for path in DEVICE.glob("*.py")}


def read_imports(source):
    """Return the names of the modules that a module imports, at its top or in any function."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "__import__":
            names.update(word.value for word in node.args if isinstance(word, ast.Constant))
    return names


def sort_modules(sources):
    """Return the modules, each after those it imports; raise CycleError for a circle.

    upip imports itself once it has been replaced.
    """
    graph = {name: read_imports(source) & sources.keys() for name, source in sources.items()}
    graph["upip"].discard("upip")
    return [*TopologicalSorter(graph).static_order()]


def test_imports_of_device_modules_have_no_circle():
    order = sort_modules(SOURCES)
    assert sorted(order) == sorted(SOURCES)
    assert order.index("upip_req") < order.index("upip_needs") < order.index("upip")
    assert order.index("upip_main") < order.index("upip")


@pytest.mark.parametrize(
    "line",
    ["import upip", "from upip import Error", "def f():\n import upip", "__import__('upip')"],
)
def test_a_circle_is_found(line):
    with pytest.raises(CycleError, match="cycle"):
        sort_modules({**SOURCES, "upip_req": line})
