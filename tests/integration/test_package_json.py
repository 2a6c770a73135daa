"""`sdist-upip package-json`, and what mip and mpremote install with the file."""

import json
import sys
import warnings

import pytest

from sdist_upip.cli.main import main
from sdist_upip.mip.repository import find_untracked
from sdist_upip.mip.urls import make_urls, parse_base
from support.archives import make_archive
from support.paths import ROOT
from support.processes import run
from support.projects import BACKEND
from support.static_server import StaticServer
from support.trees import read_tree, write_tree

if sys.platform != "win32":
    from support.pty_board import PtyBoard

PROJECT = {
    "pyproject.toml": BACKEND
    + """
[project]
name = "x"
version = "1.0"
dependencies = [
    "micropython-logging",
    "pinned==2.0",
    "for-computers; implementation_name == 'cpython'",
]
[project.optional-dependencies]
dev = ["pytest"]
[tool.setuptools]
packages = ["a", "b.c"]
package-dir = {"" = "src", "b.c" = "other/c"}
py-modules = ["m"]
[tool.setuptools.package-data]
a = ["page.html"]
[tool.setuptools.data-files]
www = ["web/index.html"]
[tool.sdist-upip]
include = ["assets/**"]
exclude = ["a/tests/**"]
[tool.sdist-upip.package-json]
urls = "relative"
deps = {micropython-logging = "logging"}
""",
    "src/a/__init__.py": "import pkg_resources\n",
    "src/a/page.html": "page",
    "src/a/README": "not declared",
    "src/m.py": "m = 1\n",
    "other/c/__init__.py": "",
    "web/index.html": "index",
    "assets/logo.bin": "logo",
}
SOURCES = {
    "a/__init__.py": "src/a/__init__.py",
    "a/page.html": "src/a/page.html",
    "assets/logo.bin": "assets/logo.bin",
    "b/c/__init__.py": "other/c/__init__.py",
    "m.py": "src/m.py",
    "www/index.html": "web/index.html",
}
DEPS = [["logging", "latest"], ["pinned", "2.0"], ["pkg_resources", "latest"]]


@pytest.fixture
def run_command(tmp_path, monkeypatch, capsys):
    """Runs the command in a directory of its own. Returns the exit code and the output."""
    monkeypatch.chdir(tmp_path)

    def run_command(*words):
        capsys.readouterr()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = main(["package-json", *map(str, words)])
        return code, *capsys.readouterr()

    return run_command


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "p", PROJECT)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_project_with_every_kind_of_file(project, run_command):
    code, out, _ = run_command(project)
    assert (code, out) == (0, f"wrote {project / 'package.json'}: 6 files, 3 dependencies\n")
    document = read(project / "package.json")
    assert document == {"urls": list(map(list, SOURCES.items())), "deps": DEPS, "version": "1.0"}
    assert {path: text for path, text in read_tree(project).items() if path != "package.json"} == {
        path: text.encode() for path, text in PROJECT.items()
    }


def test_the_check_fails_with_a_diff_until_the_file_is_written(project, run_command):
    file = project / "package.json"
    code, out, err = run_command(project, "--check")
    assert (code, file.exists()) == (1, False)
    assert out.startswith("--- /dev/null\n+++ b/package.json\n@@ ")
    assert err.endswith(f"{file} is missing. Run sdist-upip package-json to write it.\n")
    assert run_command(project)[0] == 0
    assert run_command(project, "--check")[:2] == (0, f"{file} is up to date\n")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))  # as git writes it on Windows
    assert run_command(project, "--check")[0] == 0
    for arguments in ((), ("--check",)):
        data = file.read_bytes().replace(b"{", b'{"author": "J\xe9r\xf4me",', 1)
        (project / "latin.json").write_bytes(data)
        code, out, err = run_command(project, "-o", project / "latin.json", *arguments)
        assert (code, out) == (1, "")
        assert err.endswith("latin.json is not UTF-8. Save the file as UTF-8.\n")
        assert (project / "latin.json").read_bytes() == data
    write_tree(project, {"src/a/more.html": "", "src/m.py": "m = 2\n"})
    assert run_command(project, "--check")[0] == 0  # neither declared nor another path
    (project / "src/a/page.html").rename(project / "src/a/pages.html")
    text = PROJECT["pyproject.toml"].replace("page.html", "pages.html")
    write_tree(project, {"pyproject.toml": text})
    code, out, err = run_command(project, "--check")
    assert code == 1
    assert '-    ["a/page.html", "src/a/page.html"],\n' in out
    assert '+    ["a/pages.html", "src/a/pages.html"],\n' in out
    assert f"{file} differs from the release. Run sdist-upip package-json" in err


def test_files_that_git_does_not_track_are_a_warning(project, run_command, tmp_path):
    for words in (("init", "-q", tmp_path), ("-C", tmp_path, "add", "p/src")):
        assert run("git", *words, cwd=tmp_path).returncode == 0
    missing = sorted(source for source in SOURCES.values() if not source.startswith("src/"))
    code, _, err = run_command(project)
    assert code == 0
    assert f"warning: mip will not find 3 files: {', '.join(missing)}. They are not tracked" in err
    assert run("git", "-C", tmp_path, "add", "p", cwd=tmp_path).returncode == 0
    assert "mip will not find" not in run_command(project, "--check")[2]
    assert (
        find_untracked(project, ["src/m.py"]) == find_untracked(tmp_path / "p/src", ["m.py"]) == []
    )
    assert find_untracked(tmp_path.parent, ["src/m.py"]) == []


def test_options_have_priority_over_the_table(project, run_command):
    words = ("--urls", "github:o/r/sub", "--dep", "micropython-logging=", "--dep", "pinned=p@3")
    code, out, _ = run_command(project, *words, "-o", "-")
    document = json.loads(out)
    assert code == 0
    assert document["urls"][0] == ["a/__init__.py", "github:o/r/sub/src/a/__init__.py"]
    assert document["deps"] == [["p", "3"], ["pkg_resources", "latest"]]
    assert not (project / "package.json").exists()


def test_a_project_behind_a_link_has_the_same_urls(project, run_command, tmp_path):
    (tmp_path / "link").symlink_to(project)
    assert run_command("link")[0] == 0
    assert read(project / "package.json")["urls"][0] == ["a/__init__.py", "src/a/__init__.py"]
    assert run_command(project, "-o", "link/package.json", "--check")[0] == 0


def test_relative_urls_start_at_the_file(project, run_command, tmp_path):
    assert run_command("p", "-o", "package.json")[0] == 0
    assert read(tmp_path / "package.json")["urls"][0] == ["a/__init__.py", "p/src/a/__init__.py"]
    (tmp_path / "package.json").unlink()
    code, _, err = run_command("p", "-o", "q/package.json")
    assert code == 1
    assert "is not below" in err
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize("backend", ["hatchling", "flit"])
def test_projects_of_other_backends(backend, run_command, tmp_path):
    requires, build = {
        "hatchling": ("hatchling", "hatchling.build"),
        "flit": ("flit_core", "flit_core.buildapi"),
    }[backend]
    write_tree(
        tmp_path / "p",
        {
            "pyproject.toml": f'[build-system]\nrequires = ["{requires}"]\n'
            f'build-backend = "{build}"\n[project]\nname = "x"\nversion = "1"\ndescription = "x"\n',
            "src/x/__init__.py": "one = 1\n",
            "src/x/data.txt": "data",
        },
    )
    assert run_command("p", "--no-isolation")[0] == 0
    assert read(tmp_path / "p/package.json")["urls"] == [
        ["x/__init__.py", "src/x/__init__.py"],
        ["x/data.txt", "src/x/data.txt"],
    ]


def test_what_the_steps_change_is_served_as_source(project, run_command):
    steps = 'steps = ["resources", "metadata", "minify", "compile"]\nresources = "module"\n'
    text = PROJECT["pyproject.toml"].replace("include =", f"{steps}include =")
    table = "\n[tool.sdist-upip.step.compile]\nmicropython = '1.28'\n"
    write_tree(project, {"pyproject.toml": text + table, "src/m.py": "value = 1  # one\n"})
    code, out, err = run_command(project, "-o", "-")
    assert code == 0, err
    assert dict(json.loads(out)["urls"]) == SOURCES
    assert "note: mip gets 3 files as in the repository, 38 bytes. In the archive" in err


def test_an_archive_has_its_files_at_their_install_paths(tmp_path, run_command, caplog):
    files = {"a/__init__.py": "", "a/d": "1", "a/R.py": 'R = {"d": b"1"}\n'}
    (tmp_path / "a-1.0.tar.gz").write_bytes(make_archive("a", "1.0", files, ["b>=1,<2"]))
    code, out, err = run_command("a-1.0.tar.gz", "-o", "-")
    assert (code, json.loads(out)) == (
        0,
        {
            "urls": [["a/__init__.py", "a/__init__.py"], ["a/d", "a/d"]],
            "deps": [["b", "latest"]],
            "version": "1.0",
        },
    )
    assert "mip takes no ranges. It installs the latest b, and not <2,>=1." in caplog.text
    assert f"mip will not find 2 files: a/__init__.py, a/d. {tmp_path} does not" in err
    write_tree(tmp_path, files)
    assert "mip will not find" not in run_command("a-1.0.tar.gz")[2]
    assert read(tmp_path / "package.json") == json.loads(out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "nothing is not a project: pyproject.toml, setup.py and setup.cfg are"),
        (["p", "--urls", "github:o"], "Invalid base of URLs 'github:o'."),
        (["p", "--dep", "x"], "--dep 'x': expected NAME=DEP."),
        (["p", "--dep", "pined=x"], "Did you mean 'pinned'?"),
        (["p", "--check", "-o", "-"], "--check compares a file."),
        (["p", "-o", "p"], "p is a directory. Pass the file, such as p/package.json."),
        (["p", "-o", "npm.json"], "npm.json has no urls, so it belongs to another tool"),
        (["p", "-o", "npm.json", "--check"], "npm.json has no urls"),
        (["p", "-o", "notes.txt"], "notes.txt is not valid JSON: "),
        (["p", "--urls", "github:o/r", "-o", "p/m.py/x.json"], "Cannot write"),
        (["odd", "-o", "-"], "mip cannot download 'a b.py' by a relative URL, because of ' '"),
        (["x-1.tar.gz"], "x-1.tar.gz: This is not a gzip file."),
    ],
)
def test_errors_change_nothing(words, message, project, tmp_path, run_command):
    write_tree(
        tmp_path,
        {"npm.json": '{"private": true}', "x-1.tar.gz": "", "p/m.py": "", "notes.txt": "x"},
    )
    table = (
        BACKEND + '[project]\nname = "x"\nversion = "1"\n[tool.sdist-upip]\ninclude = ["*.py"]\n'
    )
    write_tree(tmp_path / "odd", {"pyproject.toml": table, "a b.py": ""})
    before = read_tree(tmp_path)
    code, _, err = run_command(*words)
    assert code == 1
    assert message in err
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize(
    "value",
    ['"x"', "{url = 'x'}", "{urls = 1}", "{deps = []}", "{deps = {a = 1}}"],
)
def test_a_table_of_another_form_is_refused(value, project, run_command):
    text = PROJECT["pyproject.toml"].partition("[tool.sdist-upip.package-json]")[0]
    write_tree(project, {"pyproject.toml": f"{text}package-json = {value}\n"})
    code, _, err = run_command(project)
    assert code == 1
    assert 'expected urls = "…" and deps = {NAME = "…"}' in err


ODD = {
    "a b.py": "space",
    "c#d.py": "hash",
    "50%25.py": "percent",
    "ü.py": "umlaut",
    "日本/e.txt": "more",
}


@pytest.fixture
def odd_project(tmp_path):
    """A project with names that have to be quoted in a URL."""
    table = '[tool.setuptools]\npackages = []\n[tool.sdist-upip]\ninclude = ["files/**"]\n'
    head = '[project]\nname = "x"\nversion = "1"\n'
    files = {f"files/{path}": text for path, text in ODD.items()}
    return write_tree(tmp_path / "odd", {"pyproject.toml": BACKEND + head + table, **files})


def expect_odd():
    return {f"files/{path}": text.encode() for path, text in ODD.items()}


def test_mip_installs_from_relative_urls_and_from_quoted_ones(
    unix_port, project, odd_project, run_command, tmp_path
):
    words = ("--dep", "micropython-logging=", "--dep", "pinned=", "--dep", "pkg_resources=")
    assert run_command(project, *words)[0] == 0
    with StaticServer(tmp_path) as server:
        assert run_command(odd_project, "--urls", f"{server.url}/odd")[0] == 0
        for name in ("p", "odd"):
            target = tmp_path / f"lib-{name}"
            words = ("-m", "mip", "install", "--target", target, f"{server.url}/{name}/")
            result = run(unix_port.program, *words, cwd=tmp_path)
            assert result.stdout.endswith("Done\n"), result.stdout
    contents = {path: PROJECT[source].encode() for path, source in SOURCES.items()}
    assert read_tree(tmp_path / "lib-p") == contents
    assert read_tree(tmp_path / "lib-odd") == expect_odd()


@pytest.mark.unix_port
@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
def test_mpremote_installs_from_the_directory_and_from_quoted_urls(
    unix_port, project, odd_project, run_command, tmp_path
):
    words = ("--dep", "micropython-logging=", "--dep", "pinned=", "--dep", "pkg_resources=")
    assert run_command(project, *words)[0] == 0
    flash = tmp_path / "flash"
    flash.mkdir()
    with StaticServer(tmp_path) as server, PtyBoard(unix_port.program, flash) as board:
        assert run_command(odd_project, "--urls", f"{server.url}/odd")[0] == 0
        for name, source in (("p", project / "package.json"), ("odd", f"{server.url}/odd/")):
            result = board.run_mpremote("mip", "install", "--target", f"lib-{name}", source)
            assert result.stdout.endswith("Done\n"), result
    contents = {path: PROJECT[source].encode() for path, source in SOURCES.items()}
    assert read_tree(flash / "lib-p") == contents
    assert read_tree(flash / "lib-odd") == expect_odd()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no unix port")
@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("github:o/r", "https://raw.githubusercontent.com/o/r/v1/src/a%20b.py"),
        ("github:o/r/sub", "https://raw.githubusercontent.com/o/r/v1/sub/src/a%20b.py"),
        ("gitlab:o/r", "https://gitlab.com/o/r/-/raw/v1/src/a%20b.py"),
        ("https://example.org", "https://example.org/src/a%20b.py"),
    ],
)
def test_mip_and_mpremote_download_these_urls(unix_port, base, expected, tmp_path):
    from mpremote.mip import _rewrite_url

    ((_, url),) = make_urls({"x": "src/a b.py"}, parse_base(base), tmp_path, tmp_path)
    code = f"import mip; print(mip._rewrite_url({url!r}, 'v1'))"
    assert run(unix_port.program, "-c", code, cwd=tmp_path).stdout == f"{expected}\n"
    assert _rewrite_url(url, "v1") == expected


def test_mip_does_not_install_what_is_refused(unix_port, tmp_path):
    """The reason for refusing these names without a base: mip sends them as they are."""
    for number, path in enumerate(ODD):
        urls = {"urls": [["x.py", path]], "version": "1"}
        write_tree(tmp_path, {path: "x", f"{number}.json": json.dumps(urls)})
    with StaticServer(tmp_path) as server:
        for number in range(len(ODD)):
            words = ("-m", "mip", "install", "--target", tmp_path / "lib")
            run(unix_port.program, *words, f"{server.url}/{number}.json", cwd=tmp_path)
            assert not (tmp_path / "lib/x.py").exists(), number


def test_the_examples_have_a_package_json(run_command):
    code, out, _ = run_command(ROOT / "examples/src_layout", "-o", "-")
    assert code == 0
    assert json.loads(out)["urls"][0] == ["thermo/__init__.py", "src/thermo/__init__.py"]


def test_one_file_is_one_file(tmp_path, run_command):
    (tmp_path / "a-1.tar.gz").write_bytes(make_archive("a", "1", {"a.py": ""}, ["b"]))
    _, out, err = run_command("a-1.tar.gz")
    assert out == "wrote package.json: 1 file, 1 dependency\n"
    assert "mip will not find 1 file: a.py." in err
