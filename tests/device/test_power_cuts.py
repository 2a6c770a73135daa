"""Power cuts at every write to the flash of a board, and a full flash, on the file systems of
boards.

bench/power_cuts.py runs the long series. docs/explanation/power-cuts.md has its counts.
"""

from contextlib import suppress

import pytest

from sdist_upip.installed.package_directory import PackageDirectory
from support.package_installs import install_here
from support.power_cut import Disk, PowerCut
from support.power_series import (
    FILE_SYSTEMS,
    FULL,
    SMALL,
    board_files,
    cut_power,
    dump_half_way,
    fill_flash,
    recover_half_way,
    upgrade_upip,
)


@pytest.mark.parametrize("file_system", FILE_SYSTEMS)
@pytest.mark.parametrize("name", SMALL)
def test_a_cut_at_any_write_leaves_the_old_or_the_new_packages(unix_port, name, file_system):
    wrong, cuts, output = cut_power(unix_port, SMALL[name], file_system)
    assert wrong == 0, output
    assert cuts > 10


@pytest.mark.parametrize("mode", ["half", "erased", "garbage"])
def test_the_write_in_progress_may_leave_anything_on_littlefs(unix_port, mode):
    wrong, cuts, output = cut_power(unix_port, SMALL["upgrade"], "lfs2", mode=mode)
    assert wrong == 0, output
    assert cuts > 50


@pytest.mark.parametrize("file_system", ["lfs2", "fat512"])
def test_a_second_cut_during_the_recovery_does_no_harm(unix_port, file_system):
    series = SMALL["upgrade"]
    wrong, cuts, output = cut_power(unix_port, series, file_system, depth=2, step=5)
    assert wrong == 0, output
    assert cuts > 50


@pytest.mark.parametrize("file_system", FILE_SYSTEMS)
def test_a_full_flash_installs_all_or_nothing(unix_port, file_system):
    wrong, runs, installed, output = fill_flash(unix_port, FULL["upgrade"], file_system)
    assert wrong == 0, output
    assert 0 < installed < runs


def test_upip_can_replace_itself(unix_port):
    """A version whose modules have other names inside finishes what its predecessor began."""
    wrong, cuts, output = upgrade_upip(unix_port, "lfs2", step=23)
    assert wrong == 0, output
    assert cuts > 10


def write(directory, tree):
    directory.mkdir(parents=True)
    for path, data in sorted(tree.items()):
        if data is None:
            (directory / path).mkdir()
        else:
            (directory / path).write_bytes(data)


def read(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() if path.is_file() else None
        for path in directory.rglob("*")
    }


@pytest.mark.parametrize("file_system", ["lfs2", "fat512"])
def test_a_computer_goes_on_where_a_board_was_cut(unix_port, tmp_path, file_system):
    old, new, *left = dump_half_way(unix_port, SMALL["upgrade"], file_system)
    found = []
    for number, tree in enumerate(left):
        lib = tmp_path / str(number)
        write(lib, tree)
        with PackageDirectory(lib) as directory:
            directory.names()
        found.append(read(lib))
    assert [tree for tree in found if tree not in (old, new)] == []
    assert old in found
    assert new in found


@pytest.mark.parametrize("file_system", ["lfs2", "fat512"])
def test_a_board_goes_on_where_a_computer_was_killed(unix_port, tmp_path, file_system):
    archives = {
        version: ("app", version, board_files()[f"archives/app-{version}.tar.gz"])
        for version in "12"
    }
    left = []
    limit = 0
    calls = 1
    while calls >= limit:
        lib = tmp_path / str(limit)
        install_here(lib, archives["1"])
        old = read(lib)
        with Disk(limit) as disk:
            with suppress(PowerCut):
                install_here(lib, archives["2"])
            calls = disk.calls
        left.append(read(lib))
        limit += 1
    new = left[-1]
    found = recover_half_way(unix_port, left, file_system)
    assert len(found) == len(left) > 20
    assert [tree for tree in found if tree not in (old, new)] == []
    assert old in found
    assert new in found
