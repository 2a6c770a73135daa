"""pip's settings: its indexes, and how to connect to them.

pip's configuration files, environment variables and defaults apply to sdist-upip as well, so this
code contains no URL of an index.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import ConfigError
from ..messages.credentials import HIDDEN

_LONGEST_TIMEOUT = 86_400.0
"""Seconds; a day. Sockets refuse much longer timeouts."""

_ASK_PIP = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import json
import os
from pip._internal.configuration import get_configuration_files
names = [name for names in get_configuration_files().values() for name in names]
for name in [*names, os.environ.get("PIP_CONFIG_FILE", "")]:
    if os.path.exists(name) and name != os.devnull and not os.path.isfile(name):
        sys.exit(f"{name} is not a regular file")
from pip._internal.commands import create_command
values = create_command("install").parser.get_default_values()
control = getattr(values, "release_control", None)
settings = {
    "index_url": values.index_url,
    "extra_index_urls": values.extra_index_urls or [],
    "find_links": values.find_links or [],
    "no_index": bool(values.no_index),
    "pre": bool(getattr(values, "pre", False))
    or ":all:" in getattr(control, "all_releases", ()),
    "proxy": values.proxy or None,
    "cert": values.cert or None,
    "client_cert": values.client_cert or None,
    "trusted_hosts": values.trusted_hosts or [],
    "timeout": float(values.timeout),
    "retries": int(values.retries),
    "cache": bool(values.cache_dir),
    "no_input": bool(values.no_input),
    "keyring_provider": getattr(values, "keyring_provider", "auto"),
}
print(json.dumps(settings))
"""
"""The settings of `pip install`: from its files, its environment variables, or its defaults.

`pip config` shows the first two only, so this script reads them from the parser of the command.
`keyring_provider` exists since pip 23.1, `release_control` since pip 26. Nothing is imported from
the current directory: code for boards may be there, with a json.py or a logging.py of its own.
"""


_PATIENCE = 120
"""Seconds that pip may take to read its settings."""


@dataclass(frozen=True, slots=True)
class PipSettings:
    """The settings of `pip install` for the network, with URLs as the user wrote them.

    URLs may contain credentials, so repr() leaves them out. `cert` and `client_cert` are paths of
    PEM files; `cert` may be a directory. `timeout` is in seconds. With `cache`, downloads may be
    kept. Defaults are those of pip, except for the index.
    """

    index_url: str | None = field(default=None, repr=False)
    extra_index_urls: tuple[str, ...] = field(default=(), repr=False)
    find_links: tuple[str, ...] = field(default=(), repr=False)
    no_index: bool = False
    pre: bool = False
    proxy: str | None = field(default=None, repr=False)
    cert: str | None = None
    client_cert: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 15.0
    retries: int = 5
    cache: bool = True
    no_input: bool = False
    keyring_provider: str = "auto"

    @property
    def index_urls(self) -> tuple[str, ...]:
        """The URLs of all indexes, in order of priority."""
        return (*((self.index_url,) if self.index_url else ()), *self.extra_index_urls)


def ask_pip(python: str = sys.executable) -> PipSettings:
    """Return the settings of the pip of `python`.

    Without `cert`, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE applies, as within pip. Raises ConfigError
    if there is no pip, if pip refuses its configuration, or if a setting is out of range.
    """
    try:
        result = subprocess.run(
            [python, "-c", _ASK_PIP],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigError(_no_pip(f"pip did not answer within {_PATIENCE} seconds")) from error
    except OSError as error:
        raise ConfigError(_no_pip(f"Cannot run {python}: {error.strerror}")) from error
    if result.returncode:
        # pip reports invalid values on its output, and quotes lines that it cannot read.
        last_line = (result.stderr.strip() or result.stdout.strip()).rpartition("\n")[2]
        reason = re.sub(r"[^\s'\"=/]*@", f"{HIDDEN}@", re.sub(r"//\S*@", "//", last_line))
        raise ConfigError(_no_pip(f"Cannot read the settings of pip with {python} ({reason})"))
    return _read(json.loads(result.stdout.splitlines()[-1]))


def without_pip() -> PipSettings:
    """Return the settings without pip: its defaults, and no index."""
    return PipSettings(cert=_find_bundle())


def _find_bundle() -> str | None:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")


def _read(values: dict[str, Any]) -> PipSettings:
    for key, value in values.items():
        if isinstance(value, list):
            values[key] = tuple(value)
    values["cert"] = values["cert"] or _find_bundle()
    settings = PipSettings(**values)
    if not settings.timeout > 0:
        raise ConfigError(
            f"The timeout of pip is {settings.timeout:g} seconds. Set it to more than 0 in pip's "
            "configuration."
        )
    return replace(settings, timeout=min(settings.timeout, _LONGEST_TIMEOUT))


def _no_pip(reason: str) -> str:
    return f"{reason}. Pass the index with --index-url, or pass --no-index."
