import pytest

from sdist_upip.freeze.manifest import Manifest, digest, read_manifest, write_manifest

PACKAGES = {"a": "1.0", "b-c": "1!2.0rc1.post2.dev3+x.1"}


@pytest.mark.parametrize("packages", [None, {}, PACKAGES])
def test_manifest_reads_back(packages):
    paths = ["a.py", "b/c.py", "b/d/e.py", "b/f.mpy", "ö/'.py", "b/x  # 0123456789abcdef.py"]
    digests = {path: digest(path.encode()) for path in paths} | {"b/z.py": None, "z.py": None}
    for manifest in (Manifest(digests, packages), Manifest({}, packages)):
        assert read_manifest(write_manifest(manifest)) == manifest


@pytest.mark.parametrize(
    "other", [b"module('a.py')\n", b"#\r#\rmodule('a.py')", b"package('a', ({[]: 1},))", b"\0"]
)
def test_another_text_is_not_a_manifest(other):
    assert read_manifest(other) is None


@pytest.mark.parametrize("line", ["#     A 1\n", "#     a\n", "# a 1\n", "#     a 1 \n"])
def test_packages_that_were_edited(line):
    text = write_manifest(Manifest({"a.py": None}, PACKAGES)).decode()
    assert read_manifest(text.replace("#     a 1.0\n", line).encode()) is None


def test_the_packages_are_comments():
    text = write_manifest(Manifest({"a.py": None}, PACKAGES)).decode()
    assert text.endswith(
        "# Packages:\n#     a 1.0\n#     b-c 1!2.0rc1.post2.dev3+x.1\nmodule('a.py')\n"
    )
