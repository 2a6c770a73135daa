"""The settings of a site, which later runs of `sdist-upip index` keep: `records/site.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

SETTINGS = "records/site.json"
"""The file of the settings, below the root of the site."""

SCHEMA = 1
"""Version of the file and of the site. A run refuses a site of another one."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What applies to all pages of a site.

    `url` is the address of the site without a slash at its end, "" if unknown. `mpy` is the
    MicroPython that modules are compiled for, "" to serve source only. `platform` is sys.platform
    of the boards, for requirements that depend on it. `title` is the name of the site for people.
    """

    url: str = ""
    mpy: str = ""
    platform: str = ""
    title: str = "MicroPython packages"

    def to_json(self) -> bytes:
        """Return the content of `records/site.json`."""
        return f"{json.dumps({'schema': SCHEMA, **asdict(self)}, ensure_ascii=False)}\n".encode()

    @classmethod
    def from_json(cls, data: bytes) -> SiteSettings:
        """Return the settings in the file. Raises ValueError for any other file."""
        try:
            content = json.loads(data)
            if content.pop("schema") != SCHEMA:
                raise ValueError("the site is of another version of sdist-upip")
            if not all(isinstance(value, str) for value in content.values()):
                raise TypeError("a setting is not a string")
            return cls(**content)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not the settings of a site ({error})") from error
