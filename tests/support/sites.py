"""Sites of packages in memory: a store that counts, archives for it, and mip as a reader."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sdist_upip.site.release import SourceArchive
from sdist_upip.site.store import ConflictError
from sdist_upip.site.update import SiteChange, update_site
from support.archives import make_archive

URL = "https://example.org/site"
_LINK = re.compile(r'(?:href|src)="([^"]*)"')


class Killed(BaseException):
    """The process ended at this moment."""


class MemoryStore:
    """A store in memory. `writes` and `reads` are the paths since the last `forget`.

    With `kill_at`, the write or removal of this number fails with `failure`, before it happens.
    `after` is called after each of them.
    """

    title = "memory"

    def __init__(self, files=(), kill_at=None, failure=Killed, after=None):
        self.files = dict(files)
        self.kill_at = kill_at
        self.failure = failure
        self.after = after
        self.forget()

    def forget(self):
        self.writes, self.reads, self.changes = [], [], 0

    @contextmanager
    def lock(self):
        yield

    def read(self, path):
        self.reads.append(path)
        return self.files.get(path)

    def write(self, path, data):
        self.reads.append(path)
        if self.files.get(path) != data:
            self._step()
            self.writes.append(path)
            self.files[path] = data
            self._stepped()

    def write_many(self, files):
        for path, data in files:
            self.write(path, data)

    def read_versioned(self, path):
        data = self.read(path)
        return data, "" if data is None else hashlib.sha256(data).hexdigest()

    def replace(self, path, data, token):
        if self.read_versioned(path)[1] != token:
            raise ConflictError(path)
        self.write(path, data)

    def remove(self, paths):
        for path in paths:
            if path in self.files:
                self._step()
                self.writes.append(path)
                del self.files[path]
                self._stepped()

    def find(self, prefix):
        yield from sorted(path for path in self.files if path.startswith(f"{prefix}/"))

    def _step(self):
        if self.changes == self.kill_at:
            raise self.failure("the store failed")
        self.changes += 1

    def _stepped(self):
        if self.after:
            self.after(self)


class CaselessFiles(dict):
    """Files by their paths where the case of names is ignored. The first spelling is kept."""

    def _spell(self, path):
        return next((one for one in self if one.lower() == path.lower()), path)

    def __getitem__(self, path):
        return super().__getitem__(self._spell(path))

    def __setitem__(self, path, data):
        super().__setitem__(self._spell(path), data)

    def __delitem__(self, path):
        super().__delitem__(self._spell(path))

    def __contains__(self, path):
        return super().__contains__(self._spell(path))

    def get(self, path, default=None):
        return super().get(self._spell(path), default)


class Archives:
    """Makes archives in a directory, each once."""

    def __init__(self, directory: Path):
        self.directory = directory

    def __call__(self, name, version, requires=(), files=None) -> SourceArchive:
        data = make_archive(name, version, files, requires)
        source = hashlib.sha256(data).hexdigest()
        path = self.directory / source[:8] / f"{name}-{version}.tar.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return SourceArchive(path, str(path), source)


def change(store, *archives, settings=None, fetch=None, **words):
    """Change the site in `store`, and return the result."""
    return update_site(store, settings or {}, SiteChange(archives, **words), fetch)


def build(*archives, settings=None, **words) -> MemoryStore:
    """Return a new site with these archives, of one run."""
    store = MemoryStore()
    change(store, *archives, settings=settings, **words)
    return store


def install(store, name, version="latest", tree="py") -> tuple[dict[str, str], list[str]]:
    """Install with mip: return the files (path → hash), and the JSON files that are read."""
    files: dict[str, str] = {}
    reads: list[str] = []
    _install(store, f"package/{tree}/{name}/{version}.json", files, reads)
    return files, reads


def _install(store, path, files, reads):
    assert len(reads) <= 100, "mip reads too much"
    reads.append(path)
    content = json.loads(store.files[path])
    for place, digits in content["hashes"]:
        data = store.files[f"file/{digits[:2]}/{digits}"]
        assert hashlib.sha256(data).hexdigest().startswith(digits)
        assert files.setdefault(place, digits) == digits, f"{place} is replaced"
    tree = path.rsplit("/", 2)[0]
    for name, version in content["deps"]:
        _install(store, f"{tree}/{name}/{version}.json", files, reads)


def find_references(path: str, data: bytes) -> Iterator[str]:
    """Yield the files that a file of a site names."""
    if path.startswith("package/"):
        content = json.loads(data)
        tree = "/".join(path.split("/")[:2])
        yield from (f"file/{digits[:2]}/{digits}" for _, digits in content["hashes"])
        yield from (f"{tree}/{name}/{version}.json" for name, version in content["deps"])
    elif path.endswith(".html"):
        for link in _LINK.findall(data.decode()):
            parts = urlsplit(link)
            if not parts.scheme and parts.path:
                target = posixpath.join(posixpath.dirname(path), unquote(parts.path))
                yield posixpath.normpath(target) + "/index.html" * target.endswith("/")
    elif path == "index.json":
        for package in json.loads(data)["packages"]:
            for tree, versions in package["versions"].items():
                names = [*versions, "latest"]
                yield from (f"package/{tree}/{package['name']}/{one}.json" for one in names)
    elif path.startswith("records/project/"):
        for release in json.loads(data)["releases"]:
            yield f"files/{release['filename']}"
            yield f"files/{release['filename']}.metadata"
            for file in (*release["files"], *(release["compiled"] or ())):
                yield f"file/{file['sha256'][:2]}/{file['sha256'][:32]}"
    elif path == "feed.xml" or path.startswith("pypi/"):
        for address in re.findall(rf'{URL}/([^"<#]*)', data.decode()):
            yield unquote(address) or "index.html"


class References:
    """Checks that no file of a site names one that is not there."""

    def __init__(self):
        self._known: dict[tuple[str, bytes], list[str]] = {}

    def __call__(self, store: MemoryStore):
        for path, data in store.files.items():
            for target in self._find(path, data):
                assert target in store.files, f"{path} names {target}"

    def _find(self, path: str, data: bytes) -> Iterable[str]:
        if (path, data) not in self._known:
            self._known[path, data] = list(find_references(path, data))
        return self._known[path, data]
