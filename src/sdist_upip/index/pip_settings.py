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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import ConfigError
from ..messages.credentials import HIDDEN
from .pip.answers import find_answer, keep_answer

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
import pip
inputs = {}
others = [*sys.path, sys.executable, os.path.join(sys.prefix, "pyvenv.cfg"), pip.__file__]
for name in filter(None, [*names, os.environ.get("PIP_CONFIG_FILE"), *others]):
    try:
        status = os.stat(name)
    except OSError:
        inputs[name] = None
    else:
        inputs[name] = [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino]
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
print(json.dumps({"settings": settings, "inputs": inputs}))
"""
"""The settings of `pip install`: from its files, its environment variables, or its defaults.

`pip config` shows the first two only, so this script reads them from the parser of the command.
`keyring_provider` exists since pip 23.1, `release_control` since pip 26. `inputs` are the files and
directories that the settings depend on, with their status before pip reads them.

Nothing is imported from the current directory: code for boards may be there, with a json.py or a
logging.py of its own.
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
    with asking_pip(python) as read:
        return read()


@contextmanager
def asking_pip(python: str = sys.executable) -> Iterator[Callable[[], PipSettings]]:
    """Start pip, and have the function in the context that waits for its settings.

    pip takes longer than anything else before the first request, so other work is done meanwhile.
    The function is called at most once, and raises as `ask_pip` does. pip is not started if its
    last answer is known to be right.
    """
    if known := find_answer(python, _ASK_PIP):
        yield lambda: _read(known)
        return
    try:
        process = subprocess.Popen(
            [python, "-c", _ASK_PIP],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    except OSError as error:
        reason = _no_pip(f"Cannot run {python}: {error.strerror}")

        def refuse(cause: OSError = error) -> PipSettings:
            raise ConfigError(reason) from cause

        yield refuse
        return
    with process:
        try:
            yield lambda: _wait(process, python)
        finally:
            process.kill()  # unless it has ended


def _wait(process: subprocess.Popen[str], python: str) -> PipSettings:
    try:
        output, messages = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise ConfigError(_no_pip(f"pip did not answer within {_PATIENCE} seconds")) from error
    if process.returncode:
        # pip reports invalid values on its output, and quotes lines that it cannot read.
        last_line = (messages.strip() or output.strip()).rpartition("\n")[2]
        reason = re.sub(r"[^\s'\"=/]*@", f"{HIDDEN}@", re.sub(r"//\S*@", "//", last_line))
        raise ConfigError(_no_pip(f"Cannot read the settings of pip with {python} ({reason})"))
    answer = json.loads(output.splitlines()[-1])
    if answer["settings"]["cache"]:
        keep_answer(python, _ASK_PIP, answer["settings"], answer["inputs"])
    return _read(answer["settings"])


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
