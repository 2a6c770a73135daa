"""PKG-INFO and requires.txt: as an index accepts them, and as stock upip survives them."""

import email
import logging

import pytest
from packaging.metadata import Metadata as PackagingMetadata

from sdist_upip import ProjectError
from sdist_upip.metadata.core import parse_metadata, tidy_metadata, write_metadata
from sdist_upip.metadata.requires_txt import parse_requires, requires_for_upip, with_requirements

PKG_INFO = b"""\
Metadata-Version: 2.1
Name: x
Version: 1.0
Summary: A caf\xc3\xa9
License: MIT
        \n        second line
Home-page: UNKNOWN
License-File: LICENSE
Dynamic: license-file
Description-Content-Type: text/markdown
Requires-Dist: y (>=1.0)
Requires-Dist: z[fast] ; extra == 'dev'
Provides-Extra: dev

# Title

    indented
"""


def tidy(licenses=(), description=True):
    return write_metadata(tidy_metadata(parse_metadata(PKG_INFO), licenses, description))


def test_tidy_metadata_is_valid_and_keeps_what_counts():
    data = tidy()
    parsed = PackagingMetadata.from_email(data, validate=True)
    assert parsed.summary == "A café"
    assert list(map(str, parsed.requires_dist)) == ["y>=1.0", 'z[fast]; extra == "dev"']
    assert parsed.provides_extra == ["dev"]
    assert parsed.description.strip() == "# Title\n\n    indented"
    assert parsed.home_page is None
    assert b"Dynamic" not in data
    assert b"License-File" not in data
    license_field = email.message_from_bytes(data)["License"]
    assert license_field.split() == ["MIT", "second", "line"]


def test_without_the_description():
    data = tidy(description=False)
    assert b"Title" not in data
    assert b"Description-Content-Type" not in data
    PackagingMetadata.from_email(data, validate=True)


def test_license_files_name_their_members_and_raise_the_metadata_version():
    data = tidy(["x.egg-info/licenses/LICENSE"])
    assert b"License-File: x.egg-info/licenses/LICENSE\n" in data
    parsed = PackagingMetadata.from_email(data, validate=True)
    assert parsed.metadata_version == "2.4"
    newer = PKG_INFO.replace(b"2.1", b"2.5")
    tidied = write_metadata(tidy_metadata(parse_metadata(newer), ["x.egg-info/L"], True))
    assert tidied.startswith(b"Metadata-Version: 2.5\n")


def test_tidying_twice_changes_nothing():
    once = tidy()
    assert write_metadata(tidy_metadata(parse_metadata(once), (), True)) == once


def test_windows_line_ends_are_read():
    assert write_metadata(parse_metadata(PKG_INFO.replace(b"\n", b"\r\n"))) == write_metadata(
        parse_metadata(PKG_INFO)
    )


def test_metadata_that_cannot_be_read():
    with pytest.raises(ProjectError, match="not UTF-8"):
        parse_metadata(b"Name: caf\xe9\n")
    with pytest.raises(ProjectError, match="no field Name"):
        parse_metadata(b"Version: 1\n")


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


def test_with_requirements_replaces_what_newer_setuptools_wrote():
    data = with_requirements(PKG_INFO, "w\n[net]\nv\n")
    metadata = parse_metadata(data)
    assert metadata.get_all("Requires-Dist") == ("w", 'v; extra == "net"')
    assert metadata.get_all("Provides-Extra") == ("net",)


@pytest.mark.parametrize(
    ("requirement", "lines", "warning"),
    [
        ("y", ["y"], None),
        ("Y.Z_a", ["Y.Z_a"], None),
        ("y==1.0", ["y==1.0"], None),
        ("y === 1.0", ["y==1.0"], None),
        ("y>=1.0", ["y"], "dropped >=1.0 of y"),
        ("y==1.*", ["y"], "dropped ==1.* of y"),
        ("y~=1.0,<2", ["y"], "dropped <2, ~=1.0 of y"),
        ("y>=1,==1.5", ["y==1.5"], None),
        ("y[fast]==1", ["y==1"], "dropped [fast] of y"),
        ("y; extra == 'dev'", [], None),
        ("y; implementation_name == 'micropython'", ["y"], None),
        ("y; implementation_name == 'cpython'", [], None),
        ("y; platform_python_implementation != 'MicroPython'", [], None),
        ("y; python_version >= '3.8'", [], None),
        ("y; python_version < '3.7'", ["y"], None),
        ("y; sys_platform == 'win32'", [], None),
        ("y; sys_platform != 'win32'", ["y"], None),
        ("y; sys_platform == 'esp32'", ["y"], "needed only where"),
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
        ("y >", "not valid"),
        ("y @ https://example.com/y", "points to a URL"),
        ("y; os_name ~= 'posix'", "marker os_name ~= .*; correct it"),
    ],
)
def test_requirements_that_no_index_accepts(line, reason):
    with pytest.raises(ProjectError, match=reason):
        list(requires_for_upip([line]))
