"""HTML of a description, for its place in a page."""

import pytest

from sdist_upip.site.pages.description_html import DEPTH, rewrite_html
from support.html_outline import read_outline

TABLE = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'

CASES = {
    "kept": ("<p>a <b>b</b> &amp; &lt;c&gt;<br></p>", "<p>a <b>b</b> &amp; &lt;c&gt;<br></p>"),
    "headings": (
        "<h4>a</h4><h1>b</h1><h3>c</h3><h6>d</h6><h2>e</h2>",
        "<h3>a</h3><h3>b</h3><h4>c</h4><h5>d</h5><h4>e</h4>",
    ),
    "deep headings": (
        "<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5>",
        "<h3>a</h3><h4>b</h4><h5>c</h5><h6>d</h6><h6>e</h6>",
    ),
    "identifiers": (
        '<p id="main">a</p><p id="main">b</p><p id="user-content-main">c</p><p id="a b">d</p>',
        '<p id="user-content-main">a</p><p>b</p><p>c</p><p>d</p>',
    ),
    "link within": (
        '<a href="#x">a</a><a href="#y">b</a><p id="x">c</p>',
        '<a href="#user-content-x">a</a><a>b</a><p id="user-content-x">c</p>',
    ),
    "links": (
        '<a href="HTTPS://a.example/?a&amp;b" title="t">a</a><a href="mailto:a@b">b</a>',
        '<a href="HTTPS://a.example/?a&amp;b" rel="nofollow" title="t">a</a>'
        '<a href="mailto:a@b" rel="nofollow">b</a>',
    ),
    "links elsewhere": (
        '<a href="b.md">a</a><a href="//a.example">b</a><a href="data:x">c</a><a href="">d</a>',
        "<a>a</a><a>b</a><a>c</a><a>d</a>",
    ),
    "link without text": (
        '<h2 id="x">a<a href="#x"></a><a id="y" href="#x"> </a></h2>',
        '<h3 id="user-content-x">a<a id="user-content-y"> </a></h3>',
    ),
    "image": (
        '<img src="https://a.example/b.png" alt="c &lt;"><img src="https://a.example/d.png">',
        '<a href="https://a.example/b.png" rel="nofollow">c &lt;</a>'
        '<a href="https://a.example/d.png" rel="nofollow">image</a>',
    ),
    "image in a link": (
        '<a href="https://a.example"><img src="https://b.example/c" alt="d"></a>',
        '<a href="https://a.example" rel="nofollow">d</a>',
    ),
    "image elsewhere": ('<img src="b.png" alt="c"><img src="data:x">', "c"),
    "tasks": ('<input type="checkbox" checked disabled>a<input type="checkbox">b', "☑ a☐ b"),
    "table": (
        '<table><tr><th align="RIGHT" colspan="2">a</th>'
        '<td rowspan="0" colspan="9999">b</td></tr></table>',
        f'{TABLE}<tr><th class="align-right" colspan="2">a</th><td>b</td></tr></table></div>',
    ),
    "list": (
        '<ol start="3"><li>a</li></ol><ol start="x"></ol>',
        '<ol start="3"><li>a</li></ol><ol></ol>',
    ),
    "classes": (
        '<span class="kn warning s1 markdown-alert-title skip">a</span>',
        '<span class="kn s1 markdown-alert-title">a</span>',
    ),
    "old and strange": (
        "<tt>a</tt><acronym>b</acronym><section><nav>c</nav></section><picture>d</picture><x>e</x>",
        "<code>a</code><abbr>b</abbr><div><div>c</div></div>de",
    ),
    "blocks in phrases": (
        "<div><span><div>a</div><p>b</p></span></div><h1><p>c</p></h1>",
        "<div><span>ab</span></div><h3>c</h3>",
    ),
    "out of place": (
        "<li>a</li><td>b</td><dd>c</dd><summary>d</summary><table><tr><th><h1>e</h1></th></tr></table>",
        f"abcd{TABLE}<tr><th>e</th></tr></table></div>",
    ),
    "link in a link": ("<a>b<a>c</a></a>", "<a>bc</a>"),
    "not closed": ("<div><p>a</div></b>c<ul><li>d", "<div><p>a</p></div>c<ul><li>d</li></ul>"),
    "characters": ("&#8238;a\ufffe<p title='&#8238;'>b</p>", "\ufffda\ufffd<p>b</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), CASES.values(), ids=CASES)
def test_html_fits_into_a_page(html, expected):
    assert rewrite_html(html) == expected
    read_outline(expected)


def test_elements_are_not_deep_within_one_another():
    html = rewrite_html("<div>" * 5000 + "a" + "</div>" * 5000)
    assert html == "<div>" * DEPTH + "a" + "</div>" * DEPTH


@pytest.mark.parametrize(
    "html", ["<div>", "<a href=x>", "<b><p>", "<table><tr><td>", "<h1>", "</p>"]
)
def test_the_result_is_balanced_whatever_comes(html):
    read_outline(rewrite_html(html * 500))
