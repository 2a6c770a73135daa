"""The static files of a site."""

import re

import pytest

from sdist_upip.site.pages.static_files import read_static_files

FILES = read_static_files()
CSS = FILES["static/site.css"].decode()


def test_a_site_has_a_style_sheet_a_script_and_an_icon():
    assert set(FILES) == {"static/icon.svg", "static/site.css", "static/site.js"}


@pytest.mark.parametrize("path", FILES)
def test_no_static_file_loads_anything_or_keeps_anything(path):
    text = FILES[path].decode().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"https?://|@import|url\(|cookie|Storage|fetch|XMLHttp|eval|innerHTML", text
    )


def luminance(color):
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def read_schemes():
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    return {
        name: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for name, block in (("light", light), ("dark", dark))
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("background", ["back", "panel", "warning-back"])
@pytest.mark.parametrize(
    "text", ["text", "quiet", "accent", "warning", "code-keyword", "code-string", "code-name"]
)
def test_text_can_be_read_in_both_schemes(scheme, background, text):
    colors = read_schemes()[scheme]
    assert contrast(colors[text], colors[background]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_can_be_seen_in_both_schemes(scheme):
    colors = read_schemes()[scheme]
    assert contrast(colors["bar"], colors["line"]) >= 2.4
    assert contrast(colors["bar"], colors["back"]) >= 3


def test_every_color_has_a_name():
    rest = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert not re.search(r":[^;{]*(?:#[0-9a-f]{3}|rgb|hsl)", rest)
