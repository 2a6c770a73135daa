"""The text of package.json, also over a file that is there."""

import json

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.migrate.package_json import find_faults
from sdist_upip.mip.package_json import render_package_json

URLS = [("a/__init__.py", "src/a/__init__.py"), ("b.py", "src/b.py")]
DEPS = [("c", "latest")]
TEXT = """\
{
  "urls": [
    ["a/__init__.py", "src/a/__init__.py"],
    ["b.py", "src/b.py"]
  ],
  "deps": [
    ["c", "latest"]
  ],
  "version": "1.0"
}
"""


def test_a_new_file_has_a_line_for_each_pair(tmp_path):
    text = render_package_json("1.0", URLS, DEPS)
    assert text == TEXT
    for _, url in URLS:
        (tmp_path / url).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / url).touch()
    assert list(find_faults(text, tmp_path, ())) == []


def test_without_dependencies():
    document = json.loads(render_package_json("1.0", [], []))
    assert document == {"urls": [], "deps": [], "version": "1.0"}


@pytest.mark.parametrize(
    "present",
    [
        TEXT,
        json.dumps(json.loads(TEXT)),
        json.dumps({key: json.loads(TEXT)[key] for key in ("version", "deps", "urls")}),
        json.dumps({**json.loads(TEXT), "urls": [list(pair) for pair in reversed(URLS)]}),
        json.dumps({**json.loads(TEXT), "author": "me"}),
    ],
)
def test_the_same_content_in_any_order_stays(present):
    assert render_package_json("1.0", URLS, DEPS, present) == present


@pytest.mark.parametrize(
    "present",
    [
        TEXT.replace("1.0", "0.9"),
        TEXT.replace("src/b.py", "b.py"),
        "\ufeff" + TEXT,
        '{"urls": 1, "deps": {}}',
        '{"urls": [[1, 2], 3, null], "deps": []}',
        '{"hashes": [["a.py", "00000000"]]}',
        "",
        " \n",
    ],
)
def test_other_content_is_replaced(present):
    assert render_package_json("1.0", URLS, DEPS, present) == TEXT


def test_keys_that_mip_does_not_read_stay_where_they_are():
    present = {"name": "x", "urls": [], "hashes": [], "author": {"name": "é"}, "version": "0"}
    text = render_package_json("1.0", URLS, DEPS, json.dumps(present))
    assert list(json.loads(text)) == ["name", "urls", "author", "version", "deps"]
    assert json.loads(text)["author"] == {"name": "é"}
    assert render_package_json("1.0", URLS, DEPS, text) == text


@pytest.mark.parametrize(
    "present",
    [
        '{"name": "x", "version": "1", "dependencies": {"left-pad": "1"}}',
        '{"private": true, "scripts": {}}',
        "{}",
    ],
)
def test_a_file_of_npm_is_refused(present):
    with pytest.raises(ProjectError, match=r"sub/package\.json has no urls, .* such as npm"):
        render_package_json("1.0", URLS, DEPS, present, "sub/package.json")


@pytest.mark.parametrize(
    ("present", "reason"),
    [
        ("# Read me\n", "is not valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"urls": [\n<<<<<<< HEAD\n', "is not valid JSON: "),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "is not valid JSON: "),
    ],
)
def test_any_other_file_is_refused(present, reason):
    with pytest.raises(ProjectError) as caught:
        render_package_json("1.0", URLS, DEPS, present, "README.md")
    assert str(caught.value).startswith(f"README.md {reason}")
    assert str(caught.value).endswith(". Fix or remove the file.")


@pytest.mark.parametrize(
    ("path", "shown"), [("é/日.py", '"\\u00e9/\\u65e5.py"'), ("é/😀.py", '"é/😀.py"')]
)
def test_only_what_micropython_cannot_unescape_is_not_escaped(path, shown):
    text = render_package_json("1.0", [(path, "a.py")], [])
    assert shown in text
    assert json.loads(text)["urls"] == [[path, "a.py"]]
