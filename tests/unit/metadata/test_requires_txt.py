"""requires.txt: read as setuptools writes it, written as stock upip survives it."""

import logging

import pytest

from sdist_upip import ProjectError
from sdist_upip.metadata.requires_txt import parse_requires, requires_for_upip

REQUIRES = """
y>=1

[:python_version < "3.8" or sys_platform == "win32"]
old
older; platform_machine == "arm"

[dev]
pytest

[docs:os_name == "posix"]
sphinx
"""


def test_requires_txt_of_setuptools():
    extras, requirements = parse_requires(REQUIRES)
    assert extras == ["dev", "docs"]
    assert requirements == [
        "y>=1",
        'old; (python_version < "3.8" or sys_platform == "win32")',
        'older; platform_machine == "arm" and (python_version < "3.8" or sys_platform == "win32")',
        'pytest; extra == "dev"',
        'sphinx; os_name == "posix" and extra == "docs"',
    ]


@pytest.mark.parametrize(
    ("requirement", "lines", "warning"),
    [
        ("y", ["y"], None),
        ("Y.Z_a", ["Y.Z_a"], None),
        ("y==1.0", ["y==1.0"], None),
        ("y === 1.0", ["y==1.0"], None),
        ("y>=1.0", ["y"], "omitted >=1.0 of y"),
        ("y==1.*", ["y"], "omitted ==1.* of y"),
        ("y~=1.0,<2", ["y"], "omitted <2, ~=1.0 of y"),
        ("y>=1,==1.5", ["y==1.5"], None),
        ("y[fast]==1", ["y==1"], "omitted [fast] of y"),
        ("y; extra == 'dev'", [], None),
        ("y; implementation_name == 'micropython'", ["y"], None),
        ("y; implementation_name == 'cpython'", [], None),
        ("y; platform_python_implementation != 'MicroPython'", [], None),
        ("y; python_version >= '3.8'", [], None),
        ("y; python_version < '3.7'", ["y"], None),
        ("y; sys_platform == 'win32'", [], None),
        ("y; sys_platform != 'win32'", ["y"], None),
        ("y; sys_platform == 'esp32'", ["y"], "required only if"),
    ],
)
def test_requires_for_upip(requirement, lines, warning, caplog):
    with caplog.at_level(logging.WARNING):
        assert list(requires_for_upip([requirement])) == lines
    messages = [record.getMessage() for record in caplog.records]
    if warning is None:
        assert messages == []
    else:
        (message,) = messages
        assert warning in message


def test_requires_for_upip_names_no_package_twice():
    assert list(requires_for_upip(["y", "y", "z", "y; os_name != 'nt'"])) == ["y", "z"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y >", "Invalid dependency"),
        ("y @ https://example.com/y", "points to a URL"),
        ("y; os_name ~= 'posix'", r"invalid marker os_name ~= .*\. Correct the marker"),
    ],
)
def test_requirements_that_no_index_accepts(line, reason):
    with pytest.raises(ProjectError, match=reason):
        list(requires_for_upip([line]))
