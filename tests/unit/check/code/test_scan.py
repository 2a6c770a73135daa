"""Imports found in the text of a source are those of its tree."""

import pytest

from sdist_upip.check.code.scan import scan_imports
from sdist_upip.check.code.source import Source
from sdist_upip.check.code.statements import find_imports


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("x = 1\n", ()),
        ("import a", (("a", ""),)),
        ("import a.b as c, d  # text\n", (("a.b", ""), ("d", ""))),
        ("if x: import a\n", (("a", ""),)),
        ("x = 1; import a;\n", (("a", ""),)),
        ("    import a\r\n", (("a", ""),)),
        ("from a.b import c as d, e\n", (("a.b", "c"), ("a.b", "e"))),
        ("from a import (b,  # text\n    c,\n)\n", (("a", "b"), ("a", "c"))),
        ("from a import *\n", (("a", "*"),)),
        ("from . import c\n", (("p", "c"),)),
        ("from .c import d\n", (("p.c", "d"),)),
        ("from.c import d\n", None),
        ("from .. import c\n", ((None, "c"),)),
        ("import a; import b\n", None),
        ("import a, \\\n  b\n", None),
        ("'''\nimport this file into x.\n'''\n", None),
        ("__import__('a')\n", None),
        ("x = 'import'\n", None),
        ("important = 1\n", ()),
        ("# import of import, as b\nimport a\n", (("a", ""),)),
        ("x = 1  # import b", ()),
        ("x = '#'; import a, \\\n  b", None),
        ("# text\rimport a, \\\n  b", None),
    ],
)
def test_names(text, names):
    source = Source("p/m.py", text.encode())
    assert scan_imports(source) == names
    if names is not None and not text.startswith("    "):
        assert {(found.module, found.name) for found in find_imports(source)} == set(names)
