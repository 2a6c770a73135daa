"""The rule `frozen-data`: data that R.py carries into firmware, and that modules open as files."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from ...errors import ProjectError
from ...release import Member
from ...resources.members import find_resources
from ...resources.module import read_resource_module
from ..problem import Problem
from .source import Source

_READERS = re.compile(rb"\bpkg_resources\b|\bimport[ \t]+R\b|\bR[ \t]+import\b|\.R\b")
"""Text of modules that read resources: by pkg_resources, or from R itself."""
_FILE = re.compile(r"[\w-]+\.\w{1,5}\Z", re.ASCII)
_TEXTS = 100
"""Most strings that are kept for a name."""


def check_data_access(files: Mapping[str, bytes], sources: Sequence[Source]) -> Iterator[Problem]:
    """Yield the modules that open data of the release, although firmware has only its R.py.

    `files` are those that are installed. Nothing is reported if any module of the release reads
    resources.
    """
    resources = _find_resources(files)
    if not resources or any(
        _READERS.search(data) for path, data in files.items() if _is_code(path)
    ):
        return
    names = {name.rpartition("/")[2] for name in resources}
    for source in sources:
        if b"open" not in source.data or source.tree is None:
            continue
        try:
            finder = _Finder(source.tree, names, resources)
            found = min(finder.visit(source.tree.body), default=None)
        except RecursionError:
            continue  # code that is nested too deeply to look at
        if found:
            line, name = found
            what = name or "a file"
            yield Problem(
                "frozen-data",
                source.path,
                f"Line {line} opens {what} of the package. A package in firmware has no files, "
                "only R.py, and nothing reads that. Use pkg_resources.resource_stream, or set "
                'resources = "files" if the package is never frozen.',
            )
    if any(map(_has_functions, sources)) and not any(b"open" in source.data for source in sources):
        carriers = [path for path in files if path.endswith(("/R.py", "/R.mpy"))]
        yield Problem(
            "frozen-data",
            min(carriers),
            "The module has data for firmware, and no module of the release reads it. Use "
            'pkg_resources.resource_stream, or set resources = "files" if the package is never '
            "frozen.",
        )


def _has_functions(source: Source) -> bool:
    """Return whether a source has code of its own: a package of data alone is read by others."""
    return re.search(rb"\bdef\b|\(", source.data) is not None


def _is_code(path: str) -> bool:
    return path.endswith((".py", ".mpy")) and not path.endswith("/R.py")


def _find_resources(files: Mapping[str, bytes]) -> set[str]:
    """Return the install paths of the data in the R.py files of the release."""
    found: set[str] = set()
    for path, data in files.items():
        if path.endswith("/R.py"):
            try:
                names = read_resource_module(data)
            except ProjectError:
                continue  # a module that the package itself has named R
            found.update(f"{path.removesuffix('R.py')}{name}" for name in names)
    if not found and any(path.endswith("/R.mpy") for path in files):
        for beside in find_resources([Member(path, b"") for path in files], "").values():
            found.update(beside.values())
    return found


class _Finder:
    """Calls of open in a module, and the names in it that come from `__file__`."""

    def __init__(self, tree: ast.Module, names: set[str], resources: set[str]) -> None:
        self.names, self.resources = names, resources
        self.derived: dict[str, list[str]] = {"__file__": [], ".__file__": [], "__path__": []}
        users: dict[str, list[tuple[list[str], ast.expr]]] = {}
        for targets, value in _find_values(tree):
            for used in {_name_of(node) or "" for node in ast.walk(value)}:
                users.setdefault(used, []).append((targets, value))
        waiting = deque(self.derived)
        while waiting:
            for targets, value in users.get(waiting.popleft(), ()):
                for name in targets:
                    if name not in self.derived:
                        self.derived[name] = self._texts(value)
                        waiting.append(name)
        self.writes = any(
            _writes(node) and self._is_derived(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _is_open(node)
        )

    def visit(self, statements: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
        """Yield (line, file name, "" if not known) of the calls that open data."""
        from .conditions import catches

        for statement in statements:
            if isinstance(statement, ast.Try) and any(
                catches(handler, "OSError") for handler in statement.handlers
            ):
                continue
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.expr | ast.withitem):
                    yield from self._visit_expression(child)
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                for child in getattr(statement, field, ()):
                    yield from (
                        self.visit(getattr(child, "body", ()))
                        if isinstance(child, ast.ExceptHandler | ast.match_case)
                        else self.visit([child])
                    )

    def _visit_expression(self, expression: ast.AST) -> Iterator[tuple[int, str]]:
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and _is_open(node) and not _writes(node):
                found = self._find_data(node.args[0])
                if found is not None:
                    yield node.lineno, found

    def _find_data(self, argument: ast.expr) -> str | None:
        """Return the name of the data that `argument` names, "" for unknown data, else None."""
        texts = self._texts(argument)
        if _name_of(argument) in ("__file__", ".__file__"):
            return None
        if self._is_derived(argument):
            named = [match[0] for text in texts if (match := _FILE.search(text))]
            known = [name for name in named if name in self.names]
            if known:
                return known[0]
            return None if named or self.writes else ""
        if isinstance(argument, ast.Constant) and texts:
            path = texts[0].lstrip("/").removeprefix("lib/")
            if path in self.resources:
                return texts[0]
        return None

    def _texts(self, expression: ast.expr) -> list[str]:
        """Return the strings in `expression`, and in what its derived names were made of."""
        texts: list[str] = []
        for node in ast.walk(expression):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
            texts += self.derived.get(_name_of(node) or "", [])
        return list(dict.fromkeys(texts))[:_TEXTS]

    def _is_derived(self, expression: ast.expr) -> bool:
        """Return whether `expression` has a name that comes from `__file__`."""
        return any(_name_of(node) in self.derived for node in ast.walk(expression))


def _find_values(tree: ast.Module) -> Iterator[tuple[list[str], ast.expr]]:
    """Yield the values of assignments and return statements, with the names that get each."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, function = waiting.pop()
        match node:
            case ast.Assign(targets=targets, value=value):
                yield [*filter(None, map(_name_of, targets))], value
            case ast.FunctionDef(name=name):
                function = name
            case ast.Return(value=ast.expr() as value) if function:
                yield [function], value
        waiting.extend((child, function) for child in ast.iter_child_nodes(node))


def _name_of(node: ast.AST) -> str | None:
    """Return a name, with a dot before that of an attribute."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return f".{name}"
    return None


def _is_open(node: ast.Call) -> bool:
    if not node.args:
        return False
    match node.func:
        case ast.Name(id="open") | ast.Attribute(value=ast.Name(id="io" | "uio"), attr="open"):
            return True
    return False


def _writes(node: ast.Call) -> bool:
    """Return whether open may write: its mode is not a constant, or has one of w, a, x and +."""
    modes = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "mode")]
    return any(
        not isinstance(mode, ast.Constant) or not {"w", "a", "x", "+"}.isdisjoint(str(mode.value))
        for mode in modes
    )
