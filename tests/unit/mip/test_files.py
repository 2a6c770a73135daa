"""Which files of a project mip downloads, whatever the steps make of them."""

from pathlib import Path

import pytest

from sdist_upip.archive.writer import Archive
from sdist_upip.builders.builder import BuildResult
from sdist_upip.errors import ProjectError
from sdist_upip.mip.files import find_served_files
from sdist_upip.steps.runner import StepResult
from support.archives import make_release
from support.trees import write_tree

FILES = {"src/a/__init__.py": "x = 1  # one\n", "src/a/d.bin": "data", "b.py": ""}
SOURCES = {"a/__init__.py": "src/a/__init__.py", "a/d.bin": "src/a/d.bin", "b.py": "b.py"}
AS_THEY_ARE = {path: FILES[source] for path, source in SOURCES.items()}


@pytest.fixture
def serve(tmp_path):
    def serve(members, steps=(), sources=SOURCES, files=FILES):
        write_tree(tmp_path, files)
        archive = Archive(Path("x-1.0.tar.gz"), make_release("x", "1.0", members), 1, 1)
        return find_served_files(BuildResult(archive, steps, (), sources), tmp_path)

    return serve


def step(name, added=(), removed=()):
    return StepResult(name, tuple(added), tuple(removed), (), 0, 0)


def test_sources_are_served_from_where_they_are(serve):
    egg_info = {"x.egg-info/requires.txt": "y\n", "setup.py": "# sdist-upip\n"}
    files = serve({**AS_THEY_ARE, **egg_info})
    assert files.sources == SOURCES
    assert files.changed == ()


def test_data_files_are_served_and_not_their_module(serve):
    module = {path: text for path, text in AS_THEY_ARE.items() if path != "a/d.bin"}
    module["a/R.py"] = "R = {}\n"
    resources = step("resources", added=["a/R.py"], removed=["a/d.bin"])
    assert serve(module, [resources]).sources == SOURCES


def test_a_module_of_resources_in_the_project_is_not_served(serve):
    sources = {**SOURCES, "a/R.py": "src/a/R.py"}
    members = {**AS_THEY_ARE, "a/R.mpy": "compiled"}
    files = {**FILES, "src/a/R.py": "R = {}\n"}
    resources, compiled = step("resources"), step("compile", added=["a/R.mpy"])
    assert serve(members, [resources, compiled], sources, files).sources == SOURCES
    as_it_is = {**AS_THEY_ARE, "a/R.py": "R = {}\n"}
    assert serve(as_it_is, [], sources, files).sources == sources


def test_what_steps_change_is_served_as_it_is_and_counted(serve):
    members = {"a/__init__.mpy": "compiled", "a/d.bin": "data", "b.py": ""}
    files = serve(members)
    assert files.sources == SOURCES
    assert files.changed == ("a/__init__.py",)
    assert (files.before, files.after) == (13, 8)


def test_what_a_step_removes_is_not_served(serve):
    members = {path: text for path, text in AS_THEY_ARE.items() if path != "b.py"}
    assert list(serve(members, [step("drop", removed=["b.py"])]).sources) == [
        "a/__init__.py",
        "a/d.bin",
    ]


def test_what_the_build_makes_is_refused(serve):
    with pytest.raises(ProjectError, match=r"The build makes 'a/made\.py', and mip downloads only"):
        serve({**AS_THEY_ARE, "a/made.py": ""})
    with pytest.raises(ProjectError, match=r"The build makes 'a/made\.py'"):
        serve(
            {**AS_THEY_ARE, "a/made.py": ""},
            sources={**SOURCES, "a/made.py": "x-1.0-py3-none-any.whl/a/made.py"},
        )


def test_a_link_is_served_as_the_file_that_it_leads_to(serve, tmp_path):
    (tmp_path / "link.py").symlink_to("b.py")
    members = {**AS_THEY_ARE, "link.py": ""}
    files = serve(members, sources={**SOURCES, "link.py": "link.py"})
    assert files.sources["link.py"] == "b.py"
