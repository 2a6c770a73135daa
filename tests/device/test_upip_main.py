"""upip's face: settings, paths, a transport of one's own, the command line; on CPython."""

import io
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from support.upip_device import DEVICE, versions


def test_without_an_index_a_sentence_says_what_to_do(upip, lib):
    with pytest.raises(
        upip.Error, match=r"no index is set\. Pass index_urls= or -i, or run sdist-upip"
    ):
        upip.install("a", path=str(lib))


def test_the_settings_file_names_the_index(upip, offer, index, lib, tmp_path, monkeypatch):
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "upip_settings.py").write_text(f"index_urls = [{index.simple!r}]\n")
    monkeypatch.syspath_prepend(str(settings))
    offer("a", "1")
    upip.install("a", str(lib))
    assert versions(upip, lib) == {"a": "1"}


def test_the_module_attribute_names_the_index(upip, offer, index, lib):
    offer("a", "1")
    upip.index_urls = index.simple
    upip.install("a", path=str(lib))
    assert versions(upip, lib) == {"a": "1"}


def test_a_transport_may_be_handed_in(upip, lib, index, offer):
    offer("a", "1")
    opened = []

    def transport(url):
        opened.append(url)
        reply = index.reply(url.removeprefix("net://x"))
        return io.BytesIO(reply.body) if reply.status == 200 else None

    upip.install("a", path=str(lib), index_urls="net://x/simple", transport=transport)
    assert versions(upip, lib) == {"a": "1"}
    assert opened == ["net://x/simple/a/", "net://x/files/a-1.tar.gz"]
    with pytest.raises(upip.Error, match=r"b: no \.tar\.gz file in net://x/simple"):
        upip.install("b", path=str(lib), index_urls="net://x/simple", transport=transport)


def test_the_default_path_is_the_first_lib(upip, monkeypatch):
    monkeypatch.setattr(upip.sys, "implementation", type("I", (), {"name": "micropython"}))
    for path, expected in (
        (["", ".frozen", "/lib"], "/lib"),
        (["", "/rom/lib", "/flash", "/flash/lib"], "/flash/lib"),
        (["x", "~/.micropython/lib", "/usr/lib/micropython"], "~/.micropython/lib"),
        (["", "", ".frozen", "/sd", "/flash"], "/sd"),
    ):
        monkeypatch.setattr(upip.sys, "path", path)
        assert upip.get_install_path() == expected
    monkeypatch.setattr(upip.sys, "path", ["", ".frozen"])
    with pytest.raises(upip.Error, match=r"no directory for packages\. Pass path= or -p"):
        upip.get_install_path()


def test_a_tilde_is_the_home_directory(upip, offer, index, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    offer("a", "1")
    upip.install("a", "~/lib/", index_urls=index.simple)
    assert (tmp_path / "lib/a.py").exists()


def test_debug_prints_the_files_that_are_opened(upip, install, offer, index, capsys):
    offer("a", "1")
    upip.debug = True
    install("a")
    assert f"Opening {index.simple}a/" in capsys.readouterr().out


class Line:
    """Runs `python -m upip`."""

    def __init__(self, lib):
        self.lib = str(lib)

    def __call__(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        argv, sys.argv = sys.argv, ["upip", *arguments]
        try:
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as exit:
                runpy.run_path(str(DEVICE / "upip.py"), run_name="__main__")
        finally:
            sys.argv = argv
        return exit.value.code, out.getvalue(), err.getvalue()


@pytest.fixture
def line(upip, lib):
    return Line(lib)


def test_the_command_line_installs_lists_and_removes(line, index, offer, tmp_path):
    offer("a", "1", "b")
    offer("b", "2")
    listed = tmp_path / "requirements.txt"
    listed.write_text("# what we need\n\n  a>=1  # and why\n")
    where = ["-p", line.lib]
    code, out, err = line("install", *where, "-i", index.simple, "-r", str(listed))
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        f"Installing to: {line.lib}/",
        f"Installing a 1 from {index.url('/files/a-1.tar.gz')}",
    ]
    assert line("list", *where) == (0, "a 1\nb 2\n", "")
    assert line("uninstall", *where, "a", "b") == (0, "", "")
    assert line("list", *where) == (0, "", "")


def test_the_exit_code_is_that_of_the_result(line, index, tmp_path):
    code, _, err = line("install", "-p", line.lib, "-i", index.simple, "gone")
    assert (code, err[:38]) == (1, "Error: nothing is installed: gone: no ")
    code, _, err = line("uninstall", "-p", line.lib, "gone")
    assert (code, err) == (1, f"Error: gone is not installed in {line.lib}\n")
    code, _, err = line("install", "-p", line.lib, "-r", str(tmp_path / "missing.txt"))
    assert code == 1
    assert "missing.txt" in err
    options = tmp_path / "options.txt"
    options.write_text("--index-url x\n")
    code, _, err = line("install", "-p", line.lib, "-r", str(options))
    assert code == 1
    assert "options.txt: upip does not support --index-url x in files" in err


def test_all_names_are_looked_at_before_the_first_is_removed(line, index, offer):
    offer("a", "1")
    offer("b-c", "1")
    where = ["-p", line.lib]
    assert line("install", *where, "-i", index.simple, "a", "b-c")[0] == 0
    code, _, err = line("uninstall", *where, "a", "gone")
    assert (code, err) == (1, f"Error: gone is not installed in {line.lib}\n")
    assert line("list", *where)[1] == "a 1\nb-c 1\n"
    assert line("uninstall", *where, "a", "A", "b_c", "b-c") == (0, "", "")
    assert line("list", *where) == (0, "", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["install"],
        ["install", "--frob", "a"],
        ["install", "a", "-p"],
        ["install", "--timeout", "soon", "a"],
        ["list", "a"],
        ["list", "--insecure"],
        ["uninstall"],
        ["uninstall", "-i", "x", "a"],
    ],
)
def test_a_wrong_command_line_exits_2(line, arguments):
    code, _, err = line(*arguments)
    assert code == 2
    assert err.endswith(". Use -h for help\n")


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"], ["install", "-h"]])
def test_help_prints_the_usage(line, arguments):
    code, out, _ = line(*arguments)
    assert code == 0
    assert out.startswith("Usage: micropython -m upip COMMAND")


def test_dependencies_are_left_out_by_options(line, index, offer):
    offer("a", "1", "micropython-os", "b")
    offer("b", "1", "c")
    where = ["-p", line.lib, "-i", index.simple]
    code, _, err = line("install", *where, "a")
    assert code == 1
    assert "without=['micropython-os'] or --without micropython-os" in err
    assert line("install", *where, "--no-deps", "a")[0] == 0
    assert line("list", "-p", line.lib)[1] == "a 1\n"
    assert line("install", *where, "--without", "Micropython.OS", "--without", "c", "a==1")[0] == 0
    assert line("list", "-p", line.lib)[1] == "a 1\nb 1\n"


IMPORTS = b"import sys\n" * 90


@pytest.mark.parametrize(
    ("path", "text", "warns"),
    [
        ("a.py", "import pkg_resources", True),
        ("a.py", IMPORTS[:495] + b"from pkg_resources import x\n" + IMPORTS, True),
        ("a.py", IMPORTS[:505] + b"\nimport pkg_resources\n", True),
        ("a.mpy", b"M\6\0\37\32pkg_resources\0", True),
        ("a.py", "# pkg_resources is not needed", False),
        ("a.txt", "import pkg_resources", False),
    ],
)
def test_a_missing_pkg_resources_is_a_warning(upip, install, offer, lib, capsys, path, text, warns):
    offer("a", "1", files={"b/c.py": "", path: text})
    install("a")
    warning = "Warning: a imports pkg_resources, which is not there. Copy pkg_resources.py"
    assert (warning in capsys.readouterr().out) == warns
    (lib / "pkg_resources.py").write_text("")
    upip.uninstall("a", str(lib))
    install("a")
    assert "Warning" not in capsys.readouterr().out


def test_help_names_the_functions(upip, capsys):
    upip.help()
    assert "upip.install(" in capsys.readouterr().out


def test_a_module_that_was_left_out_is_named(upip, offer, index, lib, monkeypatch):
    class Finder:
        def find_spec(self, name, path, target=None):
            if name == "upip_marker":
                raise ImportError(f"no module named {name}")

    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    offer("a", "1", "b; sys_platform == 'rp2'")
    with pytest.raises(upip.Error, match=r"nothing is installed: .*upip_marker"):
        upip.install("a", str(lib), index.simple)
    assert not (lib / "a.py").exists()
