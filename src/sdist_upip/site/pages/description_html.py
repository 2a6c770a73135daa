"""HTML of a description → the same, for a place within a page of the site.

What comes in is safe and balanced already. What goes out also has headings below those of the page,
in order, identifiers that the page does not have, and no images, but a link to each. Elements that
HTML no longer has, or not at that place, lose their tags and keep their content.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from .environment import clean_text

PREFIX = "user-content-"
"""What every identifier in a description begins with."""

DEPTH = 50
"""Most elements within one another."""

_RENAMED = {
    "tt": "code",
    "acronym": "abbr",
    **dict.fromkeys(("section", "aside", "nav"), "div"),  # they are landmarks of the whole page
}
_VOID = {"br", "hr", "col"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PHRASES = {
    *("abbr", "b", "cite", "code", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small"),
    *("span", "strong", "sub", "sup", "u", "var"),
}
_BLOCKS = {
    *("blockquote", "details", "div", "dl", "figure", "hr", "ol", "p", "pre", "table", "ul"),
    *_HEADINGS,
}
_PARENTS = {
    "caption": {"table"},
    "col": {"colgroup"},
    "colgroup": {"table"},
    "dd": {"dl"},
    "dt": {"dl"},
    "figcaption": {"figure"},
    "li": {"ol", "ul"},
    "summary": {"details"},
    "tbody": {"table"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"tbody", "thead", "table"},
}
_KEPT = {"a", "br", "del", *_PHRASES, *_BLOCKS, *_PARENTS}
_WITHOUT_BLOCKS = {"p", "pre", "summary", "caption", *_PHRASES, *_HEADINGS}
_WITHOUT_HEADINGS = {"th", "dt"}
_NUMBERS = {"ol": ("start",), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}
_NUMBER = re.compile("[1-9][0-9]{0,2}")
_CLASS = re.compile("[a-z]{1,2}[a-z0-9]?|admonition[a-z-]*|markdown-alert[a-z-]*")
_ALIGNMENTS = {"left", "center", "right"}
_TABLE = '<div class="scroll" role="region" aria-label="Table" tabindex="0">'
_CHECKED, _UNCHECKED = "☑ ", "☐ "


def rewrite_html(html: str) -> str:
    """Return safe HTML for a place below a heading of level 2."""
    rewriter = _Rewriter()
    rewriter.feed(html)
    return clean_text(rewriter.finish())


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: its tag in the source and here, and the place of its first content.

    `tag` is "" for one without tags.
    """

    source: str
    tag: str
    start: int


class _Rewriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[_Element] = []
        self._parents: list[str] = ["div"]
        self._count: Counter[str] = Counter()
        self._levels: list[int] = []
        self._ids: set[str] = set()
        self._fragments: dict[int, tuple[str, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in reversed(attrs)}
        if tag == "img":
            self._add_image(values)
        elif tag == "input":
            self._parts.append(_CHECKED if "checked" in values else _UNCHECKED)
        else:
            new = _RENAMED.get(tag, tag)
            self._add_tag(tag, new if self._is_allowed(new) else "", values)

    def handle_endtag(self, tag: str) -> None:
        if any(one.source == tag for one in reversed(self._open)):
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._parts.append(escape(data))

    def finish(self) -> str:
        """Return the HTML, with all elements closed."""
        self.close()
        while self._open:
            self._close()
        for index, (attributes, fragment) in self._fragments.items():
            if fragment in self._ids:
                self._parts[index] = f'<a href="#{escape(fragment)}"{attributes}>'
        return "".join(self._parts)

    def _is_allowed(self, tag: str) -> bool:
        """Return whether an element may be within those that are open."""
        if tag not in _KEPT or len(self._parents) > DEPTH or (tag == "a" and self._count["a"]):
            return False
        if tag in _BLOCKS and any(self._count[one] for one in _WITHOUT_BLOCKS):
            return False
        if tag in _HEADINGS and any(self._count[one] for one in _WITHOUT_HEADINGS):
            return False
        return tag not in _PARENTS or self._parents[-1] in _PARENTS[tag]

    def _add_tag(self, source: str, tag: str, values: dict[str, str]) -> None:
        if tag in _HEADINGS:
            tag = self._choose_heading(int(tag[1]))
        if tag == "table":
            self._parts.append(_TABLE)
        if tag:
            attributes = self._choose_attributes(tag, values)
            self._parts.append("")
            self._parts[-1] = self._make_link(values, attributes) or f"<{tag}{attributes}>"
        if source not in _VOID:
            self._open.append(_Element(source, tag, len(self._parts)))
            if tag:
                self._parents.append(tag)
                self._count[tag] += 1

    def _choose_heading(self, level: int) -> str:
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        return f"h{min(len(self._levels) + 2, 6)}"

    def _choose_attributes(self, tag: str, values: dict[str, str]) -> str:
        chosen = {}
        name = _prefix(values.get("id", ""))
        if values.get("id") and not re.search(r"\s", name) and name not in self._ids:
            self._ids.add(name)
            chosen["id"] = name
        classes = [one for one in values.get("class", "").split() if _CLASS.fullmatch(one)]
        if values.get("align", "").lower() in _ALIGNMENTS:
            classes.append(f"align-{values['align'].lower()}")
        if classes:
            chosen["class"] = " ".join(classes)
        if tag in {"a", "abbr"} and values.get("title"):
            chosen["title"] = values["title"]
        for key in _NUMBERS.get(tag, ()):
            if _NUMBER.fullmatch(values.get(key, "")):
                chosen[key] = values[key]
        return "".join(f' {key}="{escape(value)}"' for key, value in chosen.items())

    def _make_link(self, values: dict[str, str], attributes: str) -> str:
        """Return the tag of a link, "" without a URL that leads anywhere.

        A link within the description is known when all identifiers are.
        """
        target = values.get("href", "")
        if target.startswith("#"):
            self._fragments[len(self._parts) - 1] = attributes, _prefix(target[1:])
        elif re.match("(?i)https?://[^/]|mailto:", target):
            return f'<a href="{escape(target)}" rel="nofollow"{attributes}>'
        return ""

    def _add_image(self, values: dict[str, str]) -> None:
        text, source = escape(values.get("alt", "").strip()), values.get("src", "")
        if re.match("(?i)https?://[^/]", source) and not self._count["a"]:
            text = f'<a href="{escape(source)}" rel="nofollow">{text or "image"}</a>'
        self._parts.append(text)

    def _close(self) -> str:
        element = self._open.pop()
        if element.tag:
            self._parents.pop()
            self._count[element.tag] -= 1
            is_seen = element.tag != "a" or "".join(self._parts[element.start :]).strip()
            self._parts.append(f"</{element.tag}>" if is_seen else self._hide_link(element.start))
            if element.tag == "table":
                self._parts.append("</div>")
        return element.source

    def _hide_link(self, start: int) -> str:
        """Keep only the identifier of a link that has no text, and return its end."""
        self._fragments.pop(start - 1, None)
        identifier = re.search(' id="[^"]*"', self._parts[start - 1])
        self._parts[start - 1] = f"<a{identifier[0]}>" if identifier else ""
        return "</a>" if identifier else ""


def _prefix(name: str) -> str:
    return name if name.startswith(PREFIX) else f"{PREFIX}{name}"
