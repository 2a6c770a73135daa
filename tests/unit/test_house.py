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


OUTPUT = "messages/output.py"
"""The one module that prints."""
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}


def find_output(tree):
    """Yield what a module uses to write to the terminal, to log, or to make a parser of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print" | "input" as name)):
                yield name
            case ast.Attribute(value=ast.Name(id="sys"), attr=name) if name in STREAMS:
                yield f"sys.{name}"
            case ast.Attribute(value=ast.Name(id="logging"), attr="getLogger" | "lastResort"):
                yield f"logging.{node.attr}"
            case ast.ImportFrom(module="sys" | "logging" as module):
                yield f"from {module} import"
            case ast.Attribute(value=ast.Name(id="warnings"), attr="warn"):
                yield "warnings.warn"
            case ast.Attribute(value=ast.Name(id="os"), attr="write"):
                yield "os.write"
            case ast.Call(func=ast.Attribute(attr="ArgumentParser")):
                yield "ArgumentParser"


def test_text_is_printed_and_logged_in_one_place_only():
    found = defaultdict(set)
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0] != "device":
            for use in find_output(ast.parse(path.read_text(encoding="utf-8"))):
                found[name(path)].add(use)
    assert found.pop(OUTPUT) == {"print", "sys.stdout", "sys.stderr"}
    assert found == {
        "messages/progress.py": {"sys.stderr"},
        "messages/logs.py": {"logging.getLogger", "logging.lastResort"},
    }


def test_what_writes_to_the_terminal_is_found():
    source = """
from sys import stderr
from logging import getLogger
print("a"); input("b"); sys.stdout.write("c"); print("d", file=sys.stderr)
logging.getLogger("e"); warnings.warn("f"); os.write(2, b"g"); argparse.ArgumentParser()
"""
    assert set(find_output(ast.parse(source))) == {
        *("print", "input", "sys.stdout", "sys.stderr", "logging.getLogger", "warnings.warn"),
        *("os.write", "ArgumentParser", "from sys import", "from logging import"),
    }
