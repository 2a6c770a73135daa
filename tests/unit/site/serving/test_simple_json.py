"""Pages of PEP 691, also as our own client reads them."""

import json

from sdist_upip.index.pages import IndexPage, parse_index_page
from sdist_upip.site.serving.simple_json import make_json_index, make_json_page
from support.site_records import make_project, make_release

URL = "https://site.example/a/simple/sample/"


def test_the_projects():
    assert json.loads(make_json_index(["a", "b-c"])) == {
        "meta": {"api-version": "1.1"},
        "projects": [{"name": "a"}, {"name": "b-c"}],
    }


def test_the_archives_of_a_project():
    releases = [
        make_release("1.0", requires_python=""),
        make_release("2.0", yanked="broken"),
        make_release("3.0rc1", yanked=""),
    ]
    page = json.loads(make_json_page(make_project("sample", *releases)))
    first = releases[0]
    assert page["meta"] == {"api-version": "1.1"}
    assert page["name"] == "sample"
    assert page["versions"] == ["1.0", "2.0", "3.0rc1"]
    assert page["files"][0] == {
        "filename": "sample-1.0.tar.gz",
        "url": "../../files/sample-1.0.tar.gz",
        "hashes": {"sha256": first.sha256},
        "size": 1234,
        "core-metadata": {"sha256": first.metadata_sha256},
        "dist-info-metadata": {"sha256": first.metadata_sha256},
        "yanked": False,
    }
    assert page["files"][1]["requires-python"] == ">=3.4"
    assert [file["yanked"] for file in page["files"]] == [False, "broken", True]


def test_a_client_reads_the_page():
    project = make_project("sample", make_release("1.0"), make_release("2.0", yanked="x"))
    page = IndexPage(URL, make_json_page(project), is_json=True)
    links = [link for link, _ in parse_index_page(page, "here")]
    assert [link.url for link in links] == [
        f"https://site.example/a/files/sample-{version}.tar.gz" for version in ("1.0", "2.0")
    ]
    assert [link.yanked for link in links] == [False, True]
    assert links[0].hashes == {"sha256": project.releases[1].sha256}
    assert links[0].size == 1234
