"""The type of an answer: qualities, wildcards, and headers that are malformed."""

import pytest

from sdist_upip.site.serving.negotiation import choose_type

HTML, JSON = "text/html", "application/vnd.pypi.simple.v1+json"
OFFERS = (HTML, JSON)
PIP = f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.mark.parametrize(
    "accept, chosen",
    [
        (None, HTML),
        ("", HTML),
        ("  ", HTML),
        ("*/*", HTML),
        (JSON, JSON),
        (HTML, HTML),
        (f"{JSON}, {HTML}", HTML),
        (f"{JSON}, {HTML};q=0.9", JSON),
        (f"{JSON};q=0.5, {HTML};q=0.51", HTML),
        (f"{JSON};q=0.5,{HTML} ; Q = 0.4", JSON),
        (PIP, JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("application/*", JSON),
        ("application/*;q=0.5, text/*;q=0.6", HTML),
        (f"*/*, {HTML};q=0", JSON),
        (f"*/*;q=0.1, {JSON};q=0", HTML),
        (f"application/*;q=0, {JSON};q=0.1", JSON),
        (f"{JSON.upper()}, {HTML};q=0.1", JSON),
        (f"{JSON};charset=utf-8, {HTML};q=0.1", JSON),
        (f"{JSON};q=1.000, {HTML};q=0.999", JSON),
        ("image/png", None),
        (f"{HTML};q=0", None),
        (f"{HTML};q=0.000, {JSON};q=0.", None),
        # What is malformed is skipped.
        (f"{HTML};q=2, {JSON};q=0.1", JSON),
        (f"{HTML};q=-1, {JSON};q=0.1", JSON),
        (f"{HTML};q=0.0001, {JSON};q=0.1", JSON),
        (f"{HTML};q=nan, {JSON};q=0.1", JSON),
        (f"{HTML};q=, {JSON};q=0.1", JSON),
        (f"text, */html, , ;, ;q=1, {JSON}", JSON),
        (",,,", None),
        ("*", None),
    ],
)
def test_the_type_that_the_header_prefers(accept, chosen):
    assert choose_type(accept, OFFERS) == chosen
