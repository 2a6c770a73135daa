import pytest

from sdist_upip import Member, ProjectError, Release
from sdist_upip.release import UnpackedRelease


def test_name_and_version_follow_pep_625():
    release = Release("My.App-x", "1.0-1", ())
    assert release.root == "my_app_x-1.0.post1"
    assert release.egg_info == "my_app_x.egg-info"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "is empty"),
        ("/etc/passwd", "is absolute"),
        ("a/../b.py", "'..' segment"),
        ("./b.py", "'.' or"),
        ("a//b.py", "empty segment"),
        ("a/", "empty segment"),
        ("a\\b.py", "backslash"),
        ("a\nb.py", "control character"),
        ("a\x7fb.py", "control character"),
        ("caf\udce9.py", "UTF-8"),
    ],
)
def test_member_refuses_paths_that_no_device_should_see(path, reason):
    with pytest.raises(ProjectError, match=reason):
        Member(path, b"")


def test_member_refuses_wrong_types_and_modes():
    with pytest.raises(ProjectError, match="got str and str"):
        Member("a.py", "text")
    with pytest.raises(ProjectError, match="mode"):
        Member("a.py", b"", 0o1777)


def test_release_refuses_names_and_versions_out_of_the_standards():
    with pytest.raises(ProjectError, match="PEP 508"):
        Release("-x", "1", ())
    with pytest.raises(ProjectError, match="PEP 440"):
        Release("x", "one", ())


def test_release_refuses_two_members_of_one_path():
    with pytest.raises(ProjectError, match="occurs twice"):
        Release("x", "1", (Member("a.py", b"1"), Member("a.py", b"2")))


def test_release_refuses_a_file_that_is_also_a_directory():
    with pytest.raises(ProjectError, match=r"'a' is a file and, for 'a/b/c\.py', also a directory"):
        Release("x", "1", (Member("a/b/c.py", b""), Member("a", b"")))


@pytest.mark.parametrize(("length", "fits"), [(100, True), (101, False)])
@pytest.mark.parametrize("letter", ["a", "é"])
def test_names_of_100_bytes_with_the_root_directory_fit(length, fits, letter):
    room = length - len("x-1/")
    stem, odd = divmod(room, len(letter.encode()))
    members = (Member(letter * stem + "b" * odd, b""),)
    if fits:
        assert Release("x", "1", members).members == members
    else:
        with pytest.raises(ProjectError, match="has 101 bytes"):
            Release("x", "1", members)


def test_an_unpacked_release_has_longer_names():
    members = (Member("x/" + "n" * 300, b""),)
    with pytest.raises(ProjectError, match="the name has"):
        Release("x", "1.0", members)
    release = UnpackedRelease("x", "1.0", members)
    assert release.get(members[0].path) == members[0]
    assert type(release.with_members(members)) is UnpackedRelease
    with pytest.raises(ProjectError, match="occurs twice"):
        UnpackedRelease("x", "1.0", members * 2)


@pytest.mark.parametrize(
    ("name", "paths", "expected"),
    [
        ("a" * 35, (), "a" * 35),
        ("a" * 36, (), "a" * 36),
        ("a" * 37, (), "a"),
        ("a" * 36, ("licenses/LICENSE",), "a"),
        ("a" * 34, ("licenses/LICENSE",), "a" * 34),
        ("Z.b", (), "z_b"),
        ("a", ("licenses/" + "x" * 90,), "a"),
    ],
)
def test_egg_info_has_the_whole_name_if_it_fits(name, paths, expected):
    release = Release(name, "1.0", ())
    assert release.find_egg_info(paths) == f"{expected}.egg-info"
    if not paths:
        assert release.egg_info == f"{expected}.egg-info"


@pytest.mark.parametrize("directory", ["a.egg-info", f"{'a' * 30}.egg-info"])
def test_egg_info_is_the_directory_that_is_there(directory):
    release = Release("a" * 30, "1.0", (Member(f"{directory}/licenses/L", b""),))
    assert release.egg_info == release.find_egg_info(["x" * 90]) == directory


@pytest.mark.parametrize(
    ("length", "path", "advice"),
    [
        (
            88,
            "PKG-INFO",
            "Shorten the name of the project: name and version may have 90 letters.",
        ),
        (
            73,
            "a.egg-info/requires.txt",
            "Shorten the name of the project: name and version may have 75 letters if it has "
            "dependencies.",
        ),
        (
            72,
            "a.egg-info/licenses/LICENSE",
            'Shorten the name of the project, or set license-files = "drop".',
        ),
        (
            80,
            "package_abc/R.py",
            'Shorten the name of the package, or set resources = "files".',
        ),
        (90, "module.py", "Shorten the path or exclude the file."),
    ],
)
def test_the_advice_for_a_long_name_can_be_followed(length, path, advice):
    with pytest.raises(ProjectError) as caught:
        Release("a" * length, "1.0", (Member(path, b""),))
    assert str(caught.value).endswith(f"but devices read only 100. {advice}")
