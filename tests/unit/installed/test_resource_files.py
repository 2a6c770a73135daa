"""Files of an archive: a resource module is replaced with its resources, and all else stays."""

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.installed.resource_files import spread_resources
from sdist_upip.resources.module import resource_module
from support.compiled_resources import COMPILED, OTHERS, RESOURCES

MODULE = ("x/__init__.py", b"")
HISTORIC = b"R = {\n'a.txt': b'text',\n}\n"
"""As copies of the legacy tool and mpy_bin2res write it."""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"x/a.txt": b"text"}, {"x/a.txt": b"text"}, id="no resource module"),
        pytest.param({"x/R.py": HISTORIC}, {"x/a.txt": b"text"}, id="resources only in R.py"),
        pytest.param(
            {"x/R.py": HISTORIC, "x/a.txt": b"text"}, {"x/a.txt": b"text"}, id="both forms"
        ),
        pytest.param(
            {"x/R.py": HISTORIC, "x/a.txt": b"new"}, {"x/a.txt": b"new"}, id="a file comes first"
        ),
        pytest.param({"x/R.py": b"R={}\n"}, {}, id="no resources"),
        pytest.param({"R.py": HISTORIC}, {"a.txt": b"text"}, id="at the top"),
        pytest.param(
            {
                "x/R.py": resource_module({"y/b": b"far", "y/c": b"c"}),
                "x/y/R.py": resource_module({"b": b"near"}),
            },
            {"x/y/b": b"near", "x/y/c": b"c"},
            id="the nearest package comes first",
        ),
        pytest.param(
            {"x/R.mpy": COMPILED},
            {f"x/{name}": data for name, data in RESOURCES.items()},
            id="compiled",
        ),
        pytest.param(
            {"x/R.py": b"R = 8.314\n"}, {"x/R.py": b"R = 8.314\n"}, id="a module of the author"
        ),
        *(
            pytest.param({"x/R.mpy": data}, {"x/R.mpy": data}, id=f"compiled {source!r}")
            for source, data in OTHERS.items()
        ),
        pytest.param({"x/r.py": HISTORIC}, {"x/r.py": HISTORIC}, id="another name"),
        pytest.param({"x/R.py": b"R = {"}, {"x/R.py": b"R = {"}, id="not Python"),
    ],
)
def test_resources_become_files(files, expected):
    assert dict(spread_resources([MODULE, *files.items()], "x")) == {**dict([MODULE]), **expected}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../boot.py", "has a '.' or '..' segment"),
        ("/boot.py", "has an empty segment"),
        ("", "has an empty segment"),
        ("a\\b", "backslash"),
        ("a\nb", "control character"),
        ("aux.txt", "is the name of a device"),
        ("__INIT__.PY", "one name on FAT"),
        ("__init__.py/a", "as a directory"),
    ],
)
def test_resources_that_no_board_can_have_are_refused(name, message):
    with pytest.raises(ArchiveError, match=message):
        spread_resources([MODULE, ("x/R.py", resource_module({name: b""}))], "x")


@pytest.mark.parametrize("name", [".upip/x", "upip.py", "upip/a.py"])
def test_resources_in_the_place_of_upip_are_refused(name):
    with pytest.raises(ArchiveError, match="is in the place of"):
        spread_resources([("R.py", resource_module({name: b""}))], "x")
