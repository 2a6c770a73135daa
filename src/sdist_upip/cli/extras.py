"""A check that the libraries of an extra are installed."""

from __future__ import annotations

import sys
from importlib import import_module

from ..errors import ConfigError

LOCKS = ("filelock",) if sys.platform == "win32" else ()
"""The modules of the extra `install` that lock a directory of packages on this computer."""

INSTALLS = (
    *LOCKS,
    "packaging.pylock",
    "platformdirs",
    "resolvelib",
    "rich",
    "tomli_w",
    "unearth",
)
"""The modules of the extra `install` that take packages from indexes."""


def require_extra(extra: str, *modules: str) -> None:
    """Raise ConfigError unless all `modules` of the extra can be imported."""
    for module in modules:
        try:
            import_module(module)
        except ImportError as error:
            raise ConfigError(
                f"This command requires {module}, which is not installed ({error}). "
                f"Run pip install --upgrade 'sdist-upip[{extra}]'."
            ) from error
