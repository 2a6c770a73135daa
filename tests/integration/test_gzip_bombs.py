"""Archives that are small and decode, or parse, to more than any computer holds.

Every command runs under a limit on memory, and its peak stays far below.
"""

import json
import random
import sys
from dataclasses import asdict

import pytest

from support.archives import make_archive
from support.bombs import ARCHIVES, CONTENTS, WHEELS, make_content, repeat
from support.install_runs import ask_once
from support.warm_python import run_warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc has the peak of the memory")

RUN = """
import json, re, resource, sys
from contextlib import nullcontext
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from sdist_upip.cli.main import main
from sdist_upip.index import pip_settings
commands, settings = json.loads(sys.argv[1])
answer = pip_settings.PipSettings(**settings)
pip_settings.asking_pip = lambda: nullcontext(lambda: answer)
codes = []
for arguments in commands:
    try:
        codes.append(main(arguments))
    except BaseException as error:
        codes.append(repr(error))
    print()
    print("=" * 20, file=sys.stderr)
peak = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(json.dumps([codes, 1024 * int(peak)]))
"""


@pytest.fixture
def run(tmp_path, own_pip):
    """A function that runs commands in a child, and returns codes, errors and the peak."""
    text = "[global]\nno-index = true\n"
    own_pip.write_text(text)
    settings = asdict(ask_once(text))

    def run(*commands):
        result = run_warm("-c", RUN, json.dumps([commands, settings]), cwd=tmp_path)
        assert result.returncode == 0, result
        codes, peak = json.loads(result.stdout.splitlines()[-1])
        errors = [text.strip() for text in result.stderr.split("=" * 20)[:-1]]
        assert "Traceback" not in result.stderr
        return codes, errors, peak

    return run


def commands(name):
    """Return the commands that read the archive or wheel `name`."""
    return [
        ["install", "--no-index", "-p", "lib", name],
        ["install", "--no-index", "--convert", "-p", "lib", name],
        ["repack", name, "-o", "out/"],
        ["repack", "--complete", name, "-o", "out/"],
        ["freeze", "-p", "frozen", name],
        ["check", name],
        ["show", name],
        ["repack", "good/good-1.0.tar.gz", "-o", name],
    ]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives(tmp_path, run, kind):
    (tmp_path / "good").mkdir()
    (tmp_path / "good/good-1.0.tar.gz").write_bytes(make_archive("good", "1.0"))
    data = ARCHIVES[kind]()
    (tmp_path / "x-1.0.tar.gz").write_bytes(data)
    codes, errors, peak = run(*commands("x-1.0.tar.gz"))
    assert [code for code in codes if code not in (0, 1)] == []
    assert codes[1:5] == [1, 1, 1, 1]
    assert codes[7] == 1
    assert all(error.startswith("error: ") and "\n" not in error for error in errors[1:5])
    assert peak < 350_000_000
    assert (tmp_path / "x-1.0.tar.gz").read_bytes() == data
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", WHEELS)
def test_wheels(tmp_path, run, kind):
    name = "x-1.0-py3-none-any.whl"
    (tmp_path / name).write_bytes(WHEELS[kind]())
    codes, errors, peak = run(*commands(name)[:7])
    assert codes == [1] * 7
    assert all(error.startswith("error: ") and "\n" not in error for error in errors[:5])
    assert peak < 250_000_000
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", CONTENTS)
def test_contents(tmp_path, run, kind):
    (tmp_path / "x-1.0.tar.gz").write_bytes(make_content(kind))
    codes, _, peak = run(*commands("x-1.0.tar.gz")[:7])
    assert [code for code in codes if code not in (0, 1)] == []
    assert peak < 250_000_000


@pytest.mark.parametrize(
    ("pieces", "piece"),
    [(100, bytes(1 << 20)), (100, random.Random(1).randbytes(1 << 16) * 16)],
    ids=["100 MB of zeros", "100 MB of noise that repeats"],
)
def test_check_keeps_little_of_what_it_decodes(tmp_path, run, pieces, piece):
    (tmp_path / "x-1.0.tar.gz").write_bytes(repeat(pieces, piece))
    codes, _, peak = run(["check", "x-1.0.tar.gz"])
    assert codes == [1]
    assert peak < 100_000_000
