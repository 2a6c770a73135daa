"""The rules of pip for credentials, from unearth."""

from __future__ import annotations

from unearth.auth import MultiDomainBasicAuth

from ...messages.output import prompts_on_stderr
from ...messages.text import make_line


class PipCredentials(MultiDomainBasicAuth):
    """HTTP Basic authentication as in pip.

    The credentials in the URL of an index come first, then ~/.netrc, or the file that NETRC names.
    After a response 401, the keyring and a prompt on the terminal follow, if they are allowed.
    """

    def __init__(self, index_urls: list[str], *, prompting: bool, has_keyring: bool) -> None:
        super().__init__(prompting)
        self.index_urls = index_urls  # the very list, which grows
        self._has_keyring = has_keyring

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
