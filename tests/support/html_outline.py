"""The elements of a page, read strictly: each is closed, in order, and identifiers are unique."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "col", "input"}
FOREIGN = {"svg", "rect"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element and of those within it."""
        return "".join(self.parts)


@dataclass
class Outline:
    """All elements in order, with the text of each and of those within it."""

    elements: list[Element] = field(default_factory=list)

    def find(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with a tag and attributes."""
        wanted = {key.strip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            one
            for one in self.elements
            if one.tag == tag and wanted.items() <= one.attributes.items()
        ]

    @property
    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]

    @property
    def levels(self) -> list[int]:
        """The levels of the headings in order."""
        return [int(one.tag[1]) for one in self.elements if re.fullmatch("h[1-6]", one.tag)]

    @property
    def targets(self) -> list[str]:
        """Where the links of the page lead."""
        return [one.attributes["href"] for one in self.find("a") if "href" in one.attributes]


def read_outline(page: bytes | str) -> Outline:
    """Return the outline of a page. Raises ValueError for one that is not strict."""
    text = page.decode() if isinstance(page, bytes) else page
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise ValueError(f"not closed: {reader.open[-1].tag}")
    if len(set(reader.outline.ids)) != len(reader.outline.ids):
        raise ValueError("an identifier is there twice")
    return reader.outline


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.outline = Outline()
        self.open: list[Element] = []

    def handle_starttag(self, tag, attrs):
        if len({key for key, _ in attrs}) != len(attrs):
            raise ValueError(f"an attribute is there twice: {attrs}")
        values = {key: value or "" for key, value in attrs}
        element = Element(tag, values)
        self.outline.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        if tag not in FOREIGN:
            raise ValueError(f"HTML has no empty element: {tag}")
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop().tag != tag:
            raise ValueError(f"{tag} is closed and not open")

    def handle_data(self, data):
        for element in self.open:
            element.parts.append(data)
