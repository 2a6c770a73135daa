"""The commands of docs/compression.md, run as they stand."""

import io
import shlex
import tarfile

from conftest import ROOT, run_python, write_tree
from sdist_upip.archive.reader import unpack
from test_docs import commands
from test_repack import FILES, historic


def test_the_commands_work_on_a_project_and_its_archive(tmp_path):
    write_tree(
        tmp_path,
        {
            "pyproject.toml": "[build-system]\n"
            'requires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'
            '[project]\nname = "y"\nversion = "1"\n[tool.setuptools]\npackages = ["y"]\n',
            "y/__init__.py": "",
            "dist/x-1.tar.gz": historic(),
        },
    )
    lines = commands("docs/compression.md")
    assert len(lines) == 3
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "sdist-upip"
        result = run_python("-m", "sdist_upip", *arguments, cwd=tmp_path)
        assert result.returncode == 0, (line, result)
    assert unpack((tmp_path / "dist/y-1.tar.gz").read_bytes()).root == "y-1"
    for name in ("smaller.tar.gz", "dist/x-1.tar.gz"):
        with tarfile.open(fileobj=io.BytesIO((tmp_path / name).read_bytes())) as tar:
            assert {info.name.partition("/")[2] for info in tar} == set(FILES)


def test_the_plot_is_there():
    assert (ROOT / "docs/compression.svg").read_text(encoding="utf-8").startswith("<svg ")
