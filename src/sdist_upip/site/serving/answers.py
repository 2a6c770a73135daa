"""The answer to a request: a pure function of the files of a site."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from packaging.utils import canonicalize_name

from ...errors import OutputError
from ...filenames import is_project_name
from ...member_paths import find_structure_defect
from ..catalog import CATALOG, Catalog
from ..changes.record_book import record_path
from ..records import ProjectRecord
from ..stores.directory import DirectoryStore
from ..stores.media_types import find_type, is_immutable
from .negotiation import choose_type
from .simple_json import make_json_index, make_json_page

_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_PREFIX = "application/vnd.pypi.simple"
_SIMPLE_TYPES = {
    "text/html": _HTML,
    f"{_PREFIX}.v1+html": f"{_PREFIX}.v1+html; charset=utf-8",
    f"{_PREFIX}.v1+json": f"{_PREFIX}.v1+json",
    f"{_PREFIX}.latest+html": f"{_PREFIX}.v1+html; charset=utf-8",
    f"{_PREFIX}.latest+json": f"{_PREFIX}.v1+json",
}
"""The types of pages of the simple index, in the order of preference, as they are stated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to GET. One to HEAD is the same without the body."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def make_answer(roots: Sequence[Path], target: str, headers: Mapping[str, str]) -> Answer:
    """Return the answer to GET for the target of a request, as it is in the request line.

    `roots` are the directories of the site and of its states before, from which only files come
    that never change: a client may have read their names there. `headers` are those of the request,
    by names in small letters.
    """
    path = _read_path(target)
    if path is None:
        return _fail(HTTPStatus.NOT_FOUND)
    try:
        found = _find(roots, path, headers.get("accept"))
    except ValueError as error:
        return _fail(HTTPStatus.INTERNAL_SERVER_ERROR, f"The records of the site: {error}.")
    if found.status is HTTPStatus.MOVED_PERMANENTLY:
        query = target.partition("?")[2]
        location = found.headers["Location"]
        return Answer(
            found.status, found.body, {**found.headers, "Location": _join(location, query)}
        )
    return _check_conditions(found, headers) if found.status is HTTPStatus.OK else found


def _read_path(target: str) -> str | None:
    """Return the path that a target names below the site, None for one that no site has.

    A path of a directory ends with a slash, and that of the site is "".
    """
    raw = target.partition("#")[0].partition("?")[0]
    if not raw.startswith("/"):
        return None
    try:
        segments = [unquote_to_bytes(one).decode() for one in raw[1:].split("/")]
    except UnicodeDecodeError:
        return None
    path = "/".join(segments)
    if any("/" in one or one.startswith(".") for one in segments):
        return None
    return path if not path or not find_structure_defect(path.removesuffix("/")) else None


def _find(roots: Sequence[Path], path: str, accept: str | None) -> Answer:
    if path and not path.endswith("/"):
        for root in roots if is_immutable(path) else roots[:1]:
            data = _read(root, path)
            if data is not None:
                return _answer(data, find_type(path))
    directory = path.removesuffix("/")
    segments = directory.split("/")
    if segments[0] == "simple" and len(segments) <= 2:
        return _find_simple(roots[0], segments[1:], path.endswith("/"), accept)
    page = _read(roots[0], f"{directory}/index.html".removeprefix("/"))
    if page is None:
        return _fail(HTTPStatus.NOT_FOUND)
    return _answer(page, _HTML) if path == "" or path.endswith("/") else _move(path)


def _find_simple(root: Path, names: Sequence[str], has_slash: bool, accept: str | None) -> Answer:
    """Return a page of the simple index, under the name and the path that PEP 503 asks for."""
    if not all(map(is_project_name, names)):
        return _fail(HTTPStatus.NOT_FOUND)
    normalized = [canonicalize_name(name) for name in names]
    path = "/".join(("simple", *normalized))
    page = _read(root, f"{path}/index.html")
    if page is None:
        return _fail(HTTPStatus.NOT_FOUND)
    if not has_slash or [*names] != normalized:
        return _move(path)
    chosen = choose_type(accept, list(_SIMPLE_TYPES))
    vary = {"Vary": "Accept"}
    if chosen is None:
        return _fail(HTTPStatus.NOT_ACCEPTABLE, f"There is: {', '.join(_SIMPLE_TYPES)}.", vary)
    if chosen.endswith("json"):
        page = _make_json(root, normalized)
    return _answer(page, _SIMPLE_TYPES[chosen], vary)


def _make_json(root: Path, names: Sequence[str]) -> bytes:
    if not names:
        return make_json_index(Catalog.from_bytes(_read(root, CATALOG) or b""))
    return make_json_page(ProjectRecord.from_json(_read(root, record_path(names[0])) or b""))


def _read(root: Path, path: str) -> bytes | None:
    """Return the content of a file, None without one. Links are not followed."""
    try:
        return DirectoryStore(root).read(path)
    except OutputError:
        return None


def _answer(body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Answer:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return Answer(
        HTTPStatus.OK,
        body,
        {
            "Content-Type": media_type,
            "ETag": f'"{tag}"',
            "Cache-Control": "no-cache",
            **(headers or {}),
        },
    )


def _check_conditions(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Return an answer without a body if the client has this state already."""
    tags = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    if answer.headers["ETag"] not in tags and tags != ["*"]:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return Answer(HTTPStatus.NOT_MODIFIED, b"", kept)


def _move(path: str) -> Answer:
    location = f"/{quote(path.removesuffix('/'))}/"
    return Answer(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": location})


def _join(location: str, query: str) -> str:
    return f"{location}?{query}" if query and query.isascii() and query.isprintable() else location


def _fail(status: HTTPStatus, text: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    body = f"{status.value} {status.phrase}\n{text}".encode()
    return Answer(status, body, {"Content-Type": _TEXT, **(headers or {})})
