"""Imports and the conditions under which they run."""

import pytest

from sdist_upip.check.code.source import Source
from sdist_upip.check.code.statements import find_imports


def find(text, path="m.py"):
    return find_imports(Source(path, text.encode()))


def certain(text):
    """Return the modules whose import runs for certain, and is not handled."""
    return [
        found.module
        for found in find(text)
        if found.certain and not (found.without or found.needs or found.broken_guard)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import a",
        "def f():\n    import a",
        "async def f():\n    import a",
        "class C:\n    import a",
        "for x in y:\n    import a",
        "while x:\n    import a",
        "with open(x) as y:\n    import a",
        "try:\n    import a\nfinally:\n    x()",
        "try:\n    import a\nexcept OSError:\n    pass",
        "try:\n    x()\nfinally:\n    import a",
        "if sys.implementation.name == 'micropython':\n    import a",
        "if TYPE_CHECKING:\n    import b\nelse:\n    import a",
        "if x:\n    y()\nimport a",
        "try:\n    def f():\n        import a\nexcept ImportError:\n    pass",
        "__import__('a')",
        "x = __import__('a', None, None, True)",
        "try:\n    import a\nexcept OSError:\n    f()",
    ],
)
def test_imports_that_run(text):
    assert certain(text) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import a\nexcept ImportError:\n    pass",
        "try:\n    import a\nexcept:\n    pass",
        "def f():\n    import a\ntry:\n    f()\nexcept ImportError:\n    pass",
        "class C:\n    def f(self):\n        import a\ntry:\n    c.f()\nexcept:\n    pass",
        "if x:\n    import a",
        "if x:\n    y()\nelif z:\n    import a",
        "if sys.platform == 'linux':\n    import a",
        "if sys.implementation.name == 'cpython':\n    import a",
        "if sys.implementation.name == 'micropython':\n    raise ImportError\nimport a",
        "if x:\n    raise ImportError\nimport a",
        "def f():\n    return 1\n    import a",
        "with suppress(ImportError):\n    import a",
        "while False:\n    import a",
        "match x:\n    case 1:\n        import a",
        "x = __import__('a') if y else None",
        "x = y and __import__('a')",
        "x = lambda: __import__('a')",
        "__import__(a)",
        "__import__('a', globals(), locals(), [], 1)",
        "try:\n    x()\nexcept ImportError:\n    import a",
        "try:\n    x()\nexcept AttributeError:\n    import a",
    ],
)
def test_imports_that_may_not_run_or_are_handled(text):
    assert certain(text) == []


def test_a_fallback_runs_without_the_first_choice():
    text = (
        "try:\n    import a\nexcept ImportError:\n"
        "    try:\n        import b\n    except ImportError:\n        import c\n"
    )
    a, b, c = find(text)
    assert (a.certain, b.certain, c.certain) == (False, False, True)
    assert [[item.module for item in group] for group in c.without] == [["a"], ["b"]]


def test_what_follows_a_guard_that_stops_needs_the_module():
    text = "try:\n    import a\nexcept ImportError:\n    raise SystemExit\nimport b\n"
    assert [item.module for item in find(text)[1].needs] == ["a"]
    text = "try:\n    import a\nexcept ImportError:\n    pass\nelse:\n    import b\n"
    assert [item.module for item in find(text)[1].needs] == ["a"]


def test_a_guard_that_names_a_missing_exception():
    guard = "try:\n    import a\nexcept ModuleNotFoundError:\n    pass\n"
    assert [item.broken_guard for item in find(guard)] == [True]
    assert [item.broken_guard for item in find(f"ModuleNotFoundError = ImportError\n{guard}")] == [
        False
    ]


def test_lines_and_texts():
    found = find("\nfrom .a import (b,\n  c)\nimport d.e as f\n", "p/m.py")
    assert [(item.line, item.text, item.module, item.name) for item in found] == [
        (2, "from .a import b", "p.a", "b"),
        (2, "from .a import c", "p.a", "c"),
        (4, "import d.e", "d.e", ""),
    ]


def test_a_source_without_a_tree_has_none():
    assert find("import a\nprint 'x'") == ()
