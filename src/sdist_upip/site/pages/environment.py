"""The templates, and what all pages do with text from elsewhere."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from ..settings import SiteSettings
from .commands import PLACEHOLDER

_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u202a-\u202e\u2066-\u2069"  # those that reverse the direction of text
    "\ud800-\udfff\ufdd0-\ufdef"  # surrogates and noncharacters
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)

LINE_LIMIT = 400
"""Most characters of a line that comes from elsewhere, such as a summary."""


def clean_text(text: str) -> str:
    """Return `text` with U+FFFD for each character that neither HTML nor XML allows, and for each
    that reverses the direction of the text around it."""
    return text if text.isascii() and text.isprintable() else _REFUSED.sub("\ufffd", text)


def show_title(settings: SiteSettings) -> str:
    """Return the title of the site, which no page and no feed is without."""
    return shorten(settings.title) or SiteSettings().title


def shorten(text: str) -> str:
    """Return one line of at most LINE_LIMIT characters."""
    text = " ".join(text[: LINE_LIMIT * 4].split())
    return text if len(text) <= LINE_LIMIT else f"{text[: LINE_LIMIT - 1]}…"


@cache
def get_template(name: str) -> Template:
    """Return a template of a page. What it inserts is escaped, and clean (`clean_text`)."""
    return _get_environment().get_template(name)


@cache
def _get_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sdist_upip.site.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["number"] = format_number
    environment.globals["placeholder"] = PLACEHOLDER
    environment.globals["shorten"] = shorten
    return environment


def format_number(number: int) -> str:
    """Return a number with commas between thousands."""
    return f"{number:,}"


def _finalize(value: object) -> object:
    return value if isinstance(value, Markup) or not isinstance(value, str) else clean_text(value)
