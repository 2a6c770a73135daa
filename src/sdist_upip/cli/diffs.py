"""Changes of files as diffs for people, `git apply` and `patch -p1`."""

from __future__ import annotations

import os
import re
from difflib import unified_diff


def render_diff(path: str, before: str | None, after: str | None) -> str:
    """Return the change of the file at `path` as a unified diff; None for no file."""
    old = _quote(f"a/{path}") if before is not None else "/dev/null"
    new = _quote(f"b/{path}") if after is not None else "/dev/null"
    if before == "" and after is None:  # without lines, only git's own header shows it
        names = f"{old} {_quote(f'b/{path}')}"
        return f"diff --git {names}\ndeleted file mode 100644\nindex e69de29..0000000\n"
    lines = unified_diff(_lines(before), _lines(after), old, new)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _quote(path: str) -> str:
    """Return a path as git spells it in a diff: in quotes if it has unusual characters."""
    if path.isprintable() and not {'"', "\\"} & set(path):
        return path
    unusual = re.compile(rb"[^ !#-\[\]-~]")
    quoted = unusual.sub(lambda match: b"\\%03o" % match[0][0], os.fsencode(path))
    return f'"{quoted.decode("ascii")}"'


def _lines(text: str | None) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")
