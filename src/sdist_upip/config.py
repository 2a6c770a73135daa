"""Configuration: `[tool.sdist-upip]` and config settings, validated by one table of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from .errors import ConfigError
from .limits import WINDOW, WINDOWS
from .patterns import compile_pattern
from .pyproject import read_table

TABLE = "[tool.sdist-upip]"


class Config(NamedTuple):
    """The settings of one build; each attribute is named like its key, with `_` for `-`."""

    steps: tuple[str, ...] = ("resources", "metadata")
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    resources: str = "both"
    description: bool = True
    license_files: str = "drop"
    pip_compatible: bool = False
    compression: str = "auto"
    window: int = WINDOW
    targets: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    package_json: Mapping[str, Any] = MappingProxyType({})
    step: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def read_config(directory: Path, settings: Mapping[str, Any] | None = None) -> Config:
    """Return the Config of the project in `directory`.

    `settings` are strings, as front ends pass them, and override the table. Raises ConfigError for
    unknown keys, wrong types and values out of range.
    """
    values = {}
    path = directory / "pyproject.toml"
    for name, value in read_table(directory).items():
        key = _find_key(name, f"{TABLE} in {path}")
        values[name] = key.check(value, f"{TABLE} {name} in {path}")
    return _complete(values, settings or {})


def make_config(settings: Mapping[str, Any]) -> Config:
    """Return the Config of `settings` alone, for a build without a project."""
    return _complete({}, settings)


def _complete(values: dict[str, Any], settings: Mapping[str, Any]) -> Config:
    for name, value in settings.items():
        key = _find_key(name, "Settings")
        where = f"Setting {name}"
        values[name] = key.check(key.parse(value, where), where)
    config = Config(**{name.replace("-", "_"): value for name, value in values.items()})
    _refuse_unused_options(config)
    return config


class Key(NamedTuple):
    """One key: `check` validates a TOML value, `parse` converts one or more strings to a value.

    On the command line a `flag` takes no value.
    """

    check: Callable[[Any, str], Any]
    parse: Callable[[Any, str], Any]
    help: str
    flag: bool = False


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where}: expected an array of strings, got {value!r}.")
    return tuple(value)


def _step_names(value: Any, where: str) -> tuple[str, ...]:
    names = _strings(value, where)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ConfigError(f"{where}: {repeated[0]!r} occurs twice. Remove one of them.")
    return names


def _patterns(value: Any, where: str) -> tuple[str, ...]:
    patterns = _strings(value, where)
    for pattern in patterns:
        try:
            compile_pattern(pattern)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
    return patterns


def _targets(value: Any, where: str) -> tuple[str, ...]:
    from .ports.firmware import parse_firmwares

    targets = _strings(value, where)
    try:
        parse_firmwares(targets)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    return targets


def _choice(*choices: str) -> Callable[[Any, str], str]:
    def check(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in choices:
            hint = _suggest(value, choices) or "."
            expected = f"{', '.join(choices[:-1])} or {choices[-1]}"
            raise ConfigError(f"{where}: expected {expected}, got {value!r}{hint}")
        return value

    return check


def _boolean(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: expected true or false, got {value!r}.")
    return value


def _window(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in WINDOWS:
        choices = f"{', '.join(map(str, WINDOWS[:-1]))} or {WINDOWS[-1]}"
        raise ConfigError(f"{where}: expected a window of {choices} bytes, got {value!r}.")
    return value


def _step_tables(value: Any, where: str) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise ConfigError(
            f"{where}: expected tables of options such as [tool.sdist-upip.step.minify], got "
            f"{value!r}."
        )
    return MappingProxyType({name: MappingProxyType(options) for name, options in value.items()})


def _package_json(value: Any, where: str) -> Mapping[str, Any]:
    deps = value.get("deps", {}) if isinstance(value, dict) else None
    if (
        not isinstance(value, dict)
        or not value.keys() <= {"urls", "deps"}
        or not isinstance(value.get("urls", ""), str)
        or not isinstance(deps, dict)
        or not all(isinstance(item, str) for item in deps.values())
    ):
        raise ConfigError(f'{where}: expected urls = "…" and deps = {{NAME = "…"}}, got {value!r}.')
    return MappingProxyType(value)


def _parse_text(value: Any, where: str) -> Any:
    if isinstance(value, list):
        raise ConfigError(f"{where}: passed {len(value)} times. Pass it once.")
    return value


def _parse_list(value: Any, where: str) -> Any:
    items = value if isinstance(value, list) else [value]
    return [part.strip() for item in items for part in item.split(",") if part.strip()]


def _parse_boolean(value: Any, where: str) -> Any:
    words = {"true": True, "yes": True, "on": True, "1": True, "": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    text = _parse_text(value, where)
    return words.get(str(text).lower(), text)


def _parse_window(value: Any, where: str) -> Any:
    text = _parse_text(value, where)
    return int(text) if str(text).isdecimal() and len(text) < 10 else text


def _parse_table(value: Any, where: str) -> Any:
    raise ConfigError(f"{where}: a table cannot be a setting. Put it in pyproject.toml.")


KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "steps": Key(_step_names, _parse_list, "steps to run, in this order, comma-separated"),
        "include": Key(
            _patterns,
            _parse_list,
            "patterns of project files outside packages to include, comma-separated",
        ),
        "exclude": Key(
            _patterns, _parse_list, "patterns of device paths to exclude, comma-separated"
        ),
        "resources": Key(
            _choice("both", "module", "files"),
            _parse_text,
            "how to include data files: both | module | files",
        ),
        "description": Key(
            _boolean, _parse_boolean, "keep the long description in PKG-INFO: true | false"
        ),
        "license-files": Key(
            _choice("drop", "keep"), _parse_text, "what to do with license files: drop | keep"
        ),
        "pip-compatible": Key(
            _boolean,
            _parse_boolean,
            "add a setup.py so that pip can install the archive too",
            flag=True,
        ),
        "compression": Key(
            _choice("auto", "best", "fast"),
            _parse_text,
            "how to compress: auto (best up to 1 MiB of tar) | best | fast",
        ),
        "window": Key(
            _window,
            _parse_window,
            "window of the devices in bytes, a power of two from 512 to 32768",
        ),
        "targets": Key(
            _targets,
            _parse_list,
            "boards that the code is checked for, such as 1.24 or 1.29:rp2, comma-separated",
        ),
        "ignore": Key(
            _strings, _parse_list, "codes of warnings that are not printed, comma-separated"
        ),
        "package-json": Key(_package_json, _parse_table, "urls and deps of package.json"),
        "step": Key(_step_tables, _parse_table, "options of steps"),
    }
)
"""Every key of the table, in the order of the documentation."""

SETTINGS = tuple(key for key in KEYS if key not in {"package-json", "step"})
"""The keys that can also be given as config settings and command options."""


def _find_key(name: str, where: str) -> Key:
    if name not in KEYS:
        hint = _suggest(name, KEYS) or f". Known keys: {', '.join(KEYS)}."
        raise ConfigError(f"{where}: unknown key {name!r}{hint}")
    return KEYS[name]


def _suggest(word: Any, choices: Sequence[str] | Mapping[str, Any]) -> str:
    import difflib

    close = difflib.get_close_matches(str(word).replace("_", "-").lower(), list(choices), 1, 0.6)
    return f". Did you mean {close[0]!r}?" if close else ""


def _refuse_unused_options(config: Config) -> None:
    for name in config.step:
        if name not in config.steps:
            raise ConfigError(
                f"[tool.sdist-upip.step.{name}] has options, but steps = {list(config.steps)} does "
                f"not run it{_suggest(name, config.steps) or '. Add it to steps.'}"
            )
