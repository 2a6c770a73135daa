"""Reading setup.cfg and pyproject.toml by setuptools: what it overlooks becomes an error."""

from __future__ import annotations

import codecs
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import setuptools

from ..errors import ProjectError
from ..messages.logs import get_logger
from .manifests import refuse_unreadable
from .package_names import find_stub_project
from .sources import normalize_source

logger = get_logger(__name__)

_FILES = ("pyproject.toml", "setup.cfg")
_MISSING = re.compile(r"File '(.+)' cannot be found")


@contextmanager
def watched_configuration() -> Iterator[None]:
    """Name the missing files of a configuration, and show each error at every attempt.

    setuptools reads the configuration twice, and ignores all errors once. A module of the project
    that could not be imported then counts as imported.
    """
    original = setuptools.Distribution.parse_config_files

    def parse_config_files(self: setuptools.Distribution, *args: Any, **options: Any) -> None:
        files = [Path(name) for name in _FILES]
        refuse_unreadable(*files)
        _refuse_marks(files)
        if stubs := find_stub_project(Path.cwd()):
            from .layout import make_stub_error

            raise make_stub_error(stubs)
        before = set(sys.modules)
        ignores = options.get("ignore_option_errors", False)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                original(self, *args, **options)
            except Exception as error:
                if missing := _find_missing(caught):
                    raise ProjectError(_describe_missing(missing)) from error
                raise
            finally:
                if ignores:
                    _forget_modules(before)
        missing = _find_missing(caught)
        if not ignores:
            _show_again(caught)
            metadata: Any = self.metadata
            if missing and not metadata.version:
                raise ProjectError(_describe_missing(missing))
            for name in missing:
                logger.warning("%s", _describe_missing([name]))

    setuptools.Distribution.parse_config_files = parse_config_files  # type: ignore[method-assign]
    try:
        yield
    finally:
        setuptools.Distribution.parse_config_files = original  # type: ignore[method-assign]


def _refuse_marks(files: list[Path]) -> None:
    for path in files:
        if path.is_file() and path.read_bytes().startswith(codecs.BOM_UTF8):
            raise ProjectError(
                f"{path} begins with a byte order mark, which setuptools does not read. "
                "Save the file as UTF-8 without it."
            )


def _forget_modules(before: set[str]) -> None:
    """Remove the modules of the project in the current directory that were imported since."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(Path.cwd()) and "site-packages" not in file:
            del sys.modules[name]


def _find_missing(caught: list[warnings.WarningMessage]) -> list[str]:
    found = (_MISSING.search(str(warning.message)) for warning in caught)
    names = dict.fromkeys(normalize_source(match[1]) for match in found if match)
    return list(names)


def _show_again(caught: list[warnings.WarningMessage]) -> None:
    for warning in caught:
        if not _MISSING.search(str(warning.message)):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )


def _describe_missing(names: list[str]) -> str:
    sources = [name for name in _FILES if Path(name).is_file()]
    return (
        f"{' or '.join(sources)} reads the file {names[0]!r}, which does not exist. "
        "Add the file or correct its name."
    )
