"""Seconds and bytes to put 20 packages of 20 files on a board, beside mpremote's cp and mip.

The board is the unix port behind a terminal, with a flash in a file. `python bench/board.py
[FILE_SYSTEM] [RUNS]` prints a table in Markdown, the least of the runs. Archives come
from a directory, so there is no network in between.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from micropython.installation import find_unix_port  # noqa: E402
from sdist_upip import Release  # noqa: E402
from support.archives import make_release, pack  # noqa: E402
from support.flash_board import FlashBoard  # noqa: E402
from support.static_server import StaticServer  # noqa: E402
from support.trees import write_tree  # noqa: E402

PACKAGES = 20
FILES = 20


def make_packages(changed: int = -1) -> list[Release]:
    """Return packages of sources and data; of the package `changed`, one file has other text."""
    found = []
    for number in range(PACKAGES):
        source = random.Random(number)
        name = f"package{number}"
        files = {}
        for index in range(FILES):
            lines = [f"def f{i}(x):\n    return x * {source.random()}\n" for i in range(12)]
            files[f"{name}/m{index}.py"] = "\n".join(lines)
        files[f"{name}/m0.py"] = files.pop(f"{name}/m0.py") + f"# {number == changed}\n"
        files[f"{name}/data.bin"] = source.randbytes(700)
        del files[f"{name}/m1.py"]
        version = "1.1" if number == changed else "1.0"
        found.append(make_release(name, version, files, []))
    return found


def measure(board: FlashBoard, *command: object) -> tuple[float, int]:
    """Run a command; return the seconds from the first byte to the last, and the bytes."""
    board.plug()
    words = [str(board.device) if word is DEVICE else str(word) for word in command]
    words = [word.replace(BOARD, f"--board={board.device}") for word in words]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stdout}{done.stderr}")
    return board.seconds, board.traffic


DEVICE = object()
BOARD = "--board"
OURS, COPY, MIP = "sdist-upip install --board", "mpremote cp -r", "mpremote mip install"
MPREMOTE = ("mpremote", "connect", DEVICE, "resume")


def prepare(scratch: Path) -> None:
    """Write archives in `old` and `new`, the same files in `tree`, and package.json files."""
    for directory, changed in (("old", -1), ("new", 7)):
        (scratch / directory).mkdir()
        for release in make_packages(changed):
            path = scratch / directory / f"{release.root}.tar.gz"
            path.write_bytes(pack(release))
    for directory, changed in (("tree", -1), ("changed", 7)):
        for release in make_packages(changed):
            files = {m.path: m.data for m in release if m.path != "PKG-INFO"}
            write_tree(scratch / directory / "lib", files)
            table = {"urls": [[path, path] for path in files], "deps": [], "version": "1"}
            path = scratch / directory / "lib" / f"{release.name}.json"
            path.write_text(json.dumps(table))


def make_command(
    way: str, scratch: Path, root: object, directory: str, tree: str, url: str
) -> tuple[object, ...]:
    """Return the command for the archives in `directory`, or the files in `tree`."""
    names = [f"package{number}" for number in range(PACKAGES)]
    if way == OURS:
        return (
            "sdist_upip",
            "install",
            BOARD,
            "--no-index",
            "-U",
            "-f",
            scratch / directory,
            *names,
        )
    if way == COPY:
        return (*MPREMOTE, "cp", "-r", scratch / tree / "lib", f":{root}/")
    urls = [f"{url}/{tree}/lib/{name}.json" for name in names]
    return (*MPREMOTE, "mip", "install", "--no-mpy", "--target", f"{root}/lib", *urls)


def main(file_system: str = "posix", runs: str = "3") -> None:
    """Print the table for a flash with `file_system`."""
    least: dict[tuple[str, str], tuple[float, int]] = {}

    def note(way: str, case: str, result: tuple[float, int]) -> None:
        least[way, case] = min(least.get((way, case), result), result)

    with tempfile.TemporaryDirectory() as text:
        scratch = Path(text)
        prepare(scratch)
        with StaticServer(scratch) as server:
            for run in range(int(runs)):
                for way in (OURS, COPY, MIP):
                    image = scratch / f"{run}-{way.replace(' ', '-')}"
                    if file_system == "posix":
                        (image / "lib").mkdir(parents=True)
                    with FlashBoard(find_unix_port(), image, file_system, heap="512k") as board:
                        root = image if file_system == "posix" else "/flash"
                        for case, directory, tree in (
                            ("first time", "old", "tree"),
                            ("nothing to do", "old", "tree"),
                            ("one changed", "new", "changed"),
                        ):
                            command = make_command(way, scratch, root, directory, tree, server.url)
                            note(way, case, measure(board, *command))
    cases = ("first time", "nothing to do", "one changed")
    print(f"| {file_system} | {' | '.join(cases)} |\n|---|{'---|' * len(cases)}")
    for way in dict.fromkeys(way for way, _ in least):
        cells = [f"{least[way, case][0]:.2f} s, {least[way, case][1]:,} bytes" for case in cases]
        print(f"| `{way}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    main(*sys.argv[1:])
