"""The libraries of extras: there, or an error that tells how to get them."""

from __future__ import annotations

from importlib import import_module

from ..errors import ConfigError


def require_extra(extra: str, *modules: str) -> None:
    """Raise ConfigError unless all `modules`, which the extra brings, can be imported."""
    for module in modules:
        try:
            import_module(module)
        except ImportError as error:
            raise ConfigError(
                f"this command needs the extra {extra} ({error}); "
                f"run pip install --upgrade 'sdist-upip[{extra}]'"
            ) from error
