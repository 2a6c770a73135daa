"""Published packages on the unix port and by the command, and the page with the results."""

import pytest
from packaging.utils import canonicalize_name

from sdist_upip.cli.main import main
from sdist_upip.index.pip_settings import ask_pip
from support import published
from support.foreign_projects import PROJECTS
from support.trees import read_tree


@pytest.mark.network
def test_packages_install_as_their_wheels_and_the_page_has_the_table(tmp_path, capsys):
    table = published.make_table(tmp_path, ask_pip())
    assert {package.name: table[package.name][-1] for package in published.PACKAGES} == {
        package.name: package.reference for package in published.PACKAGES
    }
    _, _, rest = published.PAGE.read_text(encoding="utf-8").partition(published.START)
    assert rest.partition(published.END)[0].strip() == published.render_table(table).strip()
    for package in {package.kind: package for package in published.PACKAGES}.values():
        directory = tmp_path / package.name
        requirement = f"{package.name}=={table[package.name][1]}"
        assert main(["install", "--no-deps", "-p", str(directory / "lib"), requirement]) == 0
        installed = read_tree(directory / "lib")
        del installed[f".upip/{canonicalize_name(package.name)}"]
        assert installed == published.expect(package, directory)[0], capsys.readouterr()


def test_twenty_packages_of_every_kind_are_in_the_table():
    assert len(published.PACKAGES) > 20
    kinds = {package.kind for package in published.PACKAGES}
    assert kinds == {
        *(published.DEVICE, published.PAX, published.POST, published.FLAT, published.SRC),
        *(published.HATCH, published.UV),
    }
    assert not {package.name for package in published.PACKAGES} & {*PROJECTS}
