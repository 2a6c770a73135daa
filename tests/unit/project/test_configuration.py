"""What setuptools overlooks in a configuration is an error, or a warning of one line."""

import sys

import pytest
import setuptools
from setuptools import Distribution

from sdist_upip.errors import ProjectError
from sdist_upip.project.configuration import watched_configuration
from support.trees import write_tree

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools")

STUBS = "[project]\nname = 's'\nversion = '1'\n[tool.setuptools]\n"
HEAD = "[metadata]\nname = x\n"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A function that reads the configuration of a project twice, as setup() does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def read(files):
        write_tree(tmp_path, files)
        with watched_configuration():
            Distribution().parse_config_files(ignore_option_errors=True)
            distribution = Distribution()
            distribution.parse_config_files()
        return distribution.metadata

    return read


def test_a_configuration(read):
    before = Distribution.parse_config_files
    assert read({"setup.cfg": f"{HEAD}version = 1\n"}).version == "1"
    assert Distribution.parse_config_files is before


NAMES_MISSING_FILES = not setuptools.__version__.startswith(("61.", "62."))
"""Whether setuptools says which file is missing. Older ones take it as empty."""


def test_a_missing_file_is_a_warning(read, caplog):
    text = f"{HEAD}version = 1\nlong_description = file: docs/README.md\n"
    assert read({"setup.cfg": text}).version == "1"
    assert [line for line in caplog.messages if "README" in line] == [
        "setup.cfg reads the file 'docs/README.md', which does not exist. "
        "Add the file or correct its name."
    ] * NAMES_MISSING_FILES


@pytest.mark.parametrize(
    ("files", "message"),
    [
        *[
            (
                {"setup.cfg": f"{HEAD}version = file: VERSION\n"},
                "setup.cfg reads the file 'VERSION', which does not exist. ",
            )
        ]
        * NAMES_MISSING_FILES,
        ({"setup.cfg": b"\xef\xbb\xbf[metadata]\n"}, "setup.cfg begins with a byte order mark, "),
        (
            {"pyproject.toml": f"{STUBS}packages = ['a-stubs', 'a-stubs.b']\n"},
            "s: the project has only type stubs (.pyi), which are for computers. ",
        ),
        ({"setup.cfg": b"[metadata]\nauthor = \xe9\n"}, "setup.cfg is not UTF-8: "),
    ],
)
def test_errors(files, message, read):
    with pytest.raises(ProjectError) as caught:
        read(files)
    assert str(caught.value).startswith(message)


def test_a_module_that_fails_fails_again(read):
    """The first attempt ignores errors, and would leave the module half imported."""
    files = {
        "setup.cfg": f"{HEAD}version = attr: m_of_board.v\n",
        "m_of_board.py": "import mach\nv=1+0",
    }
    with pytest.raises(ModuleNotFoundError, match="mach"):
        read(files)
