"""A site that is built again: the old one is served until the new one is complete."""

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.site.serving.rebuilding import Rebuilder
from support.trees import read_tree, write_tree


class Server:
    """What a server has of a site."""

    roots = ()


@pytest.fixture
def source(tmp_path):
    return write_tree(tmp_path / "project", {"a.py": "1"}) / "a.py"


@pytest.fixture
def make(tmp_path, source):
    """A function that returns a rebuilder, its server, and the errors that it reports."""

    def copy(directory):
        write_tree(directory, {"index.html": source.read_text()})
        if source.read_text() == "wrong":
            raise ProjectError("a.py is wrong. Correct it.")

    def make(build=copy):
        server, errors, scratch = Server(), [], tmp_path / "scratch"

        def find():
            return find_sources(source)

        return Rebuilder(server, scratch, build, find, errors.append), server, errors

    return make


def find_sources(source):
    """Return the directory of the source, and the files that it names."""
    text = source.read_text()
    if text == "unknown":
        raise ProjectError("no such file")
    more = [source.parent.parent / name for name in text.split() if name.endswith(".txt")]
    return [source.parent, *more]


def read_sites(server):
    return [(root / "index.html").read_text() for root in server.roots]


def test_a_change_is_built(make, source):
    rebuilder, server, errors = make()
    rebuilder.build()
    assert read_sites(server) == ["1"]
    assert not rebuilder.watch(0)
    for text in ("22", "333", "4444"):
        source.write_text(text)
        assert rebuilder.watch(0)
        assert not rebuilder.watch(0)
    assert read_sites(server) == ["4444", "333"]
    assert len(list(server.roots[0].parent.iterdir())) == 2
    assert errors == []


def test_a_build_that_fails_is_reported_once_and_the_old_site_stays(make, source):
    rebuilder, server, errors = make()
    rebuilder.build()
    source.write_text("wrong")
    assert not rebuilder.watch(0)
    assert [str(error) for error in errors] == ["a.py is wrong. Correct it."]
    assert read_sites(server) == ["1"]
    assert not rebuilder.watch(0)
    assert len(errors) == 1
    assert set(read_tree(server.roots[0].parent)) == {"1/index.html"}
    source.write_text("right")
    assert rebuilder.watch(0)
    assert read_sites(server) == ["right", "1"]


def test_a_first_build_that_fails(make, source):
    rebuilder, server, _ = make()
    source.write_text("wrong")
    with pytest.raises(ProjectError):
        rebuilder.build()
    assert server.roots == ()


def test_a_file_that_vanishes_while_the_site_is_built(make, source):
    rebuilder, server, errors = make()
    rebuilder.build()
    source.unlink()
    assert not rebuilder.watch(0)
    assert isinstance(errors[0], FileNotFoundError)
    assert read_sites(server) == ["1"]


def test_sources_are_found_for_each_build(make, source, tmp_path):
    rebuilder, server, errors = make()
    rebuilder.build()
    write_tree(tmp_path, {"more.txt": "1"})
    assert not rebuilder.watch(0)
    source.write_text("more.txt")
    assert rebuilder.watch(0)
    write_tree(tmp_path, {"more.txt": "22"})
    assert rebuilder.watch(0)
    source.write_text("unknown")
    assert not rebuilder.watch(0)
    assert not rebuilder.watch(0)
    assert [str(error) for error in errors] == ["no such file"]
    source.write_text("known")
    assert rebuilder.watch(0)
    assert read_sites(server)[0] == "known"


def test_files_that_are_still_being_written(make, source, monkeypatch):
    rebuilder, server, _ = make()
    rebuilder.build()
    with monkeypatch.context() as patch:
        patch.setattr("time.sleep", lambda _: source.write_text(f"{source.read_text()}x"))
        assert not rebuilder.watch(0)
        assert not rebuilder.watch(0)
    assert read_sites(server) == ["1"]
    assert rebuilder.watch(0)
    assert read_sites(server) == ["1xxxx", "1"]


def test_a_change_while_the_site_is_built_is_built_next(make, source):
    def build(directory):
        write_tree(directory, {"index.html": source.read_text()})
        if source.read_text() == "1":
            source.write_text("22")

    rebuilder, server, _ = make(build)
    rebuilder.build()
    assert read_sites(server) == ["1"]
    assert rebuilder.watch(0)
    assert read_sites(server) == ["22", "1"]
