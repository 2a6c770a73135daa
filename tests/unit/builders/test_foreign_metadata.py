"""Metadata of packages of other authors loses the fields that indexes refuse, and no others."""

from types import MappingProxyType

import pytest

from sdist_upip import Member, Release
from sdist_upip.builders.foreign_metadata import with_accepted_metadata
from sdist_upip.check.publishing import read_metadata
from sdist_upip.project.layout import Layout

HEAD = "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"


def accept(text, **options):
    members = (Member("PKG-INFO", text.encode()), Member("x.py", b""))
    layout = with_accepted_metadata(
        Layout(Release("x", "1.0", members), MappingProxyType({"x.py": "x.py"}), ()), **options
    )
    assert [member.path for member in layout.release] == ["PKG-INFO", "x.py"]
    data = layout.release.get("PKG-INFO").data
    assert read_metadata(data)[1] == []
    return data.decode()


def test_what_is_accepted_stays(caplog):
    text = f"{HEAD}Author-email: a@b.com, c@d\nRequires-Dist: y\nProvides-Extra: z\n\n# Text\n"
    assert accept(text) == text
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("field", "start"),
    [
        ("Author-email: unknown", "Author-Email 'unknown' is not an e-mail address."),
        ("Maintainer-email: a@b", "Maintainer-Email 'a@b' has 'b' after the @"),
        ("Home-page: x.org", "Home-page 'x.org' is not a URL that begins with"),
        ("Download-URL: x", "Download-URL 'x' is not a URL"),
        ("Project-URL: a, x", "Project-URL 'a': 'x' is not a URL"),
        ("Project-URL: a,  x", "Project-URL 'a': 'x' is not a URL"),
        ("Project-URL: a", "Project-URL 'a' has no URL"),
        ("Project-URL: , x", "The label '' of Project-URL has 0 characters"),
        ("Requires-Python: >=3.x", "'>=3.x' is invalid for 'requires-python'."),
        ("Description-Content-Type: text/html", "'description-content-type' must be one of"),
        ("License-Expression: MIT/X11", "'MIT/X11' is invalid for 'license-expression'."),
        ("Provides-Extra: -x", "'-x' is invalid for 'provides-extra'."),
        ("Provides-Dist: a b", "Provides-Dist 'a b' is not a requirement"),
        ("Unknown: x", "The field 'unknown' is unknown"),
        ("Dynamic: Name", "'name' is not allowed as a dynamic field."),
        ("Classifier: Nonsense", "The classifier 'Nonsense' does not exist"),
        (f"Summary: {'s' * 600}", "Summary has 600 characters, more than 512."),
    ],
)
def test_fields_that_are_refused(field, start, caplog):
    pytest.importorskip("trove_classifiers")
    kept = "Project-URL: b, https://x.org\nClassifier: Programming Language :: Python\n"
    found = accept(f"{HEAD}{field}\n{kept}")
    assert field not in found
    assert "Name: x\nVersion: 1.0\n" in found
    (message,) = caplog.messages
    assert message.startswith(start)
    assert message.endswith(". The field is left out of PKG-INFO.")


def test_several_at_once_and_an_old_version():
    text = f"{HEAD.replace('2.1', '2.0')}Home-page: UNKNOWN\nAuthor-email: x\nKeywords: a,b\n"
    assert accept(f"{text}Summary: a\nSummary: b\n") == (f"{HEAD}Keywords: a,b\n")


def test_requirements_of_extras_that_point_to_a_url(caplog):
    kept = "Requires-Dist: y>=1\nRequires-Dist: w ; extra == 'z'\nProvides-Extra: z\n"
    url = "Requires-Dist: v @ https://x.org/v.zip ; extra == 'z'\n"
    assert accept(f"{HEAD}{url}{kept}") == f"{HEAD}{kept}"
    assert caplog.messages == [
        "Requirements of extras that point to a URL are left out of PKG-INFO."
    ]


@pytest.mark.parametrize(
    ("stated", "fields", "written"),
    [
        ("2.1", "", "2.2"),
        ("1.0", "", "2.2"),
        ("2.2", "", "2.2"),
        ("2.3", "", "2.3"),
        ("2.1", "License-Expression: MIT\n", "2.4"),
    ],
)
def test_the_version_says_that_metadata_is_static(stated, fields, written):
    """Older versions leave open whether a build changes the metadata."""
    text = HEAD.replace("2.1", stated) + fields
    assert accept(text, is_static=True) == HEAD.replace("2.1", written) + fields
