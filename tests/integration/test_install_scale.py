"""Many packages: all arrive, and memory does not grow with what they hold."""

import random

import pytest

from support.archives import make_release, pack
from support.index_server import Index
from support.processes import run_python

FILES, SIZE = 20, 8192


@pytest.fixture(scope="module")
def index():
    """200 packages of 160 KB; each needs the next, and the first ten no others."""
    random.seed(8)
    with Index() as index:
        for number in range(200):
            contents = {
                f"p{number}/m{file}.py": f"x = {random.randbytes(SIZE // 2).hex()!r}\n"
                for file in range(FILES)
            }
            needs = [f"p{number + 1}>=1"] if number not in (9, 199) else []
            release = make_release(f"p{number}", "1.0", contents, needs)
            index.add_release(release, pack(release))
        yield index


# What a process has had at most, as Linux reports it; getrusage would count the parent's, too.
MEASURE = """
import re, sys
from pathlib import Path
from sdist_upip.cli.main import main
code = main(["install", "-i", *sys.argv[1:]])
print(re.search("VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def measure(index, directory, word):
    """Install into `directory`; return the peak memory in bytes."""
    directory.mkdir()
    result = run_python("-c", MEASURE, index.simple, word, cwd=directory)
    assert result.returncode == 0, result
    return int(result.stdout.splitlines()[-1]) * 1024


def test_two_hundred_packages_of_twenty_files(own_pip, index, tmp_path):
    few, many = tmp_path / "few", tmp_path / "many"
    least = measure(index, few, "p0")
    most = measure(index, many, "p10")
    assert len(list((few / "lib").rglob("*.py"))) == 10 * FILES
    files = list((many / "lib").rglob("*.py"))
    assert len(files) == 190 * FILES
    held = sum(path.stat().st_size for path in files)
    assert most - least < held / 2
