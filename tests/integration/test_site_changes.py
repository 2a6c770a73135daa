"""Sites that several processes build, and sites that are compiled for another MicroPython."""

import pytest

from sdist_upip.errors import ArchiveError
from support.sites import Archives, MemoryStore, References, change, install


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    return Archives(tmp_path_factory.mktemp("archives"))


def test_many_archives_are_read_by_processes_with_the_same_result(make):
    archives = [
        make(f"p{number}", "1.0", [f"p{number - 1}"] if number else []) for number in range(45)
    ]
    many, few = MemoryStore(), MemoryStore()
    result = change(many, *archives)
    assert len(result.added) == 45
    change(few, *archives[:20])
    change(few, *archives[20:])
    assert many.files == few.files
    broken = make("q", "1.0")
    broken.path.write_bytes(b"damaged")
    with pytest.raises(ArchiveError, match=broken.path.name):
        change(MemoryStore(), *archives, broken)


def test_all_releases_are_compiled_for_another_micropython(make):
    archives = [
        make("a", "1.0", ["b"]),
        make("b", "1.0", (), {"b/__init__.py": "", "b/x.txt": "x"}),
    ]
    source, compiled = MemoryStore(), MemoryStore(after=References())
    change(source, *archives)
    change(compiled, *archives, settings={"mpy": "1.28"})
    changed = MemoryStore(source.files, after=References())
    change(changed, settings={"mpy": "1.28"})
    assert changed.files == compiled.files
    assert sorted(install(changed, "a", tree="6")[0]) == ["a.mpy", "b/__init__.mpy", "b/x.txt"]
    assert sorted(install(changed, "a")[0]) == ["a.py", "b/__init__.py", "b/x.txt"]
    change(changed, settings={"mpy": ""})
    assert changed.files == source.files
