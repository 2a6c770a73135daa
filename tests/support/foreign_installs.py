"""What an installer made of an archive in foreign_archives, compared with the wheel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from support.archives import make_archive
from support.foreign_archives import Foreign, parse_requirements

NEEDED = ("lamp-wire", "lamp-board", "lamp-desk")
"""What the projects need, on any interpreter, on MicroPython and on CPython."""

_RECORDS = ".upip/"


def needed_archives() -> dict[str, bytes]:
    """Return {file name: archive} of the packages in NEEDED."""
    return {
        f"{name}-1.0.tar.gz": make_archive(name, "1.0", {f"of_{name}.py": ""}) for name in NEEDED
    }


def find_differences(foreign: Foreign, files: Mapping[str, bytes], unneeded: str) -> Iterator[str]:
    """Yield how the files in a directory differ from those of the wheel and of what it needs.

    `unneeded` is the package in NEEDED that this interpreter does not need.
    """
    needed = {
        name for name in NEEDED if name != unneeded and any(name in r for r in foreign.requires)
    }
    records = {path[len(_RECORDS) :] for path in files if path.startswith(_RECORDS)}
    found = {path: data for path, data in files.items() if not path.startswith(_RECORDS)}
    expected = {**foreign.files, **{f"of_{name}.py": b"" for name in needed}}
    yield from (f"has {path}" for path in sorted(found.keys() - expected.keys()))
    yield from (f"has no {path}" for path in sorted(expected.keys() - found.keys()))
    for path in sorted(found.keys() & expected.keys()):
        if found[path] != expected[path]:
            yield f"has another {path}"
    if records != {foreign.project, *needed}:
        yield f"has the records {sorted(records)}"
    record = files.get(_RECORDS + foreign.project, b"").decode()
    requires = parse_requirements(re.findall(r"^needs (.*)$", record, re.MULTILINE))
    if requires != foreign.requires:
        yield f"needs {sorted(requires)}, expected {sorted(foreign.requires)}"
