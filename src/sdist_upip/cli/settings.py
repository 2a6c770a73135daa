"""Options of subcommands for the keys of `[tool.sdist-upip]`, and `-C KEY=VALUE`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from ..config import KEYS, SETTINGS
from ..errors import ConfigError

Settings = dict[str, "str | list[str] | None"]


def add_settings(parser: argparse.ArgumentParser, keys: Iterable[str] = SETTINGS) -> None:
    """Add `-C`, and an option for each of `keys`."""
    parser.add_argument(
        "-C",
        "--config-setting",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="config setting, as build front ends pass it (may be given more than once)",
    )
    for key in keys:
        if KEYS[key].flag:
            parser.add_argument(
                f"--{key}", action=argparse.BooleanOptionalAction, help=KEYS[key].help
            )
        else:
            parser.add_argument(f"--{key}", metavar="VALUE", action="append", help=KEYS[key].help)


def read_settings(options: argparse.Namespace, keys: Iterable[str] = SETTINGS) -> Settings:
    """Return the config settings in `options`; raise ConfigError for an invalid `-C`."""
    settings: Settings = {}
    for text in options.config_setting:
        key, separator, value = text.partition("=")
        if not key or not separator:
            raise ConfigError(f"-C {text!r}: expected KEY=VALUE.")
        _add(settings, key, value)
    for key in keys:
        values = getattr(options, key.replace("-", "_"))
        if isinstance(values, bool):
            values = [str(values).lower()]
        for value in values or ():
            _add(settings, key, value)
    return settings


def _add(settings: Settings, key: str, value: str) -> None:
    old = settings.get(key)
    if old is None:
        settings[key] = value
    else:
        settings[key] = [*(old if isinstance(old, list) else [old]), value]
