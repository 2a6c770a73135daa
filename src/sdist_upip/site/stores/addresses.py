"""The address of a site → its store."""

from __future__ import annotations

import re
from typing import Any

from ...errors import ConfigError
from ...index.urls import is_local, local_path, redact
from ..store import Store
from .directory import DirectoryStore

_REMOTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_LIBRARIES = {
    "abfs": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "s3": "s3fs",
    "s3a": "s3fs",
    "sftp": "paramiko",
    "smb": "smbprotocol",
    "ssh": "paramiko",
}
"""What has to be installed for an address."""
_BUCKETS = frozenset({"gcs", "gs", "s3", "s3a"})
"""Addresses that begin with the name of a bucket."""
_WHOLE = frozenset({"abfs", "az", "memory", "oci", "oss"})
"""Stores that replace files as a whole, and need no other treatment."""


def open_store(address: str) -> Store:
    """Return the store at a path, at a file: URL, or at an address of fsspec.

    Nothing is read or written yet. Raises ConfigError for an invalid address.
    """
    if not address.strip():
        raise ConfigError("The address of the site is empty. Pass a directory or an address.")
    if address.lower().startswith("local:"):  # as fsspec spells it
        address = f"file:{address[6:]}"
    if is_local(address):
        return DirectoryStore(local_path(address))
    match = _REMOTE.fullmatch(address)
    if not match:
        raise ConfigError(
            f"{redact(address)}: unknown kind of address. Pass a directory, or an address such as "
            "s3://BUCKET/PATH. Write ./ before the name of a directory with a colon."
        )
    protocol, path = match[1].lower(), match[2]
    title = redact(address).rstrip("/") if path.strip("/") else f"{protocol}://"
    if protocol in ("http", "https") or "::" in address:
        raise ConfigError(
            f"{title}: a site cannot be written to this kind of address. Pass a directory, or an "
            "address such as s3://BUCKET/PATH. The URL of the site goes to --url."
        )
    if not path.strip("/") and protocol != "memory":
        raise ConfigError(f"{title}: the address has no bucket or host. Write {protocol}://NAME.")
    if protocol in _BUCKETS and "@" in path.partition("/")[0]:
        raise ConfigError(
            f"{title}: an address of this kind has no credentials. Remove them, and set them as "
            f"the documentation of {_LIBRARIES[protocol]} describes."
        )
    return _open_remote(protocol, f"{protocol}://{path}", title)


def _open_remote(protocol: str, address: str, title: str) -> Store:
    try:
        import fsspec

        fs, root = fsspec.core.url_to_fs(address, **_options(protocol))
    except ImportError as error:
        library = _LIBRARIES.get(protocol)
        command = f"'sdist-upip[publish]' {library or ''}".rstrip()
        raise ConfigError(
            f"{title}: this kind of address requires a library that is not installed ({error}). "
            f"Run pip install {command}."
        ) from error
    except Exception as error:
        from .failures import describe_failure

        raise ConfigError(
            f"{title}: cannot open this address: {describe_failure(error)}. Check the address and "
            "the credentials."
        ) from error
    from .objects import FileObjects, GoogleObjects, Objects, S3Objects, SftpObjects
    from .remote import RemoteStore

    fs.dircache.use_listings_cache = False  # others write to the store, too
    kinds: dict[str, type[Objects]] = {
        "s3fs": S3Objects,
        "gcsfs": GoogleObjects,
        "paramiko": SftpObjects,
    }
    otherwise = Objects if protocol in _WHOLE else FileObjects
    kind = kinds.get(_LIBRARIES.get(protocol, ""), otherwise)
    return RemoteStore(kind(fs, root), title)


def _options(protocol: str) -> dict[str, Any]:
    """Return arguments of a file system: it has the environment of now, and does not wait long."""
    options: dict[str, Any] = {"skip_instance_cache": True}
    if protocol in ("s3", "s3a"):
        retries = {"max_attempts": 3, "mode": "standard"}
        options["config_kwargs"] = {"connect_timeout": 10, "read_timeout": 60, "retries": retries}
    return options
