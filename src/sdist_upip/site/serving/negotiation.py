"""The media type of an answer, chosen by the Accept header of its request (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def choose_type(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the type among `offers` that the header prefers, the first of equal ones.

    Returns None if the header accepts none of them. Without a header, all are equal.
    """
    if accept is None or not accept.strip():
        return offers[0]
    ranges = list(_read_ranges(accept))
    qualities = {offer: _find_quality(offer, ranges) for offer in offers}
    best = max(offers, key=lambda offer: qualities[offer])
    return best if qualities[best] > 0 else None


def _read_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield each media range with its quality. Those that are malformed are skipped."""
    for part in accept.split(","):
        name, *parameters = (one.strip() for one in part.split(";"))
        quality = "1"
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = value.strip()
        if _TYPE.fullmatch(name) and _QUALITY.fullmatch(quality):
            yield name.lower(), float(quality)


def _find_quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that the type is in, 0 without one."""
    for wanted in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
