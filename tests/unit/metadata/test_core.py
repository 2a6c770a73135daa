"""PKG-INFO as an index accepts it."""

import email

import pytest
from packaging.metadata import Metadata as PackagingMetadata

from sdist_upip import ProjectError
from sdist_upip.metadata.core import parse_metadata, tidy_metadata, write_metadata
from sdist_upip.metadata.requires_txt import with_requirements

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


@pytest.mark.parametrize(
    ("version", "fields", "expected"),
    [
        ("2.0", "", "2.1"),
        ("1.0", "", "2.1"),
        ("1.2", "", "2.1"),
        ("2.1", "", "2.1"),
        ("2.3", "", "2.3"),
        ("2.5", "", "2.5"),
        ("2.6", "", "2.1"),
        ("2.10", "", "2.1"),
        ("3.0", "", "2.1"),
        ("two", "", "2.1"),
        ("", "", "2.1"),
        (None, "", "2.1"),
        ("2.0", "License-Expression: MIT\n", "2.4"),
        ("2.0", "Import-Name: x\n", "2.5"),
    ],
)
def test_the_version_of_the_metadata(version, fields, expected):
    head = "" if version is None else f"Metadata-Version: {version}\n"
    data = f"Name: x\n{head}Version: 1\n{fields}License: UNKNOWN\n\nUNKNOWN\n".encode()
    tidied = write_metadata(tidy_metadata(parse_metadata(data), (), True)).decode()
    assert tidied == f"Metadata-Version: {expected}\nName: x\nVersion: 1\n{fields}"


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
    with pytest.raises(ProjectError, match="the field Name is missing"):
        parse_metadata(b"Version: 1\n")


def test_with_requirements_replaces_what_newer_setuptools_wrote():
    data = with_requirements(PKG_INFO, "w\n[net]\nv\n")
    metadata = parse_metadata(data)
    assert metadata.get_all("Requires-Dist") == ("w", 'v; extra == "net"')
    assert metadata.get_all("Provides-Extra") == ("net",)
