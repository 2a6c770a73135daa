"""Write the table of the modules that each port has built in or frozen, from stub distributions.

    python bench/ports.py [--cache DIR]

pip downloads the distributions. Only the names of their modules are read. A release of a port
without stubs is absent, and readers of the table take the modules of its neighbors.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TABLE = Path(__file__).parent.parent / "src/sdist_upip/ports/modules.txt"
MINORS = range(19, 30)
DISTRIBUTIONS = {
    "esp32": ("esp32", "esp32-esp32-generic-s3"),
    "esp8266": ("esp8266",),
    "mimxrt": ("mimxrt",),
    "nrf": ("nrf",),
    "rp2": (
        "rp2",
        "rp2-rpi-pico",
        "rp2-pico-w",
        "rp2-rpi-pico-w",
        "rp2-arduino-nano-rp2040-connect",
    ),
    "samd": ("samd", "samd-seeed-wio-terminal"),
    "stm32": ("stm32", "stm32-pybv11"),
    "unix": ("unix",),
    "webassembly": ("webassembly",),
    "windows": ("windows",),
}
"""Ports, each with the parts of the names micropython-…-stubs, for several boards of a port."""
EVERYWHERE = (
    *("array", "builtins", "collections", "io", "json", "os", "re", "ssl", "struct", "sys"),
    *("micropython", "upip", "pkg_resources"),
)
"""Modules that the stubs of Python's library describe for all ports, or that sdist-upip brings."""
EVERYWHERE_SINCE_21 = ("asyncio", "asyncio.core", "asyncio.event", "asyncio.funcs", "asyncio.lock")
EVERYWHERE_SINCE_21 += ("asyncio.stream", "asyncio.task", "_asyncio")
NOT_MODULES = frozenset({"__builtins__", "_mpy_shed", "_typeshed", "typing", "typing_extensions"})
ON_THE_WEB = ("abc", "os.path", "types")
"""Modules of the port webassembly that its stubs lack. `help("modules")` lists them."""
UNTIL_20 = ("uzlib", "zlib")
"""Modules that only stubs have since 1.21. Real interpreters of 1.21 to 1.29 do not import them."""


def download(name: str, minor: int, cache: Path) -> Path | None:
    """Return the newest wheel of micropython-NAME-stubs for 1.MINOR, or None if there is none."""
    directory = cache / f"{name}-1.{minor}"
    if not directory.is_dir():
        directory.mkdir(parents=True)
        requirement = f"micropython-{name}-stubs==1.{minor}.*"
        command = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", directory)
        subprocess.run([*command, requirement], capture_output=True, check=False)
    return next(directory.glob("*.whl"), None)


def read_modules(wheel: Path) -> set[str]:
    """Return the dotted names of the modules that a wheel has stubs of."""
    with zipfile.ZipFile(wheel) as archive:
        paths = [name for name in archive.namelist() if ".dist-info/" not in name]
    names = {
        re.sub(r"(/__init__)?\.pyi$", "", path).replace("/", ".")
        for path in paths
        if path.endswith(".pyi")
    }
    names = {name for name in names if name.partition(".")[0] not in NOT_MODULES}
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def spans(minors: set[int]) -> str:
    """Return sorted numbers as ranges: 19-21,24."""
    texts, ordered = [], sorted(minors)
    while ordered:
        first = last = ordered.pop(0)
        while ordered and ordered[0] == last + 1:
            last = ordered.pop(0)
        texts.append(f"{first}-{last}" if last > first else f"{first}")
    return ",".join(texts)


def read_stubs(cache: Path) -> tuple[dict[str, dict[int, list[set[str]]]], list[str]]:
    """Return {port: {minor: modules of each distribution}}, and lines with their versions."""
    stubs: dict[str, dict[int, list[set[str]]]] = {}
    sources = []
    for port, distributions in DISTRIBUTIONS.items():
        for name in distributions:
            releases = []
            for minor in MINORS:
                if wheel := download(name, minor, cache):
                    releases.append(wheel.name.split("-")[1])
                    found = stubs.setdefault(port, {}).setdefault(minor, [])
                    found.append(read_modules(wheel) | find_known(port, minor))
            sources.append(f"# micropython-{name}-stubs {' '.join(releases)}")
    return stubs, sources


def find_known(port: str, minor: int) -> set[str]:
    """Return the modules of a port that its stubs lack."""
    known = {*EVERYWHERE, *(ON_THE_WEB if port == "webassembly" else ())}
    return known | set(EVERYWHERE_SINCE_21 if minor >= 21 else ())


def find_minors(
    stubs: dict[int, list[set[str]]], port: str, module: str, *, everywhere: bool
) -> set[int]:
    """Return the releases in which a distribution of `port` has `module`, or all of them have it.

    A module in a single release was mostly a file of the board that the stubs were made on.
    """
    hits = {
        minor
        for minor, found in stubs.items()
        if (all if everywhere else any)(module in names for names in found)
    }
    if module in UNTIL_20 and (port, module) != ("webassembly", "zlib"):
        hits &= set(range(21))
    if len(hits) == 1 and len(stubs) > 1 and hits.isdisjoint({min(stubs), max(stubs)}):
        hits = set()
    return hits


def make_table(cache: Path) -> str:
    """Return the text of the table."""
    stubs, sources = read_stubs(cache)
    modules = {
        name
        for minors in stubs.values()
        for found in minors.values()
        for name in set().union(*found)
    }
    lines = [
        "# Modules that the ports of MicroPython 1.19 to 1.29 have built in or frozen.",
        f"# Written by bench/ports.py on {datetime.date.today()} from the module names of:",
        *sources,
        "# A line is a port and the releases in the table, or a module and the ports that have it.",
        "# With a question mark, only some boards of the port have it.",
    ]
    lines += [f"port {port} {spans(set(minors))}" for port, minors in sorted(stubs.items())]
    for module in sorted(modules):
        groups: dict[str, list[str]] = {}
        for port, minors in sorted(stubs.items()):
            some = find_minors(minors, port, module, everywhere=False)
            every = find_minors(minors, port, module, everywhere=True) & some
            for mark, hits in (("", every), ("?", some - every)):
                if hits:
                    text = "" if hits == set(minors) else spans(hits)
                    groups.setdefault(text, []).append(f"{port}{mark}")
        words = ["+".join(names) + (f":{span}" if span else "") for span, names in groups.items()]
        if words:
            everywhere = words == ["+".join(sorted(stubs))]
            lines.append(f"{module} {'*' if everywhere else ' '.join(words)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cache", type=Path, help="directory for the downloads, to use them again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        TABLE.write_text(make_table(options.cache or Path(scratch)), encoding="utf-8")


if __name__ == "__main__":
    main()
