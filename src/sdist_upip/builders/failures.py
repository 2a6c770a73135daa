"""Errors in the build files of a project → the file, the line, the problem and the remedy.

The error is an exception of this process, or a traceback in the output of another one.
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
import tokenize
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import SOURCE_ERRORS
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT
from ..project.sources import walk_sources

Frame = tuple[str, int, str]
"""The file, the line and the function of a call."""

Place = tuple[str, int]
"""A file of the project, as a path in it, and a line."""

_OURS = Path(__file__).parents[1]
_SCRIPT = "setup.py"
_FRAME = re.compile(r'\s*File "(.+?)", line (\d+)(?:, in (\S+))?')
_ERROR = re.compile(r"(?:\w+\.)*(\w+)(?:: (.*))?")
_LIBRARY = (str(Path(traceback.__file__).parent), "<frozen ", "<string>")
_PACKAGES = re.compile(r".*[/\\](?:site|dist)-packages[/\\](\w+)")
_RUNNERS = frozenset({"<frozen runpy>", runpy.__file__})
_ERRNO = re.compile(r"^\[Errno \d+\] ")
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
_READ_OTHERWISE = "a module that imports nothing of a board, or write a literal."
_LINES_OF_SETUPTOOLS = 2
"""Lines of an error in a configuration. setuptools prints a whole schema after them."""
_CONFIGURATION = re.compile(r".*[/\\]setuptools[/\\]config[/\\](\w+)\.py")


@dataclass(frozen=True)
class Failure:
    """An error: the name of its class, its text, and the calls that led to it, the last one last.

    `causes` are the calls that led to the errors before it.
    """

    kind: str
    text: str
    frames: tuple[Frame, ...]
    causes: tuple[Frame, ...] = ()


def make_failure(error: BaseException) -> Failure:
    """Return the failure that `error` is."""
    causes: list[Frame] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < 1000:
        causes += _frames_of(cause)
        cause = cause.__cause__ or cause.__context__
    return Failure(type(error).__name__, _read_text(error), tuple(_frames_of(error)), tuple(causes))


def _read_text(error: BaseException) -> str:
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:  # its class is one of the project, and fails too
        return ""


def read_failure(output: str) -> Failure | None:
    """Return the failure that the last traceback in `output` shows, or None."""
    frames: list[Frame] = []
    causes: list[Frame] = []
    lines: list[str] = []
    for line in output.splitlines():
        if line.strip().startswith("Traceback (most recent call last)"):
            causes, frames, lines = causes + frames, [], []
        elif match := _FRAME.match(line):
            frames.append((match[1], int(match[2]), match[3] or ""))
            lines = []
        elif frames and line.strip() and (lines or not line.startswith(" ")):
            lines.append(line.strip())
    match = _ERROR.fullmatch(lines[0]) if lines else None
    if match is None or not frames:
        return None
    text = "\n".join([match[2] or "", *lines[1:]])
    return Failure(match[1], text, tuple(frames), tuple(causes))


def with_source(failure: Failure, directory: Path) -> Failure:
    """Return `failure` with the file in `directory` that does not compile, if Python has not named
    it. A backend may parse the text of a module without its name."""
    if failure.kind not in _SYNTAX_ERRORS or failure.frames[-1][0] != "<unknown>":
        return failure
    for source in walk_sources(directory):
        if source.endswith(".py"):
            try:
                ast.parse(read_regular(directory / source, TEXT_LIMIT))
            except SyntaxError as error:
                if error.lineno == failure.frames[-1][1]:
                    return replace(failure, frames=(*failure.frames, (source, error.lineno, "")))
            except (OSError, *SOURCE_ERRORS):
                continue
    return failure


def describe_failure(failure: Failure, directory: Path) -> str | None:
    """Return a message for the author of the project in `directory`, as sentences.

    Returns None for an error that does not come from a file of the project.
    """
    frames = [frame for frame in failure.frames if not _is_of_python(frame[0])]
    if not frames or Path(frames[-1][0]).is_relative_to(_OURS):
        return None
    places, calls = _find_places(failure.frames, directory), frames
    if not places:
        places, calls = _find_places(failure.causes, directory), list(failure.causes)
    what = describe_error(failure)
    config = _find_configuration(frames)
    if places and not (config and places[-1][0] == _SCRIPT):
        advice = _advise(failure, places, calls, directory)
        return f"{_locate(places, config)}: {_as_sentence(what)} {advice}"
    if config:
        what = describe_error(failure, _LINES_OF_SETUPTOOLS)
        if failure.kind == "ValueError" or failure.kind.startswith("Distutils"):
            what = _text_of(failure, _LINES_OF_SETUPTOOLS)  # a sentence
        what = _as_sentence(what)
        return f"setuptools cannot read the configuration of the project: {what} Correct {config}."
    return None


def describe_plug_in(failure: Failure) -> str | None:
    """Return a message that names the installed package that failed, or None if it is ours."""
    files = [file for file, *_ in failure.frames if not _is_of_python(file)]
    owners = [_PACKAGES.match(file) for file in files]
    if not owners or owners[-1] is None or Path(files[-1]).is_relative_to(_OURS):
        return None
    name = owners[-1][1]
    if message := describe_import(failure, name):
        return message
    advice = f"Correct the settings of {name}."
    return f"{name} failed with {_as_sentence(describe_error(failure))} {advice}"


def describe_import(failure: Failure, name: str = "The backend") -> str | None:
    """Return a message if the program `name` could not import a module, or None."""
    if failure.kind not in _IMPORT_ERRORS:
        return None
    what = _as_sentence(describe_error(failure))
    return f"{name} failed with {what} If it reads a value from a module, name {_READ_OTHERWISE}"


def describe_error(failure: Failure, most: int = 6) -> str:
    """Return the class of an error and the first lines of its text, without a final period."""
    text = _text_of(failure, most)
    return f"{failure.kind}: {text}" if text else failure.kind


def _text_of(failure: Failure, most: int) -> str:
    lines = [line.strip(" -").rstrip(".:") for line in failure.text.splitlines()]
    return _ERRNO.sub("", ". ".join([line for line in lines if line][:most]))


def describe_refusal(ending: SystemExit, directory: Path) -> str | None:
    """Return a message if setuptools has refused the arguments of setup(), or None."""
    match = re.fullmatch(r"error in .+? setup command: (.+)", str(ending.code), re.DOTALL)
    if match is None:
        return None
    what = _as_sentence(" ".join(match[1].split()).rstrip("."))
    if places := _find_places(make_failure(ending).frames, directory):
        return f"{_locate(places[-1:])}: {what} Correct the arguments of setup()."
    return (
        f"setuptools cannot use the configuration of the project: {what} "
        "Correct pyproject.toml or setup.cfg."
    )


def describe_exit(ending: SystemExit, directory: Path) -> str | None:
    """Return a message if a file of the project has ended the build itself, or None."""
    frames = [frame for frame in make_failure(ending).frames if not _is_of_python(frame[0])]
    if not frames or not (places := _find_places(frames[-1:], directory)):
        return None
    where = f"{_locate(places)}, ended the build"
    if not isinstance(ending.code, str):
        return f"{where} with exit code {ending.code}. Correct {places[0][0]}."
    lines = [line.strip() for line in ending.code.splitlines() if line.strip()]
    reason = _as_sentence(" / ".join(lines).removeprefix("error: ").rstrip("."))
    return f"{where}: {reason} Do what it says, or correct {places[0][0]}."


def cause_lines(error: BaseException) -> list[str]:
    """Return the lines of the traceback of the error behind `error`, none if there is none."""
    cause = error.__cause__
    if cause is None:
        return []
    return "".join(traceback.format_exception(cause)).splitlines()


def _frames_of(error: BaseException) -> Iterator[Frame]:
    before = ""
    for frame in traceback.extract_tb(error.__traceback__):
        yield _file_of(frame.filename, before), frame.lineno or 0, frame.name
        if frame.filename != tokenize.__file__:
            before = frame.filename
    if isinstance(error, SyntaxError):
        # Python names no file if its encoding is wrong, or if there is a null byte in it.
        file = _file_of(error.filename or "<string>", before)
        if file != "<string>":
            yield file, error.lineno or 0, ""


def _file_of(file: str, caller: str) -> str:
    """Return `file`, which is text from `caller` if it is `<string>`: of setup.py for tools that
    run the script, such as the hooks of setuptools."""
    runs_script = Path(caller).name == "build_meta.py" or caller in _RUNNERS
    return _SCRIPT if file == "<string>" and runs_script else file


def _is_of_python(file: str) -> bool:
    return file.startswith(_LIBRARY) and not _PACKAGES.match(file)


def _find_configuration(frames: Iterable[Frame]) -> str | None:
    """Return the file that setuptools was reading, or None."""
    read = [match[1] for file, *_ in frames if (match := _CONFIGURATION.match(file))]
    if "pyprojecttoml" in read or "_apply_pyprojecttoml" in read:
        return "pyproject.toml"
    if "setupcfg" in read:
        return "setup.cfg"
    if read or any(name == "parse_config_files" for *_, name in frames):
        return "pyproject.toml or setup.cfg"
    return None


def _as_sentence(text: str) -> str:
    return text if text.endswith(("?", "!")) else f"{text}."


def _find_places(frames: Iterable[Frame], directory: Path) -> list[Place]:
    """Return the places of the frames in files of the project."""
    places = []
    root = directory.resolve()
    for file, line, _ in frames:
        path = (root / file).resolve()
        if (
            not file.startswith("<")
            and path.is_file()
            and path.is_relative_to(root)
            and not _PACKAGES.match(str(path))
            and not (path.is_relative_to(sys.prefix) and not root.is_relative_to(sys.prefix))
        ):
            places.append((path.relative_to(root).as_posix(), line))
    return places


def _locate(places: list[Place], config: str | None = None) -> str:
    (first, first_line), (last, last_line) = places[0], places[-1]
    via = f", imported by {first}, line {first_line}" if first != last else ""
    via = f", imported for {config}" if config else via
    # Errors of the encoding of a file have no line.
    return f"{last}, line {last_line}{via}" if last_line else f"{last}{via}"


def _advise(failure: Failure, places: list[Place], frames: list[Frame], directory: Path) -> str:
    file, kind = places[-1][0], failure.kind
    if kind in _IMPORT_ERRORS and _find_configuration(frames):
        return f"setuptools imports this module to read a value. Point attr at {_READ_OTHERWISE}"
    if kind in _IMPORT_ERRORS and any(file == _SCRIPT for file, _ in places):
        return _advise_script(failure.text, directory)
    if kind in _IMPORT_ERRORS:
        return f"The build imports this module to read a value. Name {_READ_OTHERWISE}"
    if kind == "FileNotFoundError":
        return f"Add the file, or correct the name in {file}."
    if kind == "UnicodeDecodeError":
        return f'Save the text as UTF-8, and pass encoding="utf-8" where {file} reads it.'
    if kind == "KeyError" and failure.frames[-1][0].endswith(("os.py", "<frozen os>")):
        return f"Set this environment variable, or do not read it in {file}."
    owner = _PACKAGES.match(frames[-1][0])
    if owner and owner[1] in {"setuptools", "_distutils_hack", "distutils", "packaging"}:
        return "setuptools raised the error. Correct the arguments of setup()."
    if owner:
        return f"{owner[1]} raised the error. Correct its settings, or remove it from the build."
    return f"Correct {file}."


def _advise_script(text: str, directory: Path) -> str:
    match = re.search(r"No module named '([\w.]+)'", text)
    name = match[1].partition(".")[0] if match else ""
    if name and ((directory / f"{name}.py").is_file() or (directory / name).is_dir()):
        return (
            "The project has this module, but its directory is not on the path. Add "
            f"sys.path.insert(0, os.path.dirname(__file__)) to {_SCRIPT}, before the import."
        )
    return (
        "If this is a module of a board, do not import it for the build: write a literal. "
        "If not, add its project to build-system.requires and install it."
    )
