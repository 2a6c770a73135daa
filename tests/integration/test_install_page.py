"""The pages about installing: their commands, one after the other, and what they quote.

Blocks of the language `sh` are run. Those that need a board or the tools of a port are `console`:
mpremote, make, idf.py, and what is copied to a card or a board. `text` is output, or a file.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from micropython import WebAssembly
from sdist_upip.cli import main as cli
from support.archives import make_release, pack
from support.index_server import Index
from support.paths import ROOT
from support.projects import BACKEND
from support.trees import read_tree, write_tree
from support.warm_python import run_warm
from support.wheels import make_wheel

NAMES = ("install-with-upip", "install-by-copy", "freeze", "lock-and-offline", "convert")
PAGES = {
    name: (ROOT / f"docs/how-to/{name}.md").read_text(encoding="utf-8")
    for name in (*NAMES, "troubleshooting")
}
NEED_HARDWARE = ("mpremote ", "make ", "cd ports/", "idf.py ", "cp build-", ". $HOME/esp-idf/")
PROGRAMS = {"sdist-upip": ["-m", "sdist_upip"], "pip": ["-m", "pip"]}
RELEASES = (
    ("my-app", "1.0", ["logging>=0.5"]),
    ("my-app", "2.0", ["logging>=0.6"]),
    ("logging", "0.5", []),
    ("logging", "0.6", []),
)


def blocks(language, *names):
    return [
        block
        for name in names or NAMES
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL
        )
    ]


CONFLICT = "sdist-upip install -p other my-app==2.0 'logging<0.6'"
COMMANDS = [
    line
    for block in blocks("sh")
    for line in block.splitlines()
    if shlex.split(line)[1] in ("install", "device", "list", "uninstall")  # not repack and freeze
]


class Desk:
    """A computer on which the commands of the pages were run in order; what each of them printed.

    `conflict` is the end of a command that must fail.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.conflict: subprocess.CompletedProcess
        self.outputs: dict[str, str] = {}
        self.trees: dict[str, dict[str, bytes]] = {}
        self.requests: dict[str, int] = {}

    def follow_all(self, index: Index) -> None:
        """Run all commands; `index` is the only configuration of pip."""
        for command in COMMANDS:
            asked = len(index.requests)
            result = self.run(command, index)
            assert result.returncode == 0, (command, result.stdout, result.stderr)
            self.outputs[command] = result.stdout + result.stderr
            self.trees[command] = read_tree(self.directory)
            self.requests[command] = len(index.requests) - asked
        self.conflict = self.run(CONFLICT, index)

    def run(self, command: str, index: Index) -> subprocess.CompletedProcess:
        program, *words = shlex.split(command)
        environ = {
            "HOME": str(self.directory),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_DRY_RUN": "1",  # What is tested stays as it is installed.
            "PIP_INDEX_URL": index.simple,
            "PYTHONPATH": str(ROOT / "src"),
            "XDG_CACHE_HOME": str(self.directory / "cache"),
        }
        return run_warm(*PROGRAMS[program], *words, cwd=self.directory, **environ)

    def read(self, command: str, directory: str) -> dict[str, bytes]:
        """Return the files in `directory` as they were after `command`."""
        tree = self.trees[command].items()
        return {
            path[len(directory) + 1 :]: data
            for path, data in tree
            if path.startswith(f"{directory}/")
        }


@pytest.mark.usefixtures("own_pip")
def test_the_commands_and_what_they_leave(tmp_path):
    """One test, so that parallel workers do not run all commands twice."""
    desk = Desk(tmp_path / "desk")
    with set_up(desk.directory) as index:
        desk.follow_all(index)
        table, *_ = json.loads(desk.run("sdist-upip list -p lib --json", index).stdout)
    check_the_extra_is_one_that_pip_knows(desk)
    check_upip_is_written_for_the_same_index(desk, index)
    check_the_outputs_are_those_of_the_page(desk)
    check_the_import_works_on_micropython(desk)
    check_what_is_named_is_installed(desk)
    check_a_lock_gives_the_same_directory_without_a_network(desk)
    check_the_manifests_of_the_page_name_what_is_there(desk)
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    section = page.partition("\n## list\n")[2].partition("\n## ")[0]
    assert [*table] == re.findall(r"`\[\]\.(\w+)`", section)


@contextmanager
def set_up(directory):
    """Put what the page presumes into `directory`; give an index of the packages that it names."""
    (directory / "archives").mkdir(parents=True)
    with Index() as index:
        for name, version, needs in RELEASES:
            release = make_release(name, version, requires=needs)
            index.add_release(release, pack(release))
            (directory / f"archives/{release.root}.tar.gz").write_bytes(pack(release))
        wheel = make_pure_wheel(directory)
        index.add(wheel.name, wheel.read_bytes(), name="pure-lib")
        wheel.unlink()
        head = '[project]\nname = "my-project"\nversion = "1.0"\n'
        project = {"pyproject.toml": BACKEND + head, "my_project.py": "version = '1.0'\n"}
        write_tree(directory / "my-project", project)
        write_tree(
            directory, {"requirements.txt": "# all of it\nmy-app\nlogging>=0.5  # and this\n"}
        )
        yield index


def make_pure_wheel(directory):
    info = "pure_lib-1.0.dist-info"
    files = {
        "pure_lib.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: pure-lib\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return make_wheel(directory, files, "pure_lib-1.0-py3-none-any.whl", info=info)


def find(*words):
    """Return the one command of the page with these words."""
    (command,) = [line for line in COMMANDS if all(word in line.split() for word in words)]
    return command


def test_every_block_is_run_or_needs_hardware():
    languages = set(re.findall(r"^```(\w+)$", "".join(PAGES.values()), re.MULTILINE))
    assert languages == {"sh", "console", "text", "python"}
    assert {shlex.split(line)[0] for line in COMMANDS} == PROGRAMS.keys()
    rest = [line for block in blocks("sh") for line in block.splitlines() if line not in COMMANDS]
    assert {line.split()[1] for line in rest} == {"repack", "freeze"}  # run by their own tests
    for line in "".join(blocks("console")).splitlines():
        assert line.startswith("$ ")
        if not line.startswith("$ sdist-upip "):  # in a port's directory; it is run as sh elsewhere
            assert line[2:].startswith(NEED_HARDWARE) or line == "$ make", line
    assert "$ sdist-upip install --freeze -p modules my-app" in "".join(blocks("console"))
    assert "sdist-upip install --freeze -p modules my-app" in COMMANDS


def check_the_extra_is_one_that_pip_knows(desk):
    output = desk.outputs["pip install 'sdist-upip[install]'"]
    assert "already satisfied: sdist-upip[install]" in output
    assert "does not provide the extra" not in output


def check_upip_is_written_for_the_same_index(desk, index):
    files = desk.read("sdist-upip device -p upip/lib", "upip/lib")
    assert {"upip.py", "upip_index.py"} < files.keys()
    assert index.simple.encode() in files["upip_settings.py"]


def check_the_outputs_are_those_of_the_page(desk):
    shown = blocks("text")
    assert desk.outputs["sdist-upip install -p lib my-app"] in shown
    frozen = desk.outputs["sdist-upip install --freeze -p modules my-app"]
    assert frozen.replace(str(desk.directory), "/home/you") in shown
    assert (desk.conflict.returncode, desk.conflict.stdout) == (1, "")
    assert desk.conflict.stderr in shown


def check_the_import_works_on_micropython(desk):
    (code,) = blocks("python", "install-by-copy")
    for option in ("", "--mpy 1.28 "):
        files = desk.read(f"sdist-upip install -p lib {option}my-app", "lib")
        assert ("my_app.mpy" in files) == bool(option)
        assert WebAssembly("1.29").run(code, files).lines == ["2.0"]


def check_what_is_named_is_installed(desk):
    assert "installed my-project 1.0" in desk.outputs["sdist-upip install -p lib ./my-project"]
    assert desk.read("sdist-upip list -p lib", "lib")["my_project.py"] == b"version = '1.0'\n"
    assert desk.outputs["sdist-upip list -p lib"].splitlines() == [
        *("logging 0.6", "my-app 2.0", "my-project 1.0")
    ]
    uninstall = desk.outputs["sdist-upip uninstall -p lib logging"]
    assert "my-app 2.0 requires logging, which is no longer installed" in uninstall
    assert "pure-lib 1.0" in desk.outputs[find("--convert", "pure-lib")]


def check_a_lock_gives_the_same_directory_without_a_network(desk):
    write, *repeats = [line for line in COMMANDS if "--lock" in line]
    directories = ["other", "third", "fourth"]
    found = [desk.read(command, name) for command, name in zip(repeats, directories, strict=True)]
    assert found[0].keys() == {".upip/logging", ".upip/my-app", "logging.py", "my_app.py"}
    assert found[0] == found[1] == found[2]
    assert desk.trees[write]["pylock.toml"] == desk.trees[repeats[-1]]["pylock.toml"]
    offline = [command for command in repeats if "--no-index" in command]
    assert [desk.requests[command] for command in offline] == [0, 0]


def check_the_manifests_of_the_page_name_what_is_there(desk):
    snippets = [block for block in blocks("text") if "PORT_DIR" in block]
    assert len(snippets) == 2
    for snippet in snippets:
        named = []
        exec(snippet, {"include": named.append, "freeze": named.append})
        assert named[0] == "$(PORT_DIR)/boards/manifest.py"
        assert (desk.directory / named[1]).exists()


def test_every_option_is_on_the_page_of_the_command_line(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs/_extensions"))
    from command_line import describe_command

    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    commands = cli.make_parsers()[1]
    assert re.findall(r"^```{command} ([\w-]+)$", page, re.MULTILINE) == [*commands]
    for name, parser in commands.items():
        described = describe_command(name)
        listed = re.findall(r"^`.*`$", described, re.MULTILINE)
        shown = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", "\n".join(listed)))
        assert shown == taken(parser.format_help()) - {"-h", "--help"}, name
        assert f"sdist-upip {name} [-h]" in described


def taken(text):
    """Return the options that begin the lines of a help text."""
    lines = re.findall(r"^  (-.*)$", text, re.MULTILINE)
    return set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", "\n".join(lines)))


def test_the_messages_of_the_page_exist():
    page = PAGES["troubleshooting"]
    table = page.partition("\n## Messages of sdist-upip install\n")[2].partition("\n## ")[0]
    messages = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(messages) > 12
    known = "\n".join(find_texts())
    for message in messages:
        pattern = re.sub(r"\bNAME\b|\b[AB]\b|\b1\.28\b", "…", message)
        assert re.sub("^…: |^… | …$", "", pattern) in known, message


def find_texts():
    """Yield the texts in our source, with `…` for what is filled in."""
    for path in Path(cli.__file__).parent.parent.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (
                    part.value if isinstance(part, ast.Constant) else "…" for part in node.values
                )
                yield "".join(map(str, parts))
