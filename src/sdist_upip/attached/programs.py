"""The code that is sent to a board, without comments. It runs from RAM."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.resources import files

from ..steps.comments import strip_comments

NAME = "_sdist_upip"
"""The one name that our code has on the board. `forget` removes it."""

FORGET = f"globals().pop({NAME!r}, None)\n__import__('gc').collect()\n"

_FROM_STORE = frozenset({"install", "names"})
"""Functions of upip_store that no change from here calls."""
_INDENT = re.compile(r"^(?: {4})+", re.MULTILINE)


@cache
def survey_program() -> str:
    """Return the code that defines `NAME(root, reads_files, wants_importers)`."""
    source = _read("sent/survey.py")
    return _shorten(source).replace("def survey(", f"def {NAME}(", 1)


@cache
def change_program() -> str:
    """Return the code that defines `NAME`, the functions of device/sent/change.py by name.

    upip_store is the one that `sdist-upip device` writes. Every statement is compiled by itself,
    which takes half of the memory.
    """
    store, manage = _read("upip_store.py"), _read("upip_manage.py")
    parts = [
        *(text for name, text in _parts(store) if name not in _FROM_STORE),
        *(text for name, text in _parts(manage) if name == "undo"),
        *(text for _, text in _parts(_read("sent/change.py"))),
    ]
    return f"{NAME} = {{}}\n" + "".join(f"exec({part!r}, {NAME})\n" for part in parts)


def call(function: str, *arguments: object) -> str:
    """Return the code of a call of a function of the change program."""
    return f"{function_name(function)}({','.join(map(repr, arguments))})\n"


def function_name(function: str) -> str:
    """Return the expression for a function of the change program."""
    return f"{NAME}[{function!r}]"


def _read(path: str) -> str:
    return (files("sdist_upip") / "device" / path).read_text(encoding="utf-8")


def _shorten(source: str) -> str:
    stripped = strip_comments(source.encode()).decode()
    return _INDENT.sub(lambda match: " " * (len(match[0]) // 4), stripped)


def _parts(source: str) -> list[tuple[str, str]]:
    """Return (name, text) of each statement of a module; the name is "" if it is not a function."""
    lines = _shorten(source).splitlines()
    return [
        (
            node.name if isinstance(node, ast.FunctionDef) else "",
            "\n".join(lines[node.lineno - 1 : node.end_lineno]),
        )
        for node in ast.parse("\n".join(lines)).body
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("upip_"))
    ]
