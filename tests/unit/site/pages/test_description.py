"""The description of a release."""

import re
from itertools import pairwise

import pytest

from sdist_upip.site.pages import description
from sdist_upip.site.pages.description import (
    HTML_LIMIT,
    RENDER_LIMIT,
    SHOW_LIMIT,
    render_description,
)
from support.html_outline import read_outline
from support.site_records import ALERT, HOSTILE_MARKDOWN, SAMPLES, make_metadata

MARKDOWN = "text/markdown"


def render(text, content_type=MARKDOWN):
    return render_description(make_metadata(text, content_type))


@pytest.mark.parametrize(
    ("text", "content_type", "html"),
    [
        ("*a* <b>b</b>", "text/markdown; charset=UTF-8; variant=GFM", "<p><em>a</em> <b>b</b></p>"),
        ("~~a~~", "text/markdown", "<p><del>a</del></p>"),
        ("~~a~~", "text/markdown; variant=CommonMark", "<p>~~a~~</p>"),
        ("~~a~~", "TEXT/Markdown; variant=none", "<p><del>a</del></p>"),
        ("*a* ``b``", "text/x-rst", "<p><em>a</em> <span>b</span></p>"),
        ("*a* ``b``", None, "<p><em>a</em> <span>b</span></p>"),
        ("*a* <b>", "text/plain", '<pre class="plain">*a* &lt;b&gt;</pre>'),
        ("*a* <b>", "application/x", '<pre class="plain">*a* &lt;b&gt;</pre>'),
        ("*a* <b>", ";;=\t", '<pre class="plain">*a* &lt;b&gt;</pre>'),
        ("`a", "text/x-rst", '<pre class="plain">`a</pre>'),
        ("# A\n\n`a", None, '<pre class="plain"># A\n\n`a</pre>'),
        ("\r\n  a\r\n  b\r", "text/plain", '<pre class="plain">  a\n  b</pre>'),
        ("", "text/plain", ""),
        (" \n\t\n", MARKDOWN, ""),
        ("UNKNOWN\n", "text/plain", ""),
        ("<script>", MARKDOWN, None),
    ],
)
def test_a_description_is_shown_as_its_type_says_or_as_plain_text(text, content_type, html):
    shown = render(text, content_type).replace("code>", "span>").strip()
    if html is not None:
        assert shown == html
    read_outline(shown)


@pytest.mark.parametrize("metadata", [b"", b"\xff\xfe", b"Version: 1\n\ntext", b"\0" * 2_000_000])
def test_metadata_that_no_one_can_read_has_no_description(metadata):
    assert render_description(metadata) == ""


def test_a_description_in_a_field_is_found():
    field = b"Description: *b*\n        \n        c\n"
    metadata = b"Name: a\n" + field + b"Description-Content-Type: text/plain\n"
    assert render_description(metadata) == '<pre class="plain">*b*\n\nc</pre>'


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.title)
def test_a_description_is_safe(sample):
    outline = read_outline(render_description(sample.metadata))
    check_safe(outline)


@pytest.mark.parametrize("content_type", [MARKDOWN, "text/x-rst", "text/plain", None, "x/y"])
@pytest.mark.parametrize(
    "text",
    [
        ALERT,
        HOSTILE_MARKDOWN,
        "`a <javascript:alert(1)>`_ [b](javascript:alert(1)) <javascript:alert(1)>",
        ".. image:: javascript:alert(1)\n   :target: javascript:alert(1)",
        ".. _a: data:text/html,x\n\na_",
        '```"><script>alert(1)</script>\nx\n```',
        "<a href='&#106;avascript:alert(1)'>a</a><a href='java\tscript:alert(1)'>b</a>",
        "<math><mtext><table><mglyph><style><!--</style>"
        "<img title='--&gt;&lt;img src=x onerror=a>'>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<p style='position:fixed' class='skip' onclick='x' data-x='y' role='status'>a</p>",
    ],
)
def test_hostile_text_is_safe_whatever_its_type(text, content_type):
    check_safe(read_outline(render(text, content_type)))


ALLOWED = {"id", "class", "title", "href", "rel", "start", "colspan", "rowspan", "tabindex"}


def check_safe(outline):
    for one in outline.elements:
        assert one.tag not in {"script", "style", "form", "input", "iframe", "img", "svg", "base"}
        if one.attributes.get("role") == "region":
            continue
        assert set(one.attributes) <= ALLOWED, one
        target = one.attributes.get("href", "#")
        assert re.match("https?://|mailto:|#user-content-|#$", target)
        assert target.startswith("#") or one.attributes["rel"] == "nofollow"
    assert all(one.startswith("user-content-") for one in outline.ids)
    assert {one[1:] for one in outline.targets if one[0] == "#"} <= set(outline.ids)
    levels = [2, *outline.levels]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert 1 not in levels[1:] and 2 not in levels[1:]


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        (">" * 90_000, MARKDOWN),
        ("> - " * 20_000, MARKDOWN),
        ("1. * + " * 12_000 + "a", MARKDOWN),
        ("* " * 4_000 + "a", "text/x-rst"),
        ("".join(f"<i id=a{n}><p>" for n in range(6000)), MARKDOWN),
        ("".join(f"<B id=a{n}>`</B>`\n\n" for n in range(4000)), MARKDOWN),
        ("".join(f"<i id=a{n} title='</i>'>\n\n" for n in range(2000)), MARKDOWN),
        ("<b><i><u><s>" * 3 + "<p>" * 30_000, MARKDOWN),
        ("*a* " * (RENDER_LIMIT // 4) + "b", MARKDOWN),
    ],
)
def test_text_that_takes_too_much_work_is_shown_as_plain_text(text, content_type):
    assert render(text, content_type).startswith('<pre class="plain">')


@pytest.mark.parametrize(
    "text",
    [
        "-" * 80,
        "= " * 60,
        "a\n" + "-" * 70,
        "* a\n" * 200,
        "|-|" * 60,
        "<b>a</b> <i>b</i>\n\n" * 5000,
        "<code><b>a</b></code>\n" * 300,
    ],
)
def test_ordinary_text_is_not_too_much_work(text):
    assert '<pre class="plain">' not in render(text)


def test_html_that_is_much_longer_than_its_text_is_not_shown(monkeypatch):
    text = "```python\n" + "+(" * 50
    assert render(text).startswith("<pre><span")
    monkeypatch.setattr(description, "HTML_LIMIT", 1000)
    assert render(text).startswith('<pre class="plain">')


def test_a_long_description_is_cut():
    assert render("a" * (SHOW_LIMIT + 1), "text/plain") == (
        f'<pre class="plain">{"a" * SHOW_LIMIT}</pre>'
        "<p>Only the first 300,000 characters are shown.</p>"
    )
    assert SHOW_LIMIT < HTML_LIMIT
