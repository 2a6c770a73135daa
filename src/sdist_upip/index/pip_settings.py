"""What pip is set to: its indexes, how it reaches them, and with which credentials.

pip's files, its environment variables and its defaults are a choice of the user's that holds for
us too, so no address is written into our code.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConfigError

_ASK_PIP = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import json
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
"""What `pip install` would use: its files, its environment variables, or its own defaults.

`pip config` tells the first two only, so this asks the parser of the command. `keyring_provider`
is there since pip 23.1, `release_control` since pip 26. The current directory is no place to import
from: code for boards may well lie there, with a json.py or a logging.py of its own.
"""


@dataclass(frozen=True, slots=True)
class PipSettings:
    """What `pip install` would use for the network; addresses as the user wrote them.

    Addresses may carry credentials, so they are left out where the settings are shown. `cert`
    and `client_cert` are paths of PEM files (`cert` of a directory, too), `timeout` is in seconds,
    `cache` tells whether downloads may be kept. Defaults are those of pip, but for the index.
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
        """The addresses of all indexes, in the order of asking."""
        return (*((self.index_url,) if self.index_url else ()), *self.extra_index_urls)


def ask_pip(python: str = sys.executable) -> PipSettings:
    """Return the settings of the pip that `python` has.

    Where pip names no certificates, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE does, as within pip.
    Raises ConfigError if there is no pip, if it does not tell, or for what no network can use.
    """
    try:
        result = subprocess.run(
            [python, "-c", _ASK_PIP], capture_output=True, encoding="utf-8", check=False
        )
    except OSError as error:
        raise ConfigError(_no_pip(f"cannot run {python}: {error.strerror}")) from error
    if result.returncode:
        # pip tells of wrong values on its output, and quotes lines that it cannot read.
        told = (result.stderr.strip() or result.stdout.strip()).rpartition("\n")[2]
        reason = re.sub(r"//\S*@", "//", told)
        raise ConfigError(_no_pip(f"pip of {python} does not tell its settings ({reason})"))
    return _read(json.loads(result.stdout.splitlines()[-1]))


def without_pip() -> PipSettings:
    """Return the settings where there is no pip: its defaults, and no index."""
    return PipSettings(cert=_find_bundle())


def _find_bundle() -> str | None:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")


def _read(values: dict[str, Any]) -> PipSettings:
    for key, value in values.items():
        if isinstance(value, list):
            values[key] = tuple(value)
    values["cert"] = values["cert"] or _find_bundle()
    settings = PipSettings(**values)
    if settings.timeout <= 0:
        raise ConfigError(
            f"pip's timeout is {settings.timeout:g} seconds; set more than 0 in its configuration"
        )
    return settings


def _no_pip(reason: str) -> str:
    return f"{reason}; name the index with --index-url, or go without one with --no-index"
