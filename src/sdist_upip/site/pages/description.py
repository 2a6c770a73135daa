"""The description of a release as HTML.

A description is text of anybody. readme_renderer removes all HTML that is not safe. A page shows it
between its own headings, and loads nothing for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import Message
from functools import partial

from markupsafe import Markup
from readme_renderer import markdown

from ...errors import ProjectError
from ...metadata.core import NONE, CoreMetadata, parse_metadata
from .description_html import rewrite_html
from .environment import clean_text
from .restructured_text import render_rst

RENDER_LIMIT = 100_000
"""Most characters of a description that is rendered. A longer one is shown as plain text."""

HTML_LIMIT = 1_000_000
"""Most characters of HTML that a description becomes. A note may be referred to many times."""

SHOW_LIMIT = 300_000
"""Most characters of a description that a page shows."""

_NESTED = re.compile(r"^(?:[ \t]*(?:>|(?:[*+-]|[0-9]{1,9}[.)])[ \t])){50}", re.MULTILINE)
"""Blocks within blocks, which take the parsers minutes."""

_REPEATED = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
"""Elements that HTML repeats in every block that follows, until they are closed."""

_CLOSED = re.compile(rf"<({_REPEATED})\b[^<>\n]*>[^<`\\\n]*</\1\s*>", re.IGNORECASE)
_OPENED = re.compile(rf"<(?:{_REPEATED})\b", re.IGNORECASE)

_REPEATED_LIMIT = 300_000
"""Most elements that these may become. Each takes 300 bytes of memory."""


def render_description(metadata: bytes) -> Markup:
    """Return the description in PKG-INFO as HTML, "" without one."""
    try:
        core = parse_metadata(metadata)
    except ProjectError:
        return Markup("")
    text = _find_text(core)
    if not text:
        return Markup("")
    return _render(text, core.get("Description-Content-Type") or "text/x-rst") or _show_text(text)


def _find_text(core: CoreMetadata) -> str:
    text = core.description if core.description.strip() else core.get("Description") or ""
    text = clean_text(re.sub("\r\n?", "\n", text)).strip("\n").rstrip()
    return "" if text.strip() == NONE else text


def _render(text: str, content_type: str) -> Markup | None:
    """Return the description as HTML, None if it is plain text, or is not what it claims to be."""
    if _is_too_much(text):
        return None
    try:
        html = _choose_renderer(content_type)(text)
    except Exception:  # the libraries raise any, for text that they cannot parse
        return None
    if not html or not html.strip() or len(html) > HTML_LIMIT:
        return None
    return Markup(rewrite_html(html))


def _is_too_much(text: str) -> bool:
    """Return whether rendering `text` may take minutes, or the memory of this computer."""
    if len(text) > RENDER_LIMIT or _NESTED.search(text):
        return True
    size = text.count("\n") + text.count("<")
    for _ in range(3):  # elements within others
        text = _CLOSED.sub("", text)
    return len(_OPENED.findall(text)) * size > _REPEATED_LIMIT


def _choose_renderer(content_type: str) -> Callable[[str], str | None]:
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_type() == "text/markdown":
        variant = "CommonMark" if header.get_param("variant") == "CommonMark" else "GFM"
        return partial(markdown.render, variant=variant)
    return render_rst if header.get_content_type() == "text/x-rst" else lambda text: None


def _show_text(text: str) -> Markup:
    shown = Markup('<pre class="plain">{}</pre>').format(text[:SHOW_LIMIT])
    if len(text) > SHOW_LIMIT:
        shown += Markup("<p>Only the first {} characters are shown.</p>").format(f"{SHOW_LIMIT:,}")
    return shown
