"""Names and places of modules."""

import pytest


@pytest.mark.parametrize(
    ("path", "place", "name"),
    [
        ("route-finder.py", "route-finder.py", "route_finder"),
        ("1wire.py", "1wire.py", "m1wire"),
        ("async.py", "async.py", "async_"),
        ("a.b.py", "a.b.py", "a_b"),
        ("p/x-y.mpy", "p/x-y.mpy", "x_y"),
        ("my-lib/__init__.py", "my-lib/", "my_lib"),
        ("p/my lib/m.py", "p/my lib/", "my_lib"),
    ],
)
def test_names_that_no_import_has(find_code_problems, path, place, name):
    (problem,) = find_code_problems({path: "", "ok.py": ""})
    assert (problem.code, problem.path) == ("module-name", place)
    assert problem.message.endswith(f"such as {name}.")


def test_a_directory_is_reported_once(find_codes):
    files = {"my-lib/__init__.py": "", "my-lib/a.py": "", "my-lib/b-c.py": ""}
    assert find_codes(files) == {("module-name", "my-lib/")}


@pytest.mark.parametrize(
    "files",
    [
        {"web-root/index.html": "", "m.py": ""},
        {"tests/test-x.py": "", "m.py": ""},
        {"examples/a-b.py": "", "m.py": ""},
        {"setup.py": "", "m.py": ""},
        {".hidden.py": "", "m.py": ""},
        {"a-b.py": "", "m.py": "x = __import__('a-b')"},
        {"a-b.py": "", "m.py": "exec(open('a-b.py').read())"},
    ],
)
def test_names_that_are_fine(find_codes, files):
    assert find_codes(files) == set()


def test_hidden_modules(find_codes):
    files = {"a.py": "", "a.mpy": b"", "b.py": "", "b/data.txt": "", "c/__init__.py": ""}
    files |= {"c/__init__.mpy": b"", "d.mpy": b"", "d/e.py": "", "f/g.py": "", "f/h.mpy": b""}
    assert find_codes(files) == {
        ("module-hidden", path) for path in ("a.mpy", "b.py", "c/__init__.mpy", "d.mpy")
    }


@pytest.mark.parametrize(
    ("path", "targets", "text"),
    [
        ("os.py", [], "The file replaces it for every package"),
        ("time/__init__.mpy", ["1.24"], "MicroPython 1.24 has a module time built in."),
        ("gc.py", [], "imports it before any file"),
        ("uasyncio.py", ["1.29:rp2"], "finds it before files in lib"),
        ("asyncio/__init__.py", ["1.29", "1.28:rp2"], "1.29 and MicroPython 1.28 on rp2 has"),
        ("rp2.py", ["1.29:rp2"], "finds it before files in lib"),
    ],
)
def test_modules_that_boards_have(find_code_problems, path, targets, text):
    (problem,) = find_code_problems({path: ""}, targets=targets)
    assert problem.code == "builtin-module"
    assert text in problem.message


@pytest.mark.parametrize(
    ("path", "targets"),
    [
        ("p/os.py", []),
        ("requests.py", []),
        ("asyncio/__init__.py", []),
        ("asyncio/__init__.py", ["1.20", "1.29"]),
        ("requests.py", ["1.29:rp2"]),
        ("pkg_resources.py", []),
        ("upip.py", []),
        ("ussl.py", ["1.28:rp2"]),
        ("requests.py", ["1.29:esp32"]),
        ("logging.py", ["1.28:rp2"]),
    ],
)
def test_modules_that_some_boards_lack(find_codes, path, targets):
    assert find_codes({path: ""}, targets=targets) == set()
