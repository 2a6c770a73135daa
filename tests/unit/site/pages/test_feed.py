"""The feed of releases (RFC 4287)."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime

import pytest

from sdist_upip.site.pages.feed import LIMIT, render_feed
from sdist_upip.site.settings import SiteSettings
from support.site_records import (
    ALERT,
    CONTROLS,
    OVERRIDE,
    SAMPLES,
    Sample,
    make_project,
    make_release,
)

URL = "https://pkg.example/site"
ATOM = "{http://www.w3.org/2005/Atom}"
ENTRIES = tuple(sample.entry for sample in SAMPLES)


def read(entries=ENTRIES, **settings):
    settings = {"url": URL, **settings}
    return ElementTree.fromstring(render_feed(iter(entries), SiteSettings(**settings)))


def find(element, tag):
    return [one.text for one in element.findall(f"{ATOM}{tag}")]


def entry_of(name, *releases):
    return Sample("", make_project(name, *releases)).entry


def titles(feed):
    return [find(one, "title")[0] for one in feed.findall(f"{ATOM}entry")]


@pytest.mark.parametrize("entries", [ENTRIES, ()], ids=["many", "none"])
@pytest.mark.parametrize("title", ["Packages", "", f"{ALERT}{CONTROLS}{OVERRIDE}"])
def test_a_feed_and_its_entries_have_what_the_standard_requires(entries, title):
    feed = read(entries, title=title)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            (text,) = find(element, tag)
            assert text.strip()
        assert re.match("https://", find(element, "id")[0])
        (updated,) = find(element, "updated")
        datetime.strptime(updated, "%Y-%m-%dT%H:%M:%SZ")
        links = [one.attrib for one in element.findall(f"{ATOM}link")]
        assert [one["rel"] for one in links] in (["alternate"], ["alternate", "self"])
        for author in element.findall(f"{ATOM}author"):
            assert find(author, "name")[0].strip()
    assert feed.find(f"{ATOM}author") is not None
    ids = [find(one, "id")[0] for one in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)


def test_an_entry_leads_to_the_release_on_the_page():
    entry = read([entry_of("a", make_release("1.0.post1+local", summary="A <b> & c"))])[-1]
    assert find(entry, "id") == [f"{URL}/project/a/index.html#1.0.post1%2Blocal"]
    assert entry.find(f"{ATOM}link").attrib["href"] == find(entry, "id")[0]
    assert find(entry, "title") == ["a 1.0.post1+local"]
    assert find(entry, "summary") == ["A <b> & c"]
    assert find(entry, "updated") == ["2023-11-14T22:13:20Z"]
    assert find(entry.find(f"{ATOM}author"), "name") == ["Ada Example"]


def test_identifiers_do_not_change_with_the_spelling_of_a_version():
    one, two = (read([entry_of("a", make_release(version))]) for version in ("1.0RC1", "1.0rc1"))
    assert find(one[-1], "id") == find(two[-1], "id")


def test_the_newest_releases_come_first_and_yanked_ones_are_left_out():
    entries = [
        entry_of("b", make_release("1.0", time=20), make_release("2.0", time=20)),
        entry_of("a", make_release("1.0", time=20), make_release("2.0", time=30, yanked="x")),
        entry_of("c", make_release("1.0", time=40), make_release("0.5", time=0)),
    ]
    feed = read(entries)
    assert titles(feed) == ["c 1.0", "a 1.0", "b 2.0", "b 1.0", "c 0.5"]
    assert find(feed, "updated") == ["1970-01-01T00:00:40Z"]
    assert titles(read(reversed(entries))) == titles(feed)


def test_a_feed_has_the_newest_fifty_releases():
    entries = [entry_of(f"a{n}", make_release("1.0", time=n + 1)) for n in range(LIMIT + 10)]
    assert titles(read(entries)) == [f"a{n} 1.0" for n in range(LIMIT + 9, 9, -1)]
    assert LIMIT == 50


def test_a_time_that_no_calendar_has_is_unknown():
    entries = [entry_of("a", make_release("1.0", time=10**18)), entry_of("b", make_release("1.0"))]
    assert titles(read(entries)) == ["b 1.0", "a 1.0"]


def test_a_url_has_only_characters_of_urls():
    feed = read([], url="https://pkg.example/a b/ü")
    assert find(feed, "id") == ["https://pkg.example/a%20b/%C3%BC/"]


def test_a_site_without_a_url_has_no_feed():
    with pytest.raises(ValueError, match="needs the URL"):
        render_feed(iter(ENTRIES), SiteSettings())
