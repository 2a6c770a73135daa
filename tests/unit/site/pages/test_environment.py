"""What all pages do with text from elsewhere."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from sdist_upip.site.pages.environment import (
    LINE_LIMIT,
    clean_text,
    get_template,
    shorten,
    show_title,
)
from sdist_upip.site.settings import SiteSettings

KEPT = ("", "plain", "tab\tline\nreturn\r", "naïve 電子 ☕ 🙂‍↔️ עברית", "\u200b\u200d\xa0", "<&>")


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_text_is_kept(text):
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "point",
    [
        *(0, 8, 0xB, 0xC, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F, 0x202A, 0x202E, 0x2066, 0x2069),
        *(0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF),
    ],
)
def test_characters_that_html_and_xml_refuse_or_that_reverse_text_are_replaced(point):
    assert clean_text(f"a{chr(point)}b") == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n  b\tc ", "a b c"),
        ("x" * LINE_LIMIT, "x" * LINE_LIMIT),
        ("x" * (LINE_LIMIT + 1), "x" * (LINE_LIMIT - 1) + "…"),
        ("x " * 1_000_000, "x " * (LINE_LIMIT // 2 - 1) + "x…"),
    ],
)
def test_a_line_from_elsewhere_is_one_line_and_not_long(text, line):
    assert shorten(text) == line


@pytest.mark.parametrize("title", ["", " \n"])
def test_a_site_without_a_title_has_the_default_one(title):
    assert show_title(SiteSettings(title=title)) == SiteSettings().title


def test_templates_escape_and_clean_what_they_insert():
    template = get_template("base.html").environment.from_string("{{ a }}|{{ b }}|{{ c | number }}")
    shown = template.render(a="<b>\0\u202e", b=Markup("<b>"), c=12345)
    assert shown == "&lt;b&gt;\ufffd\ufffd|<b>|12,345"


def test_a_name_that_a_template_does_not_know_is_an_error():
    with pytest.raises(UndefinedError):
        get_template("base.html").environment.from_string("{{ a.b }}").render()


def test_a_template_is_read_once():
    assert get_template("base.html") is get_template("base.html")
