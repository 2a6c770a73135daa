"""Changes of one setup.py: it imports the distribution, and what only served the copy goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .imports import find_imports, list_modules
from .path_expressions import PathExpressions
from .python_source import Cut, apply_cuts, cut_item, parse_source, without_statements
from .sys_path import drops_directory, plan_sys_path

PUBLIC_NAMES = frozenset(
    {
        *("ArchiveError", "ConfigError", "ProjectError", "SdistUpipError", "StepError"),
        *("Member", "Release", "Step", "StepFactory", "__version__", "sdist"),
    }
)
"""The names that `import sdist_upip` has."""
_NEEDED = frozenset({"difflib", "hashlib", "hmac", "secrets", "tomllib"})
"""Modules of Python that sdist-upip imports, and a copy does not."""
_LISTS = frozenset({"py_modules", "packages", "data_files", "scripts"})
_OVERRIDES = frozenset(
    {"make_release_tree", "make_archive", "make_distribution", "get_archive_files"}
)


@dataclass
class SetupResult:
    """The new text of a setup.py, and notes: the number of a line or 0, and a text."""

    text: str
    notes: list[tuple[int, str]] = field(default_factory=list)


def uses_modules(tree: ast.AST, modules: Collection[str]) -> bool:
    """Return whether the source imports one of `modules` by its own name."""
    return any(name[0] in modules for name in find_imports(tree))


def find_missing_names(tree: ast.AST, modules: Collection[str]) -> set[str]:
    """Return the names of the copies that setup.py uses and the distribution does not have."""
    names = _bound_names(tree, modules)
    missing = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in names:
            missing.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module in modules:
            missing |= {alias.name for alias in node.names}
    return missing - PUBLIC_NAMES - {"OptimizeUpip", "*"}


def change_setup(
    text: str, directory: Path, modules: Collection[str], settings: str
) -> SetupResult:
    """Return the setup.py `text` in `directory` for the distribution.

    `modules` are the names of the removed copies. `settings` is the text of setup.cfg and
    pyproject.toml. The text is Python source.
    """
    result = SetupResult(text)
    tree = parse_source(text)
    if tree is None:
        return result
    used_before = _loaded_names(tree)
    result.text = with_new_imports(_without_old_commands(text, tree, modules, result), modules)
    result.text = _without_items(result.text, modules)
    _clean_path(result, directory, modules, settings)
    if result.text != text:
        result.text = _without_unused(result.text, used_before, directory)
    _note_overrides(result, modules)
    _note_hidden(result, tree, directory)
    return result


def with_new_imports(text: str, modules: Collection[str]) -> str:
    """Return `text` with the imports of `modules` changed to imports of the distribution."""
    for name in sorted(modules):
        if name == "sdist_upip":
            continue
        text = re.sub(
            rf"^([ \t]*)import[ \t]+{name}[ \t]*(\r?)$",
            rf"\1import sdist_upip as {name}\2",
            text,
            flags=re.M,
        )
        text = re.sub(
            rf"^([ \t]*from[ \t]+){name}([ \t]+import\b)", r"\1sdist_upip\2", text, flags=re.M
        )
    return text


def _bound_names(tree: ast.AST, modules: Collection[str]) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in modules
    }


def _without_old_commands(
    text: str, tree: ast.Module, modules: Collection[str], result: SetupResult
) -> str:
    """Replace optimize_upip, a command of the oldest copies, by sdist."""
    names = _bound_names(tree, modules)
    from_imports = [
        (node, alias)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
        if alias.name == "OptimizeUpip"
    ]
    cuts: list[Cut] = []
    is_used = bool(from_imports)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        keys = [getattr(key, "value", None) for key in node.keys]
        for index, value in enumerate(node.values):
            owner = getattr(getattr(value, "value", None), "id", "")
            if getattr(value, "attr", "") != "OptimizeUpip" or owner not in names:
                continue
            is_used = True
            key = node.keys[index]
            if key is None:
                continue
            if "sdist" in keys:
                entries = [x for x in zip(node.keys, node.values, strict=True) if x[0] is not None]
                position = entries.index((key, value))
                cuts.append(cut_item(text, [(k, v) for k, v in entries if k], position))
            else:
                keys.append("sdist")
                new = f'"sdist": {owner}.sdist'
                cuts.append(
                    Cut(key.lineno, key.col_offset, value.end_lineno, value.end_col_offset, new)
                )
    if is_used or "OptimizeUpip" in text:
        result.notes.append(
            (
                0,
                "uses optimize_upip, which is not a command any longer. The command sdist "
                "replaces it. Remove optimize_upip from commands that run it.",
            )
        )
    return apply_cuts(text, cuts)


def _without_items(text: str, modules: Collection[str]) -> str:
    """Remove `modules` from py_modules and the like."""
    doomed = {*modules, *(f"{name}.py" for name in modules)}
    while (tree := parse_source(text)) is not None:
        cut = next(_find_items(text, tree, doomed), None)
        after = text if cut is None else apply_cuts(text, [cut])
        if after == text or parse_source(after) is None:
            break
        text = after
    return text


def _find_items(text: str, tree: ast.Module, doomed: set[str]) -> Iterator[Cut]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            name, value = node.arg, node.value
        elif isinstance(node, ast.Assign):
            name, value = getattr(node.targets[0], "id", ""), node.value
        else:
            continue
        if name not in _LISTS:
            continue
        for inner in ast.walk(value):
            if isinstance(inner, ast.List | ast.Tuple):
                for index, item in enumerate(inner.elts):
                    if isinstance(item, ast.Constant) and item.value in doomed:
                        yield cut_item(text, [(x, x) for x in inner.elts], index)


def _clean_path(
    result: SetupResult,
    directory: Path,
    modules: Collection[str],
    settings: str,
) -> None:
    tree = parse_source(result.text)
    if tree is None:
        return
    plan = plan_sys_path(tree, directory, modules, settings)
    about = re.compile(rf"sys\.path|upip|import path|{'|'.join(map(re.escape, sorted(modules)))}")
    for node in plan.served:
        cleaned = without_statements(result.text, [node], about, tree)
        if cleaned is None:
            plan.uncertain[node] = ""
    served = [node for node in plan.served if node not in plan.uncertain]
    cleaned = without_statements(result.text, served, about, tree)
    if cleaned is None or parse_source(cleaned) is None:
        plan.uncertain.update(dict.fromkeys(served, ""))
    else:
        result.text = cleaned
    lines = {_key(node): node for node in ast.walk(parse_source(result.text) or tree)}
    for node, reason in plan.uncertain.items():
        place = lines.get(_key(node), node)
        line = getattr(place, "lineno", 0)
        if reason:
            text = (
                f"keeps {_key(node)!r}, because {reason}. Remove the statement if only the copy "
                "needed it."
            )
        else:
            line = 0
            text = "changes sys.path for the copy. Remove that change, which is not needed."
        result.notes.append((line, text))


def _key(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0] if isinstance(node, ast.stmt) else ""


def _without_unused(text: str, used_before: Collection[str], directory: Path) -> str:
    """Remove imports and paths that only the removed statements used."""
    while (tree := parse_source(text)) is not None:
        unused = set(used_before) - _loaded_names(tree)
        paths = PathExpressions(directory, tree)
        cuts: list[Cut] = []
        going: list[ast.stmt] = []
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
                doomed = [name in unused and name != "sdist_upip" for name in names]
                if all(doomed):
                    going.append(node)
                elif any(doomed):
                    aliases = [(alias, alias) for alias in node.names]
                    cuts += [cut_item(text, aliases, i) for i, gone in enumerate(doomed) if gone]
            elif (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and getattr(node.targets[0], "id", "") in unused
                and paths.evaluate(node.value) is not None
            ):
                going.append(node)
        if not cuts and not going:
            return text
        after = apply_cuts(text, cuts[:1]) if cuts else None
        if after is None:
            after = without_statements(text, going, re.compile(r"sys\.path"), tree)
        if after is None or parse_source(after) is None:
            break
        text = after
    return text


def _loaded_names(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _note_hidden(result: SetupResult, tree: ast.Module, directory: Path) -> None:
    """Note modules of the project that sdist-upip would import instead of Python's."""
    hidden = sorted(list_modules(directory) & _NEEDED)
    if hidden and not drops_directory(tree):
        result.notes.append(
            (
                0,
                f"has {', '.join(hidden)} beside it, which Python imports instead of its own. "
                "sdist-upip needs those of Python. Put 'import sys' and 'sys.path.pop(0)' before "
                "the other imports.",
            )
        )


def _note_overrides(result: SetupResult, modules: Collection[str]) -> None:
    tree = parse_source(result.text)
    for name, methods, line in _subclasses(tree, {*modules, "sdist_upip"}) if tree else ():
        result.notes.append(
            (
                line,
                f"has a class {name} that overrides {', '.join(methods)} of the command sdist. "
                "The build does not call it. Write a step for the change instead.",
            )
        )


def _subclasses(tree: ast.AST, modules: Collection[str]) -> Iterator[tuple[str, list[str], int]]:
    names = _bound_names(tree, modules)
    classes = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(
            getattr(getattr(base, "value", None), "id", "") in names
            or getattr(base, "id", "") in classes
            for base in node.bases
        ):
            methods = {x.name for x in node.body if isinstance(x, ast.FunctionDef)} & _OVERRIDES
            if methods:
                yield node.name, sorted(methods), node.lineno
