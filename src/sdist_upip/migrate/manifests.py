"""Lists of files and modules that name a removed copy: MANIFEST.in, .gitignore, setup.cfg, TOML."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..toml import TomlError, parse_toml
from .text_files import split_bom, split_lines

_NAMED = frozenset({"include", "exclude", "global-include", "global-exclude"})
_BELOW = frozenset({"recursive-include", "recursive-exclude", "graft", "prune"})
_ORIG = re.compile(r"(?:\*\*/|/)?(?:dist/)?\*(?:\.tar\.gz|\.gz)?\.orig")
_MERGE = re.compile(r"(?m)^\*\.rej\b|^\*(?:\.|_)(?:BACKUP|BASE|LOCAL|REMOTE)\b")
_KEY = re.compile(r"(py_modules|py-modules|packages)(\s*[=:]\s*)(.*?)(\s*)$", re.S)
_ARRAY = re.compile(r"(?m)^([ \t]*py-modules[ \t]*=[ \t]*\[)([^\]]*)(\])")


def without_names(text: str, paths: Collection[str], directories: Collection[str]) -> str:
    """Return a MANIFEST.in without `paths` and `directories`, which are relative to it."""
    bom, body = split_bom(text)
    bases = {path.rpartition("/")[2] for path in paths}
    after = []
    for line in re.findall(r"(?:[^\n]*\\[ \t\r]*\n)*[^\n]*\n|[^\n]+", body):
        action, *names = re.sub(r"\\[ \t\r]*\n", " ", line).split() or [""]
        doomed = bases if action.startswith("global-") else paths
        kept = [name for name in names if name.removeprefix("./") not in doomed]
        is_below = action in _BELOW and names and names[0].strip("./") in directories
        if is_below or (action in _NAMED and names and not kept):
            continue
        if action not in _NAMED or kept == names:
            after.append(line)
        else:
            after.append(f"{action} {' '.join(kept)}{line[len(line.rstrip()) :]}")
    return bom + "".join(after)


def without_ignored(text: str, paths: Collection[str]) -> str:
    """Return a .gitignore without *.orig files of the copy, and without the removed `paths`.

    A pattern of all *.orig files stays beside those of merge tools, which make such files too.
    """
    bom, body = split_bom(text)
    merges = bool(_MERGE.search(body))
    lines = split_lines(body)
    kept: list[str] = []
    for line in lines:
        pattern = line.strip()
        is_orig = bool(_ORIG.fullmatch(pattern)) and not (merges and "dist" not in pattern)
        if not is_orig and pattern.lstrip("/") not in paths:
            kept.append(line)
        elif kept and re.match(r"#.*(?:upip|\.orig\b)", kept[-1].strip()):
            kept.pop()
    return bom + "".join(kept)


def without_modules(text: str, modules: Collection[str]) -> str:
    """Return a setup.cfg without `modules` in its lists of modules and packages."""
    bom, body = split_bom(text)
    kept = []
    is_list = False
    for line in split_lines(body):
        match = _KEY.match(line)
        if match is not None:
            is_list = True
            items = [item.strip() for item in match[3].split(",")]
            if set(items) & set(modules):
                left = ", ".join(item for item in items if item not in modules)
                line = f"{match[1]}{match[2] if left else match[2].rstrip()}{left}{match[4]}"
        elif line.strip() and not line[:1].isspace():
            is_list = False
        elif is_list and line.strip().rstrip(",") in modules:
            continue
        kept.append(line)
    return bom + "".join(kept)


def without_py_modules(text: str, modules: Collection[str]) -> str:
    """Return a pyproject.toml without `modules` in `py-modules`; all other text is unchanged."""
    names = "|".join(map(re.escape, sorted(modules)))
    item = re.compile(rf"""\s*(?:"(?:{names})"|'(?:{names})')[ \t]*,?""")
    after = _ARRAY.sub(lambda match: match[1] + item.sub("", match[2]).lstrip(" ") + match[3], text)
    try:
        parse_toml(split_bom(after)[1].encode())
    except TomlError:
        return text
    return after
