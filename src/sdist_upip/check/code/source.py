"""The sources of a release, each parsed only when a rule needs its tree."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property

from ...errors import SOURCE_ERRORS
from ...resources.tokens import TOKEN_LIMIT, exceeds_tokens
from ...syntax.verdict import parse_source


class Source:
    """A module of the release: its path, its bytes, and its dotted name below `base`."""

    def __init__(self, path: str, data: bytes, base: str = "") -> None:
        self.path = path
        self.data = data
        stem = path.removeprefix(base).removesuffix(".py")
        self.is_package = stem.endswith("/__init__")
        self.name = stem.removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The dotted name of the package that relative imports start from, "" for none."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, or None if the source is too large or nothing can parse it."""
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
