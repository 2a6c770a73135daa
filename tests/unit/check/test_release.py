"""A release is checked as its archive is."""

import pytest

from sdist_upip import Member, ProjectError, Release
from sdist_upip.check.archive import check_bytes
from sdist_upip.check.release import check_release, refuse_problems
from support.odd_archives import CLEAN, FILENAME, METADATA, archive, to_bytes


def test_a_release_gives_the_same_problems_as_its_archive():
    files = {
        **CLEAN,
        "LICENSE": "text",
        "x/py2.py": "print 1\n",
        "x/data/a.txt": "newer",
        "x/Sub.py": "",
        "x.egg-info/requires.txt": "y>=2\n",
        "PKG-INFO": METADATA + "Requires-Dist: y>=2\nLicense-File: LICENCE\n",
    }
    members = tuple(Member(path, to_bytes(data)) for path, data in files.items())
    release = Release("x", "1.0", members)
    problems = check_release(release, FILENAME)
    assert set(problems) == set(check_bytes(archive(files), FILENAME).problems)
    assert len(problems) == 6
    trusted = check_release(release, FILENAME, trusted={"x/py2.py", "x/R.py"})
    assert {p.code for p in set(problems) - set(trusted)} == {"syntax", "resources"}


def test_a_release_of_another_name_than_its_file():
    release = Release("x", "1.0", (Member("PKG-INFO", METADATA.encode()), Member("x.py", b"")))
    found = [problem.code for problem in check_release(release, "y-1.0.tar.gz")]
    assert found == ["root", "pkg-info-mismatch"]


def test_the_build_refuses_errors_and_logs_warnings(caplog):
    members = (Member("PKG-INFO", METADATA.encode()), Member("x.py", b""), Member("LICENSE", b""))
    refuse_problems(Release("x", "1.0", members))
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.message.startswith("unneeded: x-1.0/LICENSE: Stock upip installs this file")
    metadata = METADATA.replace("1.0", "1.0+dev.1") + "License-File: LICENSE\n"
    refuse_problems(
        Release("x", "1.0+dev.1", (Member("PKG-INFO", metadata.encode()), *members[1:]))
    )
    assert [r.message.partition(":")[0] for r in caplog.records[1:]] == [
        "local-version",
        "unneeded",
    ]
    with pytest.raises(ProjectError, match=r"x-1\.0\.tar\.gz does not pass .*\. no-module: .*"):
        refuse_problems(Release("x", "1.0", members[:1]))


def test_the_build_refuses_broken_sources_unless_they_need_not_be_sound():
    members = (Member("PKG-INFO", METADATA.encode()), Member("x.py", b"print 1\n"))
    release = Release("x", "1.0", members)
    with pytest.raises(ProjectError, match=r"syntax: x-1\.0/x\.py: The source does not compile"):
        refuse_problems(release)
    refuse_problems(release, check_sources=False)


@pytest.mark.parametrize(
    ("name", "path", "data", "code"),
    [
        ("x", ".upip/x", b"", "name-reserved"),
        ("x", "upip_ca.der", b"", "name-reserved"),
        ("upip", "upip_ca.der", b"", None),
        ("x", "src/y.py", b"", "src-layout"),
        ("x", "pyproject.toml", b"", "for-computers"),
        ("x", "setup.py", b"import setuptools", "for-computers"),
        ("x", "X.PY", b"", "name-case"),
        ("x", "zeros.bin", bytes(16 << 20), "too-large"),
        ("x", "zeros.bin", bytes((16 << 20) - 4 * 512 - 512 - 1024), None),
        ("x", "x.egg-info/requires.txt", b"y\n" * 501, "requires-count"),
    ],
)
def test_the_build_refuses_what_install_refuses(name, path, data, code):
    metadata = METADATA.replace("Name: x", f"Name: {name}").encode()
    members = (Member("PKG-INFO", metadata), Member("x.py", b""), Member(path, data))
    release = Release(name, "1.0", members)
    if code:
        with pytest.raises(ProjectError, match=f"does not pass the check\\. .*{code}: "):
            refuse_problems(release)
    else:
        refuse_problems(release)
