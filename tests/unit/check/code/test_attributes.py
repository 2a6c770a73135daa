"""Attributes of built-in modules that boards lack."""

import pytest

from sdist_upip.check.code.attributes import find_host_attributes
from sdist_upip.check.code.source import Source


def find(text):
    names = {"os": frozenset({"path", "walk"}), "time": frozenset({"monotonic"})}
    source = Source("m.py", text.encode())
    return list(find_host_attributes(source, lambda module: names.get(module, frozenset())))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nos.path.join(a)", [(2, "os", "path")]),
        ("import os as o\nx = [o.walk(y) for y in z]", [(2, "os", "walk")]),
        ("import os, time\ndef f(a=time.monotonic()):\n    return os.path", None),
        ("import os\nif os.path.exists(x): pass", [(2, "os", "path")]),
        ("import os\ntry:\n    os.path\nexcept OSError: pass", [(3, "os", "path")]),
        ("import os\nif sys.implementation.name == 'micropython':\n    os.walk(x)", None),
    ],
)
def test_uses(text, found):
    assert find(text) if found is None else find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "os.path",
        "import os\nos.listdir()",
        "import os\ntry:\n    os.path\nexcept AttributeError: pass",
        "import os\ntry:\n    os.path\nexcept: pass",
        "import os\nif x:\n    os.path",
        "import os\nif TYPE_CHECKING:\n    os.path",
        "import os\nif x:\n    raise y\nos.path",
        "import os\nx = os.path if y else 1",
        "import os\nx = y and os.path",
        "import os\nif hasattr(os, 'path'): pass\nos.path",
        "import os\nos.path = fake\nos.path.x",
        "import os\nos = fake\nos.path",
        "import os\ndef f(os):\n    os.path",
        "from x import os\nos.path",
        "try:\n    import uos as os\nexcept ImportError:\n    import os\nos.path",
        "import os\nwith suppress(x):\n    os.path",
        "print 'x'",
    ],
)
def test_uses_that_are_fine(text):
    assert find(text) == []
