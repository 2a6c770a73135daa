"""The directories, packages and modules of an archive, by the paths of its files."""

from sdist_upip.metadata.file_tree import FileTree, find_parents, find_stem, is_apart


def test_directories_packages_and_modules():
    names = "a/__init__.py a/b/c.mpy d/e.txt f/g.py h.py h.mpy setup.py tests/__init__.py test_x.py"
    tree = FileTree([*names.split(), "build.py", ".i.py"])
    assert tree.directories == {"a/", "a/b/", "d/", "f/", "tests/"}
    assert tree.python == {"a/", "a/b/", "f/", "tests/"}
    assert tree.packages == {"a/"}
    assert tree.find_tops() == {"h.py", "h.mpy"}
    assert tree.find_modules("h") == ["h.py", "h.mpy"]
    assert tree.find_modules("a/b/c") == ["a/b/c.mpy"]
    assert tree.has_init("a/")
    assert not tree.has_init("f/")


def test_directories_that_are_apart():
    names = ("benchmarks", "build", "ci", "demo", "demos", "dist", "doc", "docs", "example",
             "examples", "image", "images", "img", "test", "tests", "testing", "tools", "scripts",
             ".git")  # fmt: skip
    assert all(is_apart(f"{name}/a/b") for name in names)
    assert not any(map(is_apart, ("docs", "a/docs/b", "Docs/a", "testsuite/a", "a.b/c")))


def test_names_and_parents():
    assert [find_stem(top) for top in ("a/", "a.py", "a.mpy", "a.txt")] == ["a", "a", "a", "a.txt"]
    assert list(find_parents("a/b/c.py")) == ["a/", "a/b/"]
    assert list(find_parents("c.py")) == []
