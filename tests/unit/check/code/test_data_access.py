"""Data that firmware has only in R.py."""

import time

import pytest

from sdist_upip.resources.module import resource_module

R = resource_module({"status.html": b"x", "data/a.txt": b"y"})


@pytest.fixture
def find(find_codes):
    def find(text, **more):
        files = {"p/__init__.py": text, "p/R.py": R, "p/status.html": "x", "p/data/a.txt": "y"}
        return find_codes({**files, **more}) != set()

    return find


HERE = "HERE = __file__.rsplit('/', 1)[0]\n"


@pytest.mark.parametrize(
    "text",
    [
        "def page():\n    x = __file__.rsplit('/', 1)[0]\n    return open(x + '/status.html')",
        HERE + "with open(HERE + '/data/a.txt') as f:\n    f.read()",
        HERE + "x = open('%s/%s' % (HERE, 'status.html')).read()",
        HERE + "x = open(f'{HERE}/status.html', 'rb').read()",
        HERE + "x = io.open('{}/status.html'.format(HERE))",
        HERE + "path = HERE + '/status.html'\nopen(path)",
        HERE + "def read(name):\n    return open(HERE + '/' + name).read()",
        "def here():\n    return __file__[:-11]\nopen(here() + 'status.html')",
        "class A:\n    def __init__(self):\n        self.d = __file__[:-11]\n"
        "    def f(self):\n        return open(self.d + 'status.html')",
        "open('p/status.html')",
        "open('/lib/p/status.html', mode='r')",
        "open('lib/p/data/a.txt')",
        HERE + "try:\n    open(HERE + '/status.html')\nexcept ValueError:\n    pass",
    ],
)
def test_data_that_is_opened(find, text):
    assert find(text)


@pytest.mark.parametrize(
    "text",
    [
        "import pkg_resources\nopen('p/status.html')",
        "try:\n    import pkg_resources\nexcept ImportError:\n    pass\nopen('p/status.html')",
        "from . import R\nopen('p/status.html')",
        "from .R import R\nopen('p/status.html')",
        "import p.R\nopen('p/status.html')",
        "open('/www/status.html')",
        "open(path)",
        "open(__file__)",
        HERE + "open(HERE + '/config.json')",
        HERE + "open(HERE + '/status.html', 'w')",
        HERE + "def f(n, m):\n    open(HERE + n, m)\n    open(HERE + n)",
        HERE + "try:\n    open(HERE + '/status.html')\nexcept OSError:\n    pass",
        "browser.open('p/status.html')",
    ],
)
def test_other_code(find, text):
    assert not find(text)


def test_another_module_reads_the_resources(find):
    assert not find("open('p/status.html')", **{"p/m.py": "import pkg_resources\n"})
    assert not find("open('p/status.html')", **{"p/m.mpy": b"M\x06 pkg_resources "})


@pytest.mark.parametrize(
    ("text", "found"), [("def f(): pass", True), ("VERSION = '1'", False), ("", False)]
)
def test_data_that_nothing_opens(find_codes, text, found):
    files = {"p/__init__.py": text, "p/R.py": R, "p/status.html": "x", "p/data/a.txt": "y"}
    assert find_codes(files) == ({("frozen-data", "p/R.py")} if found else set())


def test_a_release_without_resources(find_codes):
    assert find_codes({"p/__init__.py": "open('p/a.txt')\n", "p/a.txt": "x"}) == set()
    own = {"p/__init__.py": "open('p/a.txt')\n", "p/a.txt": "x", "p/R.py": "def f(): pass\n"}
    assert find_codes(own) == set()


def test_a_compiled_resource_module(find_codes):
    files = {"p/__init__.py": "open('p/a.txt')\n", "p/a.txt": "x", "p/R.mpy": b"M\x06"}
    assert find_codes(files) == {("frozen-data", "p/__init__.py")}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ["a0 = __file__ + 'x'", *(f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 60))],
            id="doubled",
        ),
        pytest.param([*(f"a{n} = a{n - 1}" for n in range(3000, 0, -1)), "a0 = __file__"], id="up"),
        pytest.param(
            ["a0 = __file__", *(f"a{n} = a{n - 1} + '{n}'" for n in range(1, 5000))], id="texts"
        ),
    ],
)
def test_time_for_many_derived_names(find, lines):
    before = time.process_time()
    assert find("\n".join([*lines, "open(a50)\n"]))
    assert time.process_time() - before < 10


def test_a_function_inside_another_returns_for_itself(find):
    inner = "def f():\n  def here():\n    return __file__[:-11]\n"
    assert find(f"{inner}  return open(here() + 'status.html')\n")
    assert not find(f"{inner}  return '/data/'\nopen(f() + 'status.html')\n")
