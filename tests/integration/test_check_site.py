"""docs/check_site.py finds links that lead nowhere, and terms that the search does not know."""

import json

import pytest

from support.paths import ROOT
from support.processes import run_python
from support.trees import write_tree


@pytest.fixture
def check(tmp_path, monkeypatch):
    """A function from pages, and what the search index has of terms and titles, to the output."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from check_site import SEARCHED

    def check(pages, missing=""):
        numbers = {page: number for number, page in enumerate(dict.fromkeys(SEARCHED.values()))}
        terms = {term: numbers[page] for term, page in SEARCHED.items() if term != missing}
        index = {"docnames": [*numbers], "terms": terms, "titleterms": {}}
        script = f"Search.setIndex({json.dumps(index)})"
        write_tree(tmp_path, {**pages, "searchindex.js": script})
        result = run_python(ROOT / "docs/check_site.py", tmp_path, cwd=tmp_path)
        return result.returncode, result.stderr.splitlines()

    return check


def test_a_site_without_mistakes_passes(check):
    pages = {
        "a.html": '<p id="here"><a href="b/c.html#there">c</a><a href="#here">a</a></p>',
        "b/c.html": '<a id="there" href="../a.html#here">a</a><img src="x.svg">'
        '<a href="https://index.example/#x">elsewhere</a>',
        "b/x.svg": "<svg/>",
    }
    assert check(pages) == (0, [])


@pytest.mark.parametrize("link", ["b.html", "#there", "a.html#there", "../outside.html"])
def test_a_link_that_leads_nowhere_is_found(check, link):
    code, lines = check({"a.html": f'<p id="here"><a href="{link}">x</a></p>'})
    assert (code, lines) == (1, [f"broken link in a.html: {link}"])


def test_a_term_that_the_search_does_not_find_is_found(check):
    code, lines = check({}, missing="pylock")
    assert code == 1
    assert lines == ["the search does not find pylock on how-to/lock-and-offline"]
