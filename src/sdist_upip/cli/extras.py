"""A check that the libraries of an extra are installed."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

from ..errors import ConfigError

LOCKS = ("filelock",) if sys.platform == "win32" else ()
"""The modules of the extra `install` that lock a directory of packages on this computer."""

INSTALLS = (
    *LOCKS,
    "httpx2",
    "packaging.pylock",
    "platformdirs",
    "resolvelib",
    "rich",
    "tomli_w",
    "unearth",
)
"""The modules of the extra `install` that take packages from indexes."""

BOARDS = ("mpremote.transport_serial", "serial.tools.list_ports")
"""The modules of the extra `board`."""

_IMPORTERS = ("importlib", "_frozen_importlib", "_frozen_importlib_external")
"""Modules of Python whose functions are in the traceback of an import."""


def require_extra(extra: str, *modules: str) -> None:
    """Raise ConfigError unless all `modules` of the extra are installed.

    They are found, and not imported, since that takes long and few commands need all of them.
    """
    for module in modules:
        try:
            if not _is_found(module):
                import_module(module)  # its error has the reason
        except ImportError as error:
            raise _not_installed(extra, module, error) from error


def describe_failed_import(error: ImportError, extra: str | None) -> ConfigError | None:
    """Return the error to show for a library that is found and cannot be imported.

    `extra` is that of the command. The result is None for a module that no extra brings.
    """
    library = _find_library(error)
    if library in {module.partition(".")[0] for module in BOARDS}:
        extra = "board"
    return _not_installed(extra, library, error) if extra and library else None


def _not_installed(extra: str, module: str, error: ImportError) -> ConfigError:
    return ConfigError(
        f"This command requires {module}, which is not installed ({error}). "
        f"Run pip install --upgrade 'sdist-upip[{extra}]'."
    )


def _find_library(error: ImportError) -> str | None:
    """Return the library that sdist-upip imports when the error is raised, or None."""
    from traceback import walk_tb

    own = __name__.partition(".")[0]
    found = ""
    for frame, _ in walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__")).partition(".")[0]
        if module == own:
            found = ""
        elif module not in _IMPORTERS:
            found = found or module
    found = found or (error.name or "").partition(".")[0]
    return found if found not in ("", own) else None


def _is_found(module: str) -> bool:
    """Return whether the module is installed. Raises ImportError if its package is not."""
    try:
        return find_spec(module) is not None
    except ValueError:  # a module in sys.modules without a specification
        return False
