"""Every code has an archive that has exactly that defect; clean archives have none."""

import io
import re
import shutil
import tarfile
import warnings
import zlib

import pytest

from conftest import BACKEND, ROOT, run_python, write_tree
from odd_archives import CLEAN, DEFECTS, END, FILENAME, METADATA, archive, entry, pack, pad, tar
from sdist_upip import Member, ProjectError, Release
from sdist_upip.archive.reader import read_archive
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.check.archive import check_archive, check_bytes, without_codes
from sdist_upip.check.content import check_content
from sdist_upip.check.problem import CODES
from sdist_upip.check.release import check_release, refuse_problems

DOCS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs/reference/check-codes").glob("*.md"))
    if path.name != "index.md"
)


def codes(data, filename=FILENAME, **options):
    return [problem.code for problem in check_bytes(data, filename, **options).problems]


def message(data, filename=FILENAME):
    (problem,) = check_bytes(data, filename).problems
    return problem.message


def test_a_clean_archive_has_no_problem():
    report = check_bytes(archive(), FILENAME)
    assert report.problems == ()
    assert not report.fails(strict=True)
    assert report.window == 4096
    assert 0 < report.distance <= report.window


def test_every_code_has_its_archive():
    assert DEFECTS.keys() == CODES.keys()


@pytest.mark.parametrize("code", DEFECTS)
def test_an_archive_with_one_defect_has_one_problem(code, tmp_path):
    filename, data = DEFECTS[code]
    path = tmp_path / filename
    if data is not None:
        path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = check_archive(path)
    assert {problem.code for problem in report.problems} == {code}
    assert without_codes(report, {code}).problems == ()
    assert report.fails(strict=True)
    assert report.fails(strict=False) == (CODES[code] == "error")


def test_docs_explain_every_code_with_the_example_of_its_archive():
    sections = re.split(r"^## ", DOCS, flags=re.MULTILINE)[1:]
    documented = {}
    for section in sections:
        heading = re.match(r"`([a-z-]+)` · (error|warning)\n", section)
        documented[heading[1]] = (heading[2], re.search(r"```text\n(.*?)\n```", section)[1])
    assert documented.keys() == CODES.keys()
    assert len(sections) == len(documented)
    overview = (ROOT / "docs/reference/check-codes/index.md").read_text(encoding="utf-8")
    assert {code for code in documented if f"`{code}`" in overview} == CODES.keys()
    for code, (severity, example) in documented.items():
        filename, data = DEFECTS[code]
        assert severity == CODES[code]
        if data is None:
            problem = check_archive(ROOT / "missing" / filename).problems[0]
        else:
            problem = check_bytes(data, filename).problems[0]
        where = f"{problem.path}: " if problem.path else ""
        text = f"{severity} {code}: {where}{problem.message}"
        assert example == text.replace("\x1b", "\\x1b").replace("\udce9", "\\udce9")


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in ROOT.glob("examples/*/pyproject.toml"))
)
def test_the_archives_of_all_examples_are_clean(name, tmp_path):
    project = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, project)
    command = ("-m", "sdist_upip", "build", project, "-o", tmp_path / "out")
    result = run_python(*command, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    (path,) = (tmp_path / "out").iterdir()
    assert check_archive(path).problems == ()
    release = read_archive(path)
    assert check_release(release, path.name) == []


def test_a_release_gives_the_same_problems_as_its_archive():
    files = {
        **CLEAN,
        "LICENSE": "text",
        "x/py2.py": "print 1\n",
        "x/data/a.txt": "newer",
        "x/a:b.py": "",
        "x/Sub.py": "",
        "x.egg-info/requires.txt": "y>=2\n",
        "PKG-INFO": METADATA + "Requires-Dist: y>=2\nLicense-File: LICENCE\n",
    }
    members = tuple(Member(path, _bytes(data)) for path, data in files.items())
    release = Release("x", "1.0", members)
    problems = check_release(release, FILENAME)
    assert set(problems) == set(check_bytes(archive(files), FILENAME).problems)
    assert len(problems) == 7
    trusted = check_release(release, FILENAME, trusted={"x/py2.py", "x/R.py"})
    assert {p.code for p in set(problems) - set(trusted)} == {"syntax", "resources"}


def test_a_release_of_another_name_than_its_file():
    release = Release("x", "1.0", (Member("PKG-INFO", METADATA.encode()), Member("x.py", b"")))
    found = [problem.code for problem in check_release(release, "y-1.0.tar.gz")]
    assert found == ["root", "pkg-info-mismatch"]


def test_a_member_without_a_directory_is_no_member_of_the_root():
    data = pack(tar(CLEAN, entry("x.py", "x = 1\n")))
    assert codes(data) == ["root"]
    assert "no directory, 'x-1.0'" in message(data)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_the_names_of_headers_that_describe_others_are_no_problem(form):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as built:
        for path, data in {**CLEAN, "x/" + "n" * 100 + ".py": ""}.items():
            info = tarfile.TarInfo(f"x-1.0/{path}")
            info.mtime = 1.5
            info.size = len(_bytes(data))
            built.addfile(info, io.BytesIO(_bytes(data)))
    wanted = {tarfile.PAX_FORMAT: {"tar-pax"}, tarfile.GNU_FORMAT: {"tar-format"}}
    assert set(codes(pack(buffer.getvalue()))) == wanted[form] | {"tar-name-length"}


def test_an_ordinary_sdist_of_setuptools(tmp_path):
    write_tree(
        tmp_path,
        {
            "pyproject.toml": BACKEND.replace("sdist_upip", "setuptools")
            + '[project]\nname = "x"\nversion = "1.0"\n'
            + 'dependencies = ["y>=1"]\nreadme = "README.md"\n',
            "src/x/__init__.py": "",
            "README.md": "",
            "tests/test_x.py": "",
        },
    )
    command = ("-m", "build", "--sdist", "--no-isolation")
    result = run_python(*command, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    report = check_archive(tmp_path / "dist" / FILENAME)
    found = {problem.code for problem in report.problems}
    expected = {"gzip-flags", "tar-pax", "tar-folder", "src-layout", "unneeded", "requires-line"}
    assert found - {"window"} == expected


def test_the_window_is_that_of_the_devices():
    report = check_bytes(DEFECTS["window"][1], FILENAME)
    assert (report.distance, report.window) == (5000, 8192)
    assert codes(DEFECTS["window"][1], window=8192) == []
    assert codes(archive(), window=512) == ["window"]


def test_damage_does_not_hide_other_problems():
    data = DEFECTS["unneeded"][1]
    broken = data[:-8] + bytes(8)
    assert set(codes(broken)) == {"gzip-crc", "gzip-length", "unneeded"}


def test_a_cut_tar_has_no_problems_of_what_is_missing():
    content = tar({"x/__init__.py": "", "PKG-INFO": METADATA})
    assert codes(pack(content[:1024])) == ["tar-truncated"]
    assert codes(pack(pad(b"x"))) == ["not-tar"]
    assert codes(pack(END)) == ["not-tar"]


def _bytes(content):
    return content.encode() if isinstance(content, str) else content


def test_nothing_needs_the_stream_to_be_compressed_by_zlib():
    content = tar(CLEAN)
    stored = zlib.compressobj(0, zlib.DEFLATED, -15)
    stream = stored.compress(content) + stored.flush()
    report = check_bytes(gzip_wrap(stream, content), FILENAME)
    assert (report.problems, report.distance, report.window) == ((), 0, 512)


def test_the_build_refuses_errors_and_tells_warnings(caplog):
    members = (Member("PKG-INFO", METADATA.encode()), Member("x.py", b""), Member("LICENSE", b""))
    refuse_problems(Release("x", "1.0", members))
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.message.startswith("unneeded: x-1.0/LICENSE: stock upip installs this file")
    metadata = METADATA.replace("1.0", "1.0+dev.1") + "License-File: LICENSE\n"
    refuse_problems(
        Release("x", "1.0+dev.1", (Member("PKG-INFO", metadata.encode()), *members[1:]))
    )
    assert [r.message.partition(":")[0] for r in caplog.records[1:]] == [
        "local-version",
        "unneeded",
    ]
    with pytest.raises(ProjectError, match=r"x-1\.0\.tar\.gz would not be sound: no-module: .*"):
        refuse_problems(Release("x", "1.0", members[:1]))


def test_a_build_with_an_error_is_refused_and_leaves_everything_as_it_was(make_project, fail):
    files = {
        "x/__init__.py": "",
        "x/data.txt": "text",
        "x/a:b.py": "",
        "MANIFEST.in": "include x/*.txt\n",
    }
    project = make_project(files, '[tool.setuptools]\npackages = ["x"]\n')
    assert fail(project).startswith("error: x-1.0.tar.gz would not be sound: name-fat: x-1.0/x/a:b")


def test_members_inside_and_outside_of_the_root_keep_their_names():
    report = check_bytes(pack(tar({**CLEAN, "LICENSE": ""}, entry("x.py", ""))), FILENAME)
    assert {(p.code, p.path) for p in report.problems} == {
        ("root", None),
        ("unneeded", "x-1.0/LICENSE"),
    }


def test_the_filters_of_warnings_are_left_alone():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in check_content({"x.py": b"x = '\\d'\n", "y.py": b"x = ("}):
            warnings.warn("seen", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["seen"]
