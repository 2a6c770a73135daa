"""Check the HTML of the documentation: every internal link resolves, and the search finds terms.

python docs/check_site.py build/html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SEARCHED = {
    "manifest": "how-to/freeze",
    "pylock": "how-to/lock-and-offline",
    "resource_stream": "reference/pkg-resources",
    "sha256": "reference/records",
    "tox": "how-to/pip-and-tox",
}
"""Terms as the search index spells them, and a page that each of them must lead to."""


class Page(HTMLParser):
    """The anchors and the links of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value or "")
            elif name in ("href", "src"):
                self.links.append(value or "")


def find_broken_links(site: Path) -> list[str]:
    """Return `PAGE: LINK` for every link that leads to no file or anchor in `site`."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    return [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _resolves(link, path, pages)
    ]


def _resolves(link: str, source: Path, pages: Mapping[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = source.parent.joinpath(unquote(parts.path)).resolve() if parts.path else source
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or parts.fragment in pages[target].anchors


def find_missing_terms(site: Path, searched: Mapping[str, str] = SEARCHED) -> Iterator[str]:
    """Yield a line for every term whose entry in the search index lacks its page."""
    script = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(script[script.index("(") + 1 : script.rindex(")")])
    for term, page in searched.items():
        found = []
        for table in ("terms", "titleterms"):
            numbers = index[table].get(term, [])
            found += [numbers] if isinstance(numbers, int) else numbers
        if page not in [index["docnames"][number] for number in found]:
            yield f"the search does not find {term} on {page}"


def main() -> None:
    """Exit with the links that are broken and the terms that are not found."""
    site = Path(sys.argv[1]).resolve()
    broken, missing = find_broken_links(site), list(find_missing_terms(site))
    if broken or missing:
        raise SystemExit(
            "\n".join([*(f"broken link in {line}" for line in broken), *missing]),
        )


if __name__ == "__main__":
    main()
