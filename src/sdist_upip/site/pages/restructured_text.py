"""reStructuredText → safe HTML, as readme_renderer does it, but independent of this computer.

docutils makes its settings for each text, of files of this computer too. Here they are made once,
of nothing but those of readme_renderer. The HTML of a text depends on nothing but the text.
"""

from __future__ import annotations

import io
import re
from functools import cache

from docutils.core import Publisher, publish_parts
from docutils.frontend import Values
from docutils.parsers.rst import Parser, roles
from docutils.readers.standalone import Reader
from docutils.utils import SystemMessage
from docutils.writers.html5_polyglot import Writer
from readme_renderer import rst
from readme_renderer.clean import clean

_REFUSED = re.compile(
    r"date ?::"  # it inserts the time of now
    r"|replace ?::(?:(?!\n[ \t]*\n).)*\|",  # one that inserts others may have no end
    re.IGNORECASE | re.DOTALL,
)
"""Directives that no page follows."""


def render_rst(text: str) -> str | None:
    """Return the HTML of a text, None if it has errors or directives that no page follows."""
    if _REFUSED.search(text):
        return None
    writer = Writer()
    writer.translator_class = rst.ReadMeHTMLTranslator
    settings = _get_settings().copy()
    settings.warning_stream = io.StringIO()
    try:
        parts = publish_parts(text, writer=writer, settings=settings)
    except SystemMessage:
        return None
    finally:
        roles._roles.clear()  # those that a text defines; the next text must not have them
    html: str | None = clean(parts.get("docinfo", "") + parts.get("fragment", ""))
    return html


@cache
def _get_settings() -> Values:
    publisher = Publisher(Reader(), Parser(), Writer())
    publisher.process_programmatic_settings(None, {**rst.SETTINGS, "_disable_config": True}, None)
    return publisher.settings
