"""The last parts of URLs that must not choose where a file is written, and why."""

HOSTILE_PARTS = {
    "%2ftmp%2fx%2fevil-1.0.tar.gz": "contains a slash",
    "..%2fevil-1.0.tar.gz": "contains a slash",
    "..%2F..%2Fevil-1.0.tar.gz": "contains a slash",
    "a%2fevil-1.0.tar.gz": "contains a slash",
    "..%5cevil-1.0.tar.gz": "contains a backslash",
    "a%5Cevil-1.0.tar.gz": "contains a backslash",
    "c%3aevil-1.0.tar.gz": "contains ':'",
    "c:evil-1.0.tar.gz": "contains ':'",
    "%00evil-1.0.tar.gz": "contains a control character",
    "evil%00-1.0.tar.gz": "contains a control character",
    "evil-1.0%0a.tar.gz": "contains a control character",
    "evil-1.0%1b.tar.gz": "contains a control character",
    "evil-1.0%c2%9b.tar.gz": "contains a control character",
    "%2eevil-1.0.tar.gz": "begins with a dot",
    "con.evil-1.0.tar.gz": "is the name of a device",
    "EVIL~1-1.0.tar.gz": "contains '~1'",
    "evil*-1.0.tar.gz": "contains '*'",
    f"{'e' * 300}-1.0.tar.gz": "has more than 255 bytes",
}
"""From the last part of a URL, as it is written there, to a part of the message."""

HOSTILE_WHEELS = {
    "%2ftmp%2fx%2fevil-1.0-py3-none-any.whl": "contains a slash",
    "..%5cevil-1.0-py3-none-any.whl": "contains a backslash",
}
"""The same for wheels."""

HOSTILE_NAMES = ("evil-1.0.tar.gz.", "evil-1.0.tar.gz ", "nul", "COM1.gz", "..", ".", "")
"""More names, decoded, that no file of a download may have."""
