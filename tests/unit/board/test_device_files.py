import pytest

from sdist_upip.board import device_files
from sdist_upip.board.device_files import compile_modules, read_device_modules
from sdist_upip.board.short_names import shorten_names
from sdist_upip.errors import ConfigError
from support.paths import ROOT

SOURCES = {path.name: path.read_bytes() for path in (ROOT / "src/sdist_upip/device").glob("*.py")}


class Compiler:
    """Returns the source instead of bytecode, and records the calls."""

    def __init__(self):
        self.calls = []

    def compile(self, source, path, *, optimization):
        self.calls.append((path, optimization))
        return b"M" + source


@pytest.fixture
def compiler(monkeypatch):
    versions = []
    compiler = Compiler()
    compiler.versions = versions
    monkeypatch.setattr(
        device_files, "find_compiler", lambda version: versions.append(version) or compiler
    )
    return compiler


def test_a_board_gets_every_module_but_that_for_cpython():
    modules = read_device_modules()
    assert {"upip.py", "upip_main.py", "pkg_resources.py"} < modules.keys()
    assert modules == {name: SOURCES[name] for name in SOURCES.keys() - {"upip_cpython.py"}}


def test_cpython_gets_one_module_more():
    modules = read_device_modules(cpython=True)
    assert modules == SOURCES
    assert modules.keys() - read_device_modules().keys() == {"upip_cpython.py"}


def test_modules_are_compiled_in_order_without_line_numbers(compiler):
    sources = {"upip_tar.py": b"def f(long_name):\n    return long_name\n", "a.py": b"x = 1\n"}
    compiled = compile_modules(sources, "1.24.1")
    assert list(compiled) == ["a.mpy", "upip_tar.mpy"]
    assert compiled["a.mpy"] == b"M" + shorten_names(b"x = 1\n", keep_parameters=False)
    assert compiler.calls == [("a", 3), ("upip_tar", 3)]
    assert compiler.versions == ["1.24.1"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("upip.py", True), ("pkg_resources.py", True), ("upip_tar.py", False), ("upip_req.py", False)],
)
def test_names_of_parameters_stay_where_applications_use_them(name, kept, compiler):
    source = b"_private = 1\n\ndef install(packages):\n    return packages, _private\n"
    (compiled,) = compile_modules({name: source}, "1.28").values()
    assert (b"packages" in compiled) == kept
    assert b"_private" not in compiled


def test_nothing_to_compile_needs_a_compiler_all_the_same(monkeypatch):
    def refuse(version):
        raise ConfigError(f"--mpy {version}: mpy-cross is not installed.")

    monkeypatch.setattr(device_files, "find_compiler", refuse)
    with pytest.raises(ConfigError, match=r"--mpy 1\.28: mpy-cross is not installed"):
        compile_modules({}, "1.28")
