"""A wheel becomes the archive that the command would make."""

import pytest

from sdist_upip.builders.from_wheel import build_from_wheel
from sdist_upip.config import Config, make_config
from sdist_upip.errors import ConfigError, ProjectError
from support.trees import read_members, write_tree
from support.wheels import FILES, make_wheel

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")


def test_a_wheel_becomes_a_device_archive(tmp_path):
    wheel = make_wheel(tmp_path, FILES)
    build = build_from_wheel(wheel, tmp_path / "dist", Config())
    assert sorted(read_members(build.archive.path)) == [
        *("PKG-INFO", "www/index.html", "x/__init__.py", "x/more.py")
    ]
    left = {item.source.removeprefix(f"{wheel.name}/"): item.reason for item in build.excluded}
    assert left == {
        "x/py.typed": "type information, which devices do not read",
        "x-1.0.data/scripts/x": "script for the host",
        "x-1.0.data/headers/x.h": "outside every declared package",
    }


def test_a_wheel_declares_its_packages_and_sweeps_in_leftovers(tmp_path):
    packages = {f"{name}/__init__.py": "" for name in ("tools", "test", "examples", "build")}
    swept = ("x/.DS_Store", "x/m.py~", "x/n.txt.~1~", "y.egg-info/PKG-INFO", "setup.py")
    files = {**FILES, **packages, **dict.fromkeys(swept, "left")}
    build = build_from_wheel(make_wheel(tmp_path, files), tmp_path / "dist", Config())
    assert sorted(read_members(build.archive.path)) == sorted(
        ["PKG-INFO", "www/index.html", "x/__init__.py", "x/more.py", *packages]
    )
    assert {item.source.partition("/")[2] for item in build.excluded} >= {*swept}


def test_licenses_and_entry_points_of_a_wheel_are_kept_on_request(tmp_path):
    config = Config(license_files="keep", pip_compatible=True)
    build = build_from_wheel(make_wheel(tmp_path, FILES), tmp_path / "dist", config)
    members = read_members(build.archive.path)
    assert members["x.egg-info/licenses/LICENSE"] == b"You may.\n"
    assert b"License-File: x.egg-info/licenses/LICENSE\n" in members["PKG-INFO"]
    assert b"x = x:main" in members["setup.py"]


def test_compiled_code_is_refused_unless_it_is_excluded(tmp_path):
    files = {**FILES, "x/fast.cpython-311-x86_64-linux-gnu.so": "\x7fELF"}
    wheel = make_wheel(tmp_path, files)
    with pytest.raises(ProjectError, match=r"Extension module 'x\.fast' cannot run on a device"):
        build_from_wheel(wheel, tmp_path, Config())
    build = build_from_wheel(wheel, tmp_path, Config(exclude=("x/fast.*",)))
    assert "x/fast" not in " ".join(read_members(build.archive.path))


def test_sources_are_traced_and_what_no_wheel_holds_is_named(tmp_path):
    project = write_tree(
        tmp_path / "project",
        {
            "src/x/__init__.py": "",
            "src/x/forgotten.txt": "",
            "src/x/more.py": "other bytes",
            "www/style.css": "",
        },
    )
    config = Config(include=("www/*",))
    build = build_from_wheel(make_wheel(tmp_path, FILES), tmp_path / "dist", config, project)
    left = {item.source: item.reason for item in build.excluded}
    assert left["src/x/forgotten.txt"] == "not in the wheel that the build backend makes"
    assert left["src/x/more.py"] == "another file has the same install path"
    members = read_members(build.archive.path)
    assert members["x/more.py"] == b""
    assert members["www/style.css"] == b""


def test_include_needs_a_project(tmp_path):
    with pytest.raises(ConfigError, match="Build the project instead"):
        build_from_wheel(tmp_path / "x.whl", tmp_path, make_config({"include": "a"}))
