"""Packages and modules are small, and each is in its place."""

import ast
from collections import defaultdict

from support.paths import ROOT

PACKAGE = ROOT / "src/sdist_upip"
MODULES = sorted(PACKAGE.rglob("*.py"))

TOP_LEVEL_LIMIT = 12
PACKAGE_LIMIT = 14
LINE_LIMIT = 350


def name(path):
    return path.relative_to(PACKAGE).as_posix()


def count_modules():
    """Return the number of modules in each package, without __init__ and __main__."""
    counts = defaultdict(int)
    for path in MODULES:
        counts[name(path.parent)] += not path.stem.startswith("__")
    return counts


def test_the_top_level_has_few_modules():
    assert count_modules()["."] <= TOP_LEVEL_LIMIT


def test_every_package_has_few_modules():
    counts = count_modules()
    del counts["device"]  # its modules are small, since a board loads each only when it needs it
    assert {package: count for package, count in counts.items() if count > PACKAGE_LIMIT} == {}


def test_the_init_of_a_package_is_a_docstring_only():
    packages = [path for path in MODULES if path.stem == "__init__" and path.parent != PACKAGE]
    assert len(packages) > 12
    wrong = []
    for path in packages:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if len(tree.body) != 1 or not ast.get_docstring(tree):
            wrong.append(name(path))
    assert wrong == []


def test_no_module_repeats_the_name_of_its_package():
    assert [name(p) for p in MODULES if f"{p.stem}_".startswith(f"{p.parent.name}_")] == []


def test_no_module_is_long():
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > LINE_LIMIT} == {}
