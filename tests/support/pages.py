"""What is between the fences of a page."""

import re

from support.paths import ROOT


def blocks(page, language):
    """Yield what is in the fences of `language` in a page, without its indentation."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fence = re.compile(rf"^( *)```{language}\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
    for indent, block in fence.findall(text):
        yield "".join(line.removeprefix(indent) for line in block.splitlines(keepends=True))


def commands(page):
    """Return the lines of the fences of sh."""
    return [line for block in blocks(page, "sh") for line in block.splitlines()]
