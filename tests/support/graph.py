"""A graph of 30 packages with ranges, extras, markers, pre-releases and yanked releases."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sdist_upip import Release
from support.archives import make_release

SIZE = 30
_VERSIONS = ("0.9", "1.0", "1.1", "1.10", "2.0rc1")


def make_graph() -> Iterator[tuple[Release, str | None]]:
    """Yield (release, reason why it is yanked or None). All packages are dependencies of p0.

    Package number n requires only packages of higher numbers, within ranges that 1.1 or 1.10
    satisfies. So one set of releases satisfies all requirements, and newer releases do not.
    """
    random.seed(1)
    for number in range(SIZE):
        for version in _VERSIONS:
            requires = list(_requirements(number)) if number < SIZE - 1 else []
            name = f"p{number}"
            files = {f"p{number}/__init__.py": f"version = {version!r}\n" * (number % 4 + 1)}
            files |= {f"p{number}/d{n}/data.bin": bytes(range(n * 9)) for n in range(number % 3)}
            if number % 5 == 0:
                files[f"{name}_tool.py"] = "print('tool')\n"
            yanked = "broken" if number % 7 == 3 and version == "1.10" else None
            yield make_release(name, version, files, requires), yanked


def _requirements(number: int) -> Iterator[str]:
    yield f"p{number + 1}>=1.0,<2"
    for _ in range(random.randrange(3)):
        other = random.randrange(number + 1, SIZE)
        tail = random.choice(["", "~=1.0", "!=0.9", ">0.9", "==1.*", "[tls]", "[tls,ssl]<3"])
        yield f"p{other}{tail}"
    if number % 4 == 1:
        yield f"p{SIZE - 1}; python_version >= '3.4'"
        yield "nothing; python_version < '3'"
    if number % 4 == 2:
        yield f"p{min(number + 2, SIZE - 1)} ; extra == 'tls'"
        yield f"p{SIZE - 2} (>=1.0) ; extra == 'ssl'"
        yield "nothing; extra == 'never'"
