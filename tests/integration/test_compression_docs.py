"""The commands about compression, as the pages have them: a build, and `repack` in convert.md."""

import io
import shlex
import tarfile

from sdist_upip.archive.reader import unpack
from support.legacy_archives import FILES, legacy_archive
from support.pages import commands
from support.paths import ROOT
from support.trees import write_tree
from support.warm_python import run_warm


def test_the_commands_work_on_a_project_and_its_archive(tmp_path):
    metadata = b"Metadata-Version: 1.1\nName: x\nVersion: 1\n"
    files = {**FILES, "PKG-INFO": metadata, "x.egg-info/PKG-INFO": metadata}
    write_tree(
        tmp_path,
        {
            "pyproject.toml": "[build-system]\n"
            'requires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'
            '[project]\nname = "y"\nversion = "1"\n[tool.setuptools]\npackages = ["y"]\n',
            "y/__init__.py": "",
            "dist/x-1.tar.gz": legacy_archive(files),
        },
    )
    lines = [
        line
        for line in commands("docs/how-to/add-to-project.md")
        if "--compression" in line.split()
    ]
    lines += [line for line in commands("docs/how-to/convert.md") if " repack " in line]
    assert len(lines) == 4
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "sdist-upip"
        result = run_warm("-m", "sdist_upip", *arguments, cwd=tmp_path)
        assert result.returncode == 0, (line, result)
    assert unpack((tmp_path / "dist/y-1.tar.gz").read_bytes()).root == "y-1"
    for name in ("smaller.tar.gz", "dist/x-1.tar.gz"):
        with tarfile.open(fileobj=io.BytesIO((tmp_path / name).read_bytes())) as tar:
            assert {info.name.partition("/")[2] for info in tar} == set(files)
    completed = unpack((tmp_path / "completed/x-1.tar.gz").read_bytes())
    assert {member.path for member in completed} == set(files) - {"x.egg-info/PKG-INFO"}


def test_the_plot_is_there():
    assert (
        (ROOT / "docs/explanation/compression.svg").read_text(encoding="utf-8").startswith("<svg ")
    )
