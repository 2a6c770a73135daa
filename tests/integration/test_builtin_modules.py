"""The table of built-in modules is that of the unix port, and packages of them are reported."""

import pytest

from sdist_upip.cli.main import main
from sdist_upip.ports.precedence import EXTENSIBLE, FIXED

IMPORT_ALL = """
import sys
for number in (1, 2):
    for name in {names!r}:
        try:
            module = __import__(name)
        except ImportError:
            print(name, "missing")
        else:
            print(name, "file" if hasattr(module, "IS_FILE") else "built in")
        if name != "sys":
            sys.modules.pop(name, None)
    sys.path[:] = [".frozen"]
"""


def import_all(interpreter, names, files):
    outcome = interpreter.run(IMPORT_ALL.format(names=sorted(names)), files)
    lines = [line.split(" ", 1) for line in outcome.lines]
    half = len(lines) // 2
    return dict(lines[:half]), dict(lines[half:])


@pytest.mark.parametrize("pattern", ["{}.py", "{}/__init__.py"])
def test_which_wins(unix_port, pattern):
    names = EXTENSIBLE | FIXED
    files = {pattern.format(name): b"IS_FILE = 1\n" for name in names}
    with_file, without_file = import_all(unix_port, names, files)
    assert {name for name, found in with_file.items() if found == "file"} == EXTENSIBLE
    assert set(without_file) == names
    assert {name for name, found in without_file.items() if found != "built in"} == set()


def test_packages_of_them_are_reported(own_pip, index, offer, tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    offer("app", "1.0", "micropython-os", "micropython-gc", "other")
    offer("micropython-os", "0.6", files={"os/__init__.py": "", "os/path.py": ""})
    offer("micropython-gc", "0.1", files={"gc.py": ""})
    offer("other", "1.0", files={"other.py": "", "os2.py": ""})
    os_line = (
        "micropython-os 0.6 only brings os, in place of what MicroPython has built in. "
        "{} if the board's module is enough."
    )
    gc_line = (
        "micropython-gc 0.1 only brings gc, which MicroPython has built in and imports "
        "before any file. Pass --without micropython-gc if the board's module is enough."
    )
    source = ("-i", index.simple)

    def install(*words):
        caplog.clear()
        assert main(["install", *source, *words]) == 0
        return [record.message for record in caplog.records if record.levelname == "WARNING"]

    both = [gc_line, os_line.format("Pass --without micropython-os")]
    assert install("app", "--lock", "pylock.toml") == both
    assert install("app") == []
    assert install("--freeze", "-p", "frozen", "app") == both
    assert install("-p", "again", "--lock", "pylock.toml") == both
    without = ("--without", "micropython-os", "--without", "micropython-gc")
    assert install("-p", "less", "app", *without) == []
    assert install("-p", "named", "micropython-os") == [os_line.format("Do not install it")]
