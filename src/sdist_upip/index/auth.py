"""Credentials for indexes, from the same sources as pip's."""

from __future__ import annotations

import sys

from httpx2 import URL
from unearth.auth import MultiDomainBasicAuth

from ..messages.output import prompts_on_stderr
from ..messages.text import make_line
from .pip_settings import PipSettings
from .urls import check_url, is_local


class IndexAuth(MultiDomainBasicAuth):
    """HTTP Basic authentication with the credentials in the URL of an index, for its host and port.

    The next source is ~/.netrc, or the file that NETRC names. After a response 401, the keyring and
    a prompt on the terminal follow, if pip's settings allow them.
    """

    def __init__(self, settings: PipSettings) -> None:
        terminal = sys.stdin is not None and sys.stdin.isatty()
        super().__init__(prompting=terminal and not settings.no_input)
        for url in (*settings.index_urls, *settings.find_links):
            self.add_index(url)
        provider = settings.keyring_provider
        # A keyring may prompt, too. As pip does, use none with no-input, unless one was configured.
        self._has_keyring = provider != "disabled" and (not settings.no_input or provider != "auto")

    def add_index(self, url: str) -> None:
        """Remember the credentials in the URL of an index. Raises ConfigError."""
        if is_local(url):
            return
        check_url(url)
        normal = str(URL(url))  # as in requests: host in small letters, no default port
        if normal not in self.index_urls:
            self.index_urls.append(normal)

    def _get_new_credentials(
        self, original_url: str, *, allow_netrc: bool = True, allow_keyring: bool = False
    ) -> tuple[str | None, str | None]:
        return super()._get_new_credentials(
            original_url,
            allow_netrc=allow_netrc,
            allow_keyring=allow_keyring and self._has_keyring,
        )

    def _get_url_and_credentials(self, original_url: str) -> tuple[str, str | None, str | None]:
        url, username, password = super()._get_url_and_credentials(original_url)
        if username is not None and password is None:
            password = ""  # as pip does: a token may be given in place of the user name
        return url, username, password

    def _prompt_for_password(
        self, netloc: str, username: str | None = None
    ) -> tuple[str | None, str | None, bool]:
        with prompts_on_stderr():
            return super()._prompt_for_password(make_line(netloc), username)

    def _should_save_password_to_keyring(self) -> bool:
        with prompts_on_stderr():
            return self._has_keyring and super()._should_save_password_to_keyring()
