"""Links of pages."""

import pytest

from sdist_upip.site.pages.links import ProjectLink, find_links, quote_path, quote_url
from support.site_records import find_sample


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example/b?c=d#e", "a.example"),
        ("HTTP://A.example:8080", "a.example"),
        ("https://[2001:db8::1]/", "2001:db8::1"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt://a.example/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("ftp://a.example/", ""),
        ("mailto:a@b.example", ""),
        ("//a.example/b", ""),
        ("../b", ""),
        ("", ""),
        ("https:", ""),
        ("https:///b", ""),
        ("https://?", ""),
        ("https://xn--80ak6aa92e.example", "xn--80ak6aa92e.example"),
        ("https://аpple.example", ""),
        ("https://[::1", ""),
        ("https://a.example:99999999/", ""),
        ("https://a.example:b/", ""),
        ("https://user@a.example/", ""),
        ("https://a.example:b@c.example/", ""),
        ("https://a.example\\@b.example", ""),
        (" https://a.example/", ""),
        ("https://a.example/\n", ""),
        ("java\nscript:alert(1)", ""),
        ("https://a.example/\x00", ""),
        ("https://a.example/\u202e", ""),
        ('https://a.example/"onclick="x', ""),
        ("https://a.example/<b>", ""),
        (f"https://a.example/{'a' * 2000}", ""),
    ],
)
def test_only_a_url_of_a_web_page_is_a_link(url, host):
    assert [one.host for one in find_links([("label", url)])] == ([host] if host else [])


def test_a_link_has_its_label_and_its_host_and_is_there_once():
    link = ("Zuhause ☕", "https://a.example/ü?a=%41&b='#c d".replace(" ", ""))
    assert find_links([link, link]) == [
        ProjectLink(link[0], "https://a.example/%C3%BC?a=%41&b='#cd", "a.example")
    ]


def test_of_hostile_links_only_the_web_pages_are_left():
    links = find_links(find_sample("hostile").record.newest.urls)
    assert [one.host for one in links] == ["good.example", "unlabeled.example"]


@pytest.mark.parametrize(
    ("quote", "text", "quoted"),
    [
        (quote_url, "https://a.example/b c?d=\u202e", "https://a.example/b%20c?d=%E2%80%AE"),
        (quote_url, "\ud800", "?"),
        (quote_path, "files/a-1!2.0+local.tar.gz", "files/a-1!2.0+local.tar.gz"),
        (quote_path, 'files/a#b?c"d%.tar.gz', "files/a%23b%3Fc%22d%25.tar.gz"),
        (quote_path, "files/\udcff", "files/%3F"),
    ],
)
def test_urls_have_only_the_characters_of_urls(quote, text, quoted):
    assert quote(text) == quoted
