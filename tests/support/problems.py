"""Problems of a check."""

STRICTER = frozenset(
    {
        *("unreadable", "tar-end", "tar-trailing", "tar-checksum", "tar-field", "tar-size"),
        *("tar-special", "tar-prefix", "tar-name-length", "not-installed", "syntax", "resources"),
        *("no-module", "mpy-abi", "requires-line", "requires-disagree", "filename", "root"),
        *("pkg-info", "pkg-info-mismatch", "metadata", "metadata-version", "license-file"),
        *("url-requirement", "window", "tar-pax", "tar-gnu", "tar-link", "tar-type", "tar-refused"),
        *("src-layout", "for-computers"),
    }
)
"""Errors of check for archives that install may take: rules of PyPI, pip and stock upip, archives
for computers, and what a package does on a device."""


def codes(problems):
    """Return the code of each problem."""
    return [problem.code for problem in problems]
