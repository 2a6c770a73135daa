"""Code blocks of the documentation."""

import re

from support.paths import ROOT


def blocks(page, language):
    """Yield the code blocks of `language` in a page, without their indentation."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fence = re.compile(rf"^( *)```{language}\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
    for indent, block in fence.findall(text):
        yield "".join(line.removeprefix(indent) for line in block.splitlines(keepends=True))


def commands(page):
    """Return the lines of the code blocks of sh."""
    return [line for block in blocks(page, "sh") for line in block.splitlines()]
