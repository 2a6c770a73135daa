"""A static site with releases for every kind of client, and what each client shall leave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sdist_upip.builders.from_wheel import build_from_wheel
from sdist_upip.config import Config
from sdist_upip.site.release import SourceArchive
from sdist_upip.site.stores.directory import DirectoryStore
from sdist_upip.site.update import SiteChange, update_site
from support.wheels import pure_wheel

PAGE = "app/data/page.html"
RELEASES: dict[tuple[str, str], tuple[dict[str, str], tuple[str, ...]]] = {
    ("base", "1.0"): ({"base.py": "version = '1.0'\n"}, ()),
    ("base", "2.0"): ({"base.py": "version = '2.0'\n"}, ()),
    ("base", "3.0"): ({"base.py": "version = '3.0'\n"}, ()),
    ("left", "1.0"): ({"left.py": "import base\n"}, ("base",)),
    ("right", "1.0"): ({"right.py": "import base\n"}, ("base>=1",)),
    ("app", "1.0"): (
        {
            "app/__init__.py": "import left, right, pkg_resources\n"
            "page = pkg_resources.resource_stream('app', 'data/page.html').read()\n",
            PAGE: "<p>d\u00e9j\u00e0 vu</p>\n",
            "app/data/no suffix": "0" * 5000,
        },
        ("left", "right; implementation_name == 'micropython'", "gone; sys_platform == 'win32'"),
    ),
    ("ring-a", "1.0"): ({"ring_a.py": "import ring_b\n"}, ("ring-b",)),
    ("ring-b", "1.0"): ({"ring_b.py": "b = 1\n"}, ("ring-a",)),
    ("older", "1.0"): ({"older.py": "import base\n"}, ("base<2",)),
    ("mixed", "1.0"): ({"mixed.py": "import left, older\n"}, ("left", "older")),
    ("post", "1.0"): ({"post.py": "version = '1.0'\n"}, ()),
    ("post", "1.0.post1"): ({"post.py": "version = '1.0.post1'\n"}, ()),
    ("My.Thing", "0.1"): ({"thing.py": "thing = 1\n"}, ("post[x]==1.0",)),
}
"""The files and the requirements of each release (name, version)."""
YANKED = ("base", "3.0", "broken")
RESOLVED = {
    "base": [("base", "2.0")],
    "left": [("left", "1.0"), ("base", "2.0")],
    "app": [("app", "1.0"), ("left", "1.0"), ("right", "1.0"), ("base", "2.0")],
    "ring-a": [("ring-a", "1.0"), ("ring-b", "1.0")],
    "older": [("older", "1.0"), ("base", "1.0")],
    "mixed": [("mixed", "1.0"), ("left", "1.0"), ("older", "1.0"), ("base", "1.0")],
    "post": [("post", "1.0.post1")],
    "My.Thing": [("My.Thing", "0.1"), ("post", "1.0")],
}
"""The releases that an installer shall choose for each name."""


def build_archives(directory: Path, **settings: object) -> list[SourceArchive]:
    """Write the archive of each release to `directory`. pip can use them too."""
    config = Config(pip_compatible=True, compression="fast", resources="both", **settings)
    archives = []
    for (name, version), (files, requires) in RELEASES.items():
        wheel = directory / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        wheel.write_bytes(pure_wheel(name, version, files, requires))
        path = build_from_wheel(wheel, directory, config).archive.path
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        archives.append(SourceArchive(path, str(path), digest))
    return archives


def make_site(
    directory: Path, archives: Iterable[SourceArchive], settings: Mapping[str, str]
) -> None:
    """Write the site of `archives` to `directory`, with one of its releases yanked."""
    change = SiteChange(archives=archives, yank=[YANKED])
    update_site(DirectoryStore(directory), settings, change)


def expect_files(name: str) -> dict[str, bytes]:
    """Return the files that installing `name` shall leave, besides those of installers."""
    return {
        path: text.encode()
        for release in RESOLVED[name]
        for path, text in RELEASES[release][0].items()
    }
