"""The sources of a release, each parsed only when a rule needs its tree."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property

from ...errors import SOURCE_ERRORS
from ...resources.tokens import TOKEN_LIMIT, exceeds_tokens
from ...syntax.verdict import parse_source

PARSE_LIMIT = 3_000_000
"""Most bytes of a release that are parsed. A tree takes up to a hundred times the memory."""


class ParseBudget:
    """The bytes that the sources of a release may still have parsed."""

    def __init__(self, size: int = PARSE_LIMIT) -> None:
        self._left = size

    def take(self, size: int) -> bool:
        """Return whether `size` bytes are left, and take them."""
        self._left -= size
        return self._left >= 0


class Source:
    """A module of the release: its path, its bytes, and its dotted name below `base`."""

    def __init__(
        self, path: str, data: bytes, base: str = "", budget: ParseBudget | None = None
    ) -> None:
        self.path = path
        self.data = data
        self._budget = budget or ParseBudget()
        stem = path.removeprefix(base).removesuffix(".py")
        self.is_package = stem.endswith("/__init__")
        self.name = stem.removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The dotted name of the package that relative imports start from, "" for none."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def resolve_relative(self, level: int, module: str) -> str | None:
        """Return the absolute name of a relative import, or None if it leads out of the package."""
        parts = self.package.split(".") if self.package else []
        if level > len(parts):
            return None
        base = parts[: len(parts) - level + 1]
        return ".".join([*base, module] if module else base)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, or None if nothing can parse the source, or too much is parsed."""
        if not self._budget.take(len(self.data)):
            return None
        if len(self.data) > TOKEN_LIMIT and exceeds_tokens(self.data, TOKEN_LIMIT):
            return None
        return self._python or parse_source(self.data)

    @cached_property
    def _python(self) -> ast.Module | None:
        """The syntax tree of a source that CPython parses."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.data)
        except SOURCE_ERRORS:
            return None

    @property
    def is_python(self) -> bool:
        """Whether CPython parses the source, so that the tree has the positions of the text."""
        return self.tree is not None and self._python is not None
