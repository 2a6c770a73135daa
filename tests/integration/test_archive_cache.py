"""The cache of downloads, used by several processes."""

import subprocess
import sys

from sdist_upip.index.archive_cache import ArchiveCache
from support.caches import SHA256, put


def test_what_read_only_directories_hold_is_still_used(tmp_path):
    with ArchiveCache(tmp_path / "cache") as cache:
        path = put(cache)
    script = (
        "import sys, pathlib; from sdist_upip.index.archive_cache import ArchiveCache\n"
        f"print(ArchiveCache(pathlib.Path({str(tmp_path / 'cache')!r}))"
        f".find({SHA256!r}, 'a-1.tar.gz'))"
    )
    for directory in (path.parent, path.parent.parent, tmp_path / "cache"):
        directory.chmod(0o555)
    try:
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    finally:
        for directory in (tmp_path / "cache", path.parent.parent, path.parent):
            directory.chmod(0o755)
    assert found.stdout.strip() == str(path), found.stderr


def test_processes_share_a_directory(tmp_path):
    script = (
        "import sys, pathlib; from sdist_upip.index.archive_cache import ArchiveCache\n"
        "with ArchiveCache(pathlib.Path(sys.argv[1])) as cache:\n"
        "    for _ in range(50):\n"
        "        writer = cache.open_writer()\n"
        "        writer.write(b'x' * 5000)\n"
        "        path = cache.store(writer, 'a-1.tar.gz')\n"
        "        assert cache.find(path.parent.name, 'a-1.tar.gz') == path\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
