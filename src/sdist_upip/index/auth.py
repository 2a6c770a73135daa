"""Credentials for indexes, from the same sources as pip's."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from httpx2 import URL, Auth, Request, Response

from ..background.jobs import ForegroundError, is_awaited, is_background
from ..background.turns import Turns
from .pip_settings import PipSettings
from .urls import check_url, is_local

if TYPE_CHECKING:
    from .pip.credentials import PipCredentials

_UNAUTHORIZED = 401
_LOOK = 0.02
"""Seconds between two looks whether credentials were accepted."""


class IndexAuth(Auth):
    """HTTP Basic authentication for indexes, with the sources of `PipCredentials` in their order.

    Most indexes need no credentials, and unearth takes long to import. So it is imported when there
    may be credentials: in a URL or in a netrc file, or after a response 401.
    """

    def __init__(self, settings: PipSettings, turns: Turns | None = None) -> None:
        terminal = sys.stdin is not None and sys.stdin.isatty()
        self._prompting = terminal and not settings.no_input
        provider = settings.keyring_provider
        # A keyring may prompt, too. As pip does, use none with no-input, unless one was configured.
        self._has_keyring = provider != "disabled" and (not settings.no_input or provider != "auto")
        self._turns = turns or Turns(threading.Event())
        self._accepting: set[bytes] = set()
        self._opening = threading.Lock()
        self._credentials: PipCredentials | None = None
        self.index_urls: list[str] = []
        for url in (*settings.index_urls, *settings.find_links):
            self.add_index(url)

    def add_index(self, url: str) -> None:
        """Remember the credentials in the URL of an index. Raises ConfigError."""
        if is_local(url):
            return
        check_url(url)
        normal = str(URL(url))  # as in requests: host in small letters, no default port
        if normal not in self.index_urls:
            self.index_urls.append(normal)

    @property
    def credentials(self) -> PipCredentials:
        """The credentials by the rules of pip: the same object at each use."""
        with self._opening:
            if self._credentials is None:
                from .pip.credentials import PipCredentials

                self._credentials = PipCredentials(
                    self.index_urls, prompting=self._prompting, has_keyring=self._has_keyring
                )
            return self._credentials

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """Yield the request with the credentials that are known, and again after a response 401.

        In the background it is not sent again: the keyring and the prompt are for the user. There,
        a host gets credentials only if it has accepted some before. Servers may lock an account
        after several requests with a wrong password.
        """
        if not self._may_have_credentials(request.url):
            response = yield request
            if response.status_code != _UNAUTHORIZED or is_background():
                return
            flow = self.credentials.auth_flow(request)
            next(flow)  # the request that the response is for
        else:
            flow = self.credentials.auth_flow(request)
            response = yield self._wait_for_acceptance(next(flow))
        while not is_background():
            self._remember(response)
            try:
                response = yield flow.send(response)
            except StopIteration:
                return
        self._remember(response)

    def _wait_for_acceptance(self, request: Request) -> Request:
        """Return the request when it can be sent. Raises ForegroundError and StoppedError."""
        while (
            is_background()
            and "authorization" in request.headers
            and request.url.netloc not in self._accepting
        ):
            if is_awaited():
                raise ForegroundError
            self._turns.sleep(_LOOK)
        return request

    def _remember(self, response: Response) -> None:
        if response.status_code != _UNAUTHORIZED and "authorization" in response.request.headers:
            self._accepting.add(response.request.url.netloc)

    def _may_have_credentials(self, url: URL) -> bool:
        return (
            self._credentials is not None
            or bool(url.userinfo)
            or any("@" in index for index in self.index_urls)
            or _has_netrc()
        )


def _has_netrc() -> bool:
    """Return whether there is a netrc file; also for one that cannot be read."""
    name = os.environ.get("NETRC")
    try:
        (Path("~/.netrc").expanduser() if name is None else Path(name)).stat()
    except (FileNotFoundError, RuntimeError):
        return False
    except OSError:
        pass
    return True
