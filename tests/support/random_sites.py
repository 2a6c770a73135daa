"""Random releases that require one another: circles, conflicts, extras, pre-releases."""

from __future__ import annotations

import random
from collections.abc import Callable

from sdist_upip.site.release import SourceArchive

VERSIONS = ("1.0", "2.0", "3.0", "4.0rc1", "1.0.post1")


def make_random_site(
    rng: random.Random, make: Callable[..., SourceArchive], projects: int = 6
) -> list[SourceArchive]:
    """Return the archives of some releases of each project."""
    names = [f"p{number}" for number in range(projects)]
    return [
        make(
            name, version, [_make_requirement(rng, names) for _ in range(int(rng.choice("001123")))]
        )
        for name in names
        for version in rng.sample(VERSIONS, rng.randint(1, 3))
    ]


def _make_requirement(rng: random.Random, names: list[str]) -> str:
    specifier = rng.choice(["", "", "", ">=2", "<3", "==1.0", "!=2.0"])
    extra = rng.choice(["", "", "", "[x]"])
    marker = rng.choice(["", "", "", '; extra == "x"'])
    return f"{rng.choice(names)}{extra}{specifier}{marker}"
