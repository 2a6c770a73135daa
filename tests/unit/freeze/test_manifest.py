from sdist_upip.freeze.manifest import digest, read_manifest, write_manifest


def test_manifest_reads_back():
    paths = ["a.py", "b/c.py", "b/d/e.py", "b/f.mpy", "ö/'.py", "b/x  # 0123456789abcdef.py"]
    digests = {path: digest(path.encode()) for path in paths} | {"b/z.py": None, "z.py": None}
    assert read_manifest(write_manifest(digests)) == digests
    assert read_manifest(write_manifest({})) == {}
    for other in (b"module('a.py')\n", b"#\r#\rmodule('a.py')", b"package('a', ({[]: 1},))", b"\0"):
        assert read_manifest(other) is None
