"""Problems with stable codes, each code with its severity, as a check reports them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..errors import ConfigError

ERROR = "error"
WARNING = "warning"

_CODES = {
    ERROR: (
        *("unreadable", "too-large"),
        *("not-gzip", "gzip-header", "gzip-truncated", "gzip-data", "gzip-crc", "gzip-length"),
        *("gzip-trailing", "gzip-members", "window"),
        *("not-tar", "tar-truncated", "tar-end", "tar-trailing", "tar-checksum", "tar-field"),
        *("tar-size", "tar-pax", "tar-gnu", "tar-prefix", "tar-name-length", "tar-refused"),
        *("tar-link", "tar-special", "tar-type", "tar-folder-count", "tar-duplicate"),
        *("name-absolute", "name-parent", "name-segment", "name-backslash", "name-control"),
        *("name-encoding", "name-fat", "name-case", "name-clash", "name-reserved"),
        *(
            "src-layout",
            "for-computers",
            "not-installed",
            "syntax",
            "resources",
            "no-module",
            "mpy-abi",
        ),
        *("requires-line", "requires-text", "requires-count", "requires-disagree"),
        *("filename", "root", "pkg-info", "pkg-info-mismatch", "metadata", "metadata-version"),
        *("license-file", "url-requirement"),
    ),
    WARNING: (
        *("gzip-flags", "tar-format", "tar-folder"),
        *("name-unicode", "unneeded", "source-large", "syntax-unsure", "local-version"),
        *("import", "import-name", "syntax-target", "module-name", "module-hidden"),
        *("builtin-module", "frozen-data"),
    ),
}

CODES: Mapping[str, str] = MappingProxyType(
    {code: severity for severity, codes in _CODES.items() for code in codes}
)
"""Severity of every code, ERROR or WARNING.

docs/reference/check-codes explains each code with an example.
"""


def find_unknown_code(codes: Iterable[str]) -> str | None:
    """Return why one of `codes` is not a code of a problem, or None if all of them are."""
    for code in codes:
        if code not in CODES:
            import difflib

            near = difflib.get_close_matches(code, CODES, 1)
            known = f"Known codes: {', '.join(sorted(CODES))}."
            return f"unknown code {code!r}. {f'Did you mean {near[0]}?' if near else known}"
    return None


def refuse_unknown_codes(codes: Iterable[str], where: str) -> None:
    """Raise ConfigError if one of `codes`, which are set at `where`, is not a code of a problem."""
    if defect := find_unknown_code(codes):
        raise ConfigError(f"{where}: {defect}")


class Problem(NamedTuple):
    """One finding: `path` is the member as the archive names it, None for the whole archive.

    `message` is one or more sentences: the defect, its effect and the remedy. `message` and `path`
    may contain any text of a hostile archive. Escape them before showing them.
    """

    code: str
    path: str | None
    message: str

    @property
    def severity(self) -> str:
        """ERROR or WARNING, by the code."""
        return CODES[self.code]
