"""Published packages on the unix port and by the command, and the page with the results."""

import pytest
from packaging.utils import canonicalize_name

from sdist_upip.cli.main import main
from sdist_upip.filenames import split_release
from sdist_upip.index.pip_settings import ask_pip
from support import published
from support.foreign_projects import PROJECTS
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_tree

BY_KIND = {package.kind: package for package in published.PACKAGES}


@pytest.mark.network
def test_the_command_of_the_page_prints_its_table():
    """On the board each package has the files and requirements of its wheel."""
    result = run_python(ROOT / "bench/published.py", cwd=ROOT)
    assert result.returncode == 0, result
    _, _, rest = published.PAGE.read_text(encoding="utf-8").partition(published.START)
    assert result.stdout.strip() == rest.partition(published.END)[0].strip()
    rows = [row.strip("| ").split(" | ") for row in result.stdout.splitlines()[2:]]
    assert {name: outcome for name, *_, outcome in rows} == {
        package.name: package.reference for package in published.PACKAGES
    }


@pytest.fixture(scope="module")
def settings():
    """The settings of this computer's pip, which is asked once."""
    found = ask_pip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sdist_upip.index.pip_settings.ask_pip", lambda: found)
        yield found


@pytest.mark.network
@pytest.mark.parametrize("package", BY_KIND.values(), ids=BY_KIND)
def test_the_command_installs_one_package_of_each_kind(package, settings, tmp_path, capsys):
    (tmp_path / "found").mkdir()
    published.download(package, tmp_path, settings)
    requirement = f"{package.name}=={split_release(package.archive[:-7])[1]}"
    assert main(["install", "--no-deps", "-p", str(tmp_path / "lib"), requirement]) == 0
    installed = read_tree(tmp_path / "lib")
    del installed[f".upip/{canonicalize_name(package.name)}"]
    assert installed == published.expect(package, tmp_path)[0], capsys.readouterr()


def test_twenty_packages_of_every_kind_are_in_the_table():
    assert len(published.PACKAGES) > 20
    kinds = {package.kind for package in published.PACKAGES}
    assert kinds == {
        *(published.DEVICE, published.PAX, published.POST, published.FLAT, published.SRC),
        *(published.HATCH, published.UV),
    }
    assert not {package.name for package in published.PACKAGES} & {*PROJECTS}
