"""Lines of CI files, scripts and documents that need a change: commands and names of files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from .text_files import split_bom

_GAP = r"[\s\"',\[\]()+\\^]+"
_OPTION = rf"-{{1,2}}\w[\w-]*(?:=[^\s\"',]+)?{_GAP}"
_CERTAIN = (
    "sdist|bdist|bdist_wheel|bdist_egg|bdist_wininst|bdist_rpm|upload|upload_docs|register|develop|"
    "egg_info|dist_info|build_py|optimize_upip|editable_wheel"
)
_OTHER = "build|install|check|test|clean|build_ext|build_sphinx|rotate|alias|install_lib"
_RUN = re.compile(
    rf"setup[\w-]*\.py\)?{_GAP}(?:{_OPTION})*?(?P<command>{_CERTAIN})(?![\w./-])"
    rf"|(?:py|PY|PYTHON|executable|interpreter)[^\s\"',]*{_GAP}(?:{_OPTION})*?(?:[^\s\"',]*/)?"
    rf"setup[\w-]*\.py\)?{_GAP}(?:{_OPTION})*?"
    rf"(?P<other>{_OTHER}|--(?:version|name|fullname|classifiers|requires))(?![\w./-])"
    rf"|(?P<build>(?:-m{_GAP}build|pyproject-build)\b[^\n;&|]*?"
    r"(?:--no-isolation|--skip-dependency-check|\s-n\b|\s-x?nx?\b))"
    r"|(?P<pip>\bpip3?\b[^\n;&|]*--no-build-isolation)"
)
_COMMENT = re.compile(r"\s*(?:#|//|::|REM\b|rem\b|<!--|;)|\s*@?#")
_ORIG = re.compile(r"(?:\bdist\b|\*|\.tar\.gz|\{\w*\}|%s)[^\s\"']*\.orig\b")
_INSTALLED = re.compile(
    r"(?<![\w/-])sdist-upip(?![\w/-]|\.\w)|\binstall\b[^\n;&|]*[\s\"'=]sdist[_.]upip(?![\w/]|\.\w)"
    r"|^\s*(?:-\s*)?[\"']?sdist[_.]upip(?:\[[\w,-]+\])?\s*(?:[<>=~!][^\"'\n]*)?[\"']?,?\s*$"
    r"|\bdeps\s*=\s*sdist[_.]upip\b(?!\.\w)",
    re.MULTILINE,
)
_FILE_OF_REQUIREMENTS = re.compile(r"-r[ =]?\s*[\"']?([\w./-]+)|--requirement[ =]([\w./-]+)")
_HISTORY = re.compile(r"change|history|news|release|authors|licen[cs]e", re.IGNORECASE)
_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc", ".html"})


def is_document(path: str) -> bool:
    """Return whether people read the file, and no tool."""
    pure = PurePosixPath(path)
    is_list = re.search(r"require|constraint|manifest|runtime|cmakelists", pure.stem, re.I)
    return (pure.suffix.lower() in _DOCUMENTS and not is_list) or pure.name == "README"


def is_history(path: str) -> bool:
    """Return whether a document reports changes of the past, which stay true."""
    pure = PurePosixPath(path)
    hidden = any(part.startswith(".") and part != ".github" for part in pure.parts[:-1])
    return is_document(path) and (hidden or bool(_HISTORY.match(pure.stem)))


def find_commands(path: str, text: str, requirements: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that runs setup.py where sdist-upip is not installed, and why.

    `requirements` are the files of requirements that name sdist-upip.
    """
    body = split_bom(text)[1]
    parts = [(0, body)] if is_document(path) else list(_sections(path, body))
    for start, part in parts:
        if _installs(part, requirements) or _inherits(path, part, body, requirements):
            continue
        seen = set()
        for match in _RUN.finditer(part):
            position = start + match.start()
            number = body.count("\n", 0, position) + 1
            line = _line_at(body, position)
            if number in seen or (_COMMENT.match(line) and not is_document(path)):
                continue
            seen.add(number)
            yield number, _describe(match)


def find_names(
    text: str, files: Collection[str], directories: Collection[str], is_text: bool
) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that names removed `files` or `directories`, and a text."""
    # In an ignore list of regular expressions the dot is escaped.
    words = [re.escape(PurePosixPath(path).name).replace(r"\.", r"\\?\.") for path in files]
    if not words:
        return
    of_file = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(set(words)))})(?!\w)(?![\w-]*\.\w)")
    of_directory = None
    if directories and not is_text:
        names = "|".join(re.escape(name) for name in sorted(directories))
        of_directory = re.compile(rf"(?:^|[\s\"'=:,(])(?:\./)?(?:{names})/?(?=$|[\s\"',:)*]|/\*)")
    for number, line in enumerate(split_bom(text)[1].split("\n"), 1):
        for match in of_file.finditer(line):
            if not re.search(r"https?://\S*$", line[: match.start()]):
                yield number, f"names {match[0]}, which is removed. Remove the name there."
                break
        else:
            hit = of_directory.search(line) if of_directory and "import" not in line else None
            if hit is not None:
                name = hit[0].strip(" \t\"'=:,(")
                yield number, f"names the directory {name}, which is removed. Remove the name."


def find_orig_files(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that names the *.orig files of the copy, and a text."""
    for number, line in enumerate(split_bom(text)[1].split("\n"), 1):
        if _ORIG.search(line) and not _COMMENT.match(line):
            yield (
                number,
                f"names *.orig files: {line.strip()!r}. Remove them there. These files no longer "
                "exist.",
            )


def _describe(match: re.Match[str]) -> str:
    if match["build"]:
        return (
            "builds without isolation, and the build needs sdist-upip now. Run pip install "
            "sdist-upip before it, or omit the option."
        )
    if match["pip"]:
        return (
            "installs without build isolation, and a build needs sdist-upip now. Run pip install "
            "sdist-upip before it, or omit the option."
        )
    command = match["command"] or match["other"]
    if command == "optimize_upip" or re.search(
        r"\boptimize_upip\b", match.string[match.end() :][:40]
    ):
        return (
            "runs the command optimize_upip, which does not exist any longer. Run only sdist, and "
            "pip install sdist-upip before it."
        )
    text = (
        f"runs setup.py {command}, for which setup.py imports sdist_upip. Run pip install "
        "sdist-upip before it"
    )
    return f"{text}, or run python -m build --sdist instead." if command == "sdist" else f"{text}."


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else len(text)]


def _sections(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a file that run on their own: jobs of a workflow, environments of tox."""
    if path.endswith((".yml", ".yaml")) and (jobs := re.search(r"(?m)^jobs:[^\n]*\n", text)):
        indent = re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]+)\S", text[jobs.end() :])
        edge = re.compile(rf"(?m)^{indent[1]}(?=[\w\"'-])") if indent else None
        starts = [jobs.end() + m.start() for m in edge.finditer(text[jobs.end() :])] if edge else []
    elif path.endswith((".ini", ".cfg")):
        starts = [match.start() for match in re.finditer(r"(?m)^\[", text)]
    else:
        starts = []
    edges = [0, *starts, len(text)]
    for start, end in pairwise(edges):
        yield start, text[start:end]


def _installs(text: str, requirements: Collection[str]) -> bool:
    if _INSTALLED.search("\n".join(x for x in text.split("\n") if not _COMMENT.match(x))):
        return True
    named = {first or second for first, second in _FILE_OF_REQUIREMENTS.findall(text)}
    return any(name.removeprefix("./") in requirements for name in named)


def _inherits(path: str, part: str, text: str, requirements: Collection[str]) -> bool:
    """Return whether an environment of tox has the requirements of [testenv], which suffice."""
    if not path.endswith((".ini", ".cfg")) or not part.startswith("[testenv:"):
        return False
    if re.search(r"(?m)^deps\s*=", part) and "{[testenv]deps}" not in part:
        return False
    base = re.search(r"(?m)^\[testenv\][^\[]*", text)
    return base is not None and _installs(base[0], requirements)
