"""Pages of the simple index, as our own reader of pages finds them."""

from sdist_upip.site.formats.simple import make_simple_index, make_simple_page, simple_path
from sdist_upip.site.records import ProjectRecord
from support.site_records import ALERT, make_release


def test_a_page_has_all_archives_the_oldest_first():
    releases = (
        make_release("2.0", yanked=f"bad {ALERT}"),
        make_release("1!1.0+a", requires_python=f'>=3.4"{ALERT}'),
        make_release("1.0", requires_python="", yanked=""),
    )
    page = make_simple_page(ProjectRecord("sample", (), releases)).decode()
    lines = [line for line in page.splitlines() if line.startswith("<a ")]
    assert [line.rpartition(">sample-")[2] for line in lines] == [
        "1.0.tar.gz</a><br>",
        "2.0.tar.gz</a><br>",
        "1!1.0+a.tar.gz</a><br>",
    ]
    digest = releases[2].sha256
    assert lines[0] == (
        f'<a href="../../files/sample-1.0.tar.gz#sha256={digest}" '
        f'data-core-metadata="sha256={digest}" data-dist-info-metadata="sha256={digest}" '
        'data-yanked="">sample-1.0.tar.gz</a><br>'
    )
    assert 'data-yanked="bad &lt;script&gt;' in lines[1]
    assert 'href="../../files/sample-1%211.0%2Ba.tar.gz#' in lines[2]
    assert 'data-requires-python="&gt;=3.4&quot;&lt;script' in lines[2]
    assert "<script" not in page


def test_the_index_has_all_projects():
    page = make_simple_index(["a", "b-c"]).decode()
    assert '<a href="a/">a</a><br>\n<a href="b-c/">b-c</a><br>\n' in page
    assert page.startswith("<!DOCTYPE html>")
    assert simple_path("b-c") == "simple/b-c/index.html"
