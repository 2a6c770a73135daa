"""upip's plan: what it chooses, installs, replaces and removes; on CPython."""

import io

import pytest

from support.archives import make_archive, make_release, pack
from support.index_server import Index, Reply
from support.trees import read_tree
from support.upip_device import import_module, versions


def test_a_package_comes_with_what_it_needs(upip, install, offer, lib):
    offer("app", "1.0", "dep>=1.0,<2", files={"app/__init__.py": "", "app/www/a.txt": "hi"})
    for version in ("0.9", "1.0", "1.10", "1.9", "2.0"):
        offer("dep", version, "leaf")
    offer("leaf", "3")
    install("app")
    assert versions(upip, lib) == {"app": "1.0", "dep": "1.10", "leaf": "3"}
    tree = read_tree(lib)
    assert tree["app/www/a.txt"] == b"hi"
    assert tree["dep.py"] == b"version = '1.10'\n"
    assert sorted(tree) == [
        *(".upip/app", ".upip/dep", ".upip/leaf"),
        *("app/__init__.py", "app/www/a.txt", "dep.py", "leaf.py"),
    ]


def test_the_record_has_version_files_hashes_and_requirements(install, offer, lib):
    offer(
        "app", "1.0", "b>=1", "c; sys_platform == 'none'", files={"app.py": "x", "d/y.bin": b"\0"}
    )
    offer("b", "1")
    install("app")
    assert (lib / ".upip/app").read_bytes() == (
        b"app 1.0\n"
        b"file 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 app.py\n"
        b"file 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d d/y.bin\n"
        b"needs b>=1\n"
        b"needs c; sys_platform == 'none'\n"
    )


def test_the_newest_final_release_is_taken(upip, install, offer, lib):
    for version in ("1.0", "1.2", "1.10.post1", "1.10", "2.0a1", "2.0.dev1"):
        offer("a", version)
    install("a")
    assert versions(upip, lib) == {"a": "1.10.post1"}


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("a==1.0", "1.0"),
        ("a<1.2", "1.1"),
        ("a~=1.1", "1.2"),
        ("a>=2.0a1", "2.0b1"),
        ("A_!=1.2", None),
        ("a==1.*", "1.2"),
        ("a[net]<=1.0", "1.0"),
    ],
)
def test_a_range_is_obeyed(upip, install, offer, lib, requirement, version):
    for known in ("1.0", "1.1", "1.2", "2.0b1"):
        offer("a", known)
    if version is None:
        with pytest.raises(upip.Error):
            install(requirement)
        return
    install(requirement)
    assert versions(upip, lib) == {"a": version}


def test_only_pre_releases_are_better_than_nothing(upip, install, offer, lib):
    offer("a", "1.0a1")
    offer("a", "1.0rc1")
    install("a")
    assert versions(upip, lib) == {"a": "1.0rc1"}


def test_a_yanked_release_is_taken_only_where_it_is_pinned(upip, install, offer, lib):
    offer("a", "1.0")
    offer("a", "1.1", yanked="broken")
    offer("a", "1.2", yanked="")
    install("a")
    assert versions(upip, lib) == {"a": "1.0"}
    install("a==1.1")
    assert versions(upip, lib) == {"a": "1.1"}


def test_wheels_and_other_files_beside_the_archive_do_not_matter(
    upip,
    install,
    offer,
    index,
    lib,
):
    index.add("a-9.0-py3-none-any.whl", b"wheel", name="a")
    index.add("a-9.0.zip", b"zip", name="a")
    index.add("a-9.0.tar.bz2", b"bz2", name="a")
    index.add("a-nonsense.tar.gz", b"x", name="a")
    index.add("other-9.0.tar.gz", b"x", name="a")
    offer("a", "1.0")
    install("a")
    assert versions(upip, lib) == {"a": "1.0"}


def test_old_spellings_of_file_names_are_found(upip, install, index, lib):
    index.add("My.App-x-1.0.tar.gz", make_archive("my-app-x", "1.0"), name="my-app-x")
    install("My_App.X")
    assert versions(upip, lib) == {"my-app-x": "1.0"}
    assert index.requests[0] == "/simple/my-app-x/"


def test_indexes_are_asked_in_order(upip, install, offer, index, lib, tmp_path):
    directory = tmp_path / "archives"
    directory.mkdir()
    (directory / "b-5.0.tar.gz").write_bytes(make_archive("b", "5.0"))
    (directory / "notes.txt").write_text("x")
    offer("a", "1.0", "b")
    offer("b", "1.0")
    with Index() as second:
        release = make_release("a", "9.0")
        second.add_release(release, pack(release))
        install("a", index_urls=[str(directory), index.simple.rstrip("/"), second.simple])
        assert second.requests == []
    assert versions(upip, lib) == {"a": "1.0", "b": "5.0"}


def test_an_archive_may_be_a_path_or_an_address(
    upip,
    install,
    offer,
    index,
    lib,
    tmp_path,
):
    path = tmp_path / "app-1.0.tar.gz"
    path.write_bytes(make_archive("app", "1.0", None, ["b"]))
    offer("b", "1")
    offer("b", "2")
    install(str(path))
    assert versions(upip, lib) == {"app": "1.0", "b": "2"}
    install(index.url("/files/b-1.tar.gz"))
    assert versions(upip, lib)["b"] == "1"
    for odd, reason in (
        ("odd.tar.gz", "not a version: odd"),
        ("a-b.tar.gz", "not a version: b"),
        ("a b-1.tar.gz", "not a name: a b"),
        ("a-1.tar.gz.sig", r"not a \.tar\.gz file: a-1\.tar\.gz\.sig"),
        ("gone-1.tar.gz", "gone: .*No such file"),
        (index.url("/files/gone-1.tar.gz"), "gone: not found: http"),
    ):
        with pytest.raises(upip.Error, match=reason):
            install(odd)
    with pytest.raises(upip.Error, match=r"b: expected sha256 0{64}, got [0-9a-f]{64}$"):
        install(index.url(f"/files/b-2.tar.gz#sha256={'0' * 64}"))
    assert versions(upip, lib)["b"] == "1"


def test_requires_txt_is_read_if_the_metadata_has_no_requirements(upip, install, offer, lib):
    """Sections are extras and markers."""
    files = {
        "app.py": "",
        "app.egg-info/requires.txt": "b>=1\r\nc==2\n\n[net]\nd\n\n[net:python_version == '0']\ne\n"
        "[:sys_platform != 'none']\nf>2\n",
        "app.egg-info/PKG-INFO": "Requires-Dist: wrong\n",
        "app.egg-info/top_level.txt": "app",
    }
    offer("app", "1", files=files)
    offer("b", "1")
    offer("c", "2")
    offer("f", "3")
    install("app")
    assert versions(upip, lib) == {"app": "1", "b": "1", "c": "2", "f": "3"}
    assert (lib / ".upip/app").read_text().splitlines()[2:] == [
        "needs b>=1",
        "needs c==2",
        'needs d ; extra == "net"',
        "needs e ; (python_version == '0') and extra == \"net\"",
        "needs f>2 ; sys_platform != 'none'",
    ]
    assert "app.egg-info" not in {path.name for path in lib.iterdir()}


def test_only_the_head_of_pkg_info_is_read(upip, install, index, lib):
    release = make_release("a", "1", None, ["b"])
    text = release.members[0].data.replace(
        b"\nA package.", b"\nRequires-Dist: wrong\n" + b"x" * 9000
    )
    folded = b"Description: one\n        \n        Requires-Dist: wrong\n" + b" " * 8 + b"y" * 2000
    text = text.replace(b"Requires-Dist: b", folded + b"\nRequires-Dist: b").replace(b"\n", b"\r\n")
    members = (type(release.members[0])("PKG-INFO", text), *release.members[1:])
    index.add_release(release, pack(release.with_members(members)))
    other = make_release("b", "1")
    index.add_release(other, pack(other))
    install("a")
    assert versions(upip, lib) == {"a": "1", "b": "1"}


def test_what_is_built_in_can_be_left_out(upip, install, offer, lib, capsys):
    offer("app", "1", "Micropython_OS>=1", "b")
    offer("b", "1", "c")
    with pytest.raises(upip.Error) as caught:
        install("app")
    assert str(caught.value).endswith(
        " (app 1 needs it). If the board has it, pass without=['micropython-os'] or "
        "--without micropython-os. deps=False or --no-deps installs no dependencies"
    )
    with pytest.raises(upip.Error, match=r"c: no \.tar\.gz file"):
        install("app", without="micropython.os")
    install("app", without=["micropython-os", "C"])
    assert versions(upip, lib) == {"app": "1", "b": "1"}
    assert "needs Micropython_OS>=1" in (lib / ".upip/app").read_text()


def test_dependencies_can_be_left_out(upip, install, offer, lib):
    offer("app", "1", "b")
    install("app", deps=False)
    assert versions(upip, lib) == {"app": "1"}


def test_a_package_that_was_asked_for_has_no_advice_to_do_without_it(upip, install):
    with pytest.raises(upip.Error) as caught:
        install("app")
    assert "without" not in str(caught.value)


def test_a_post_release_may_be_spelled_with_a_hyphen(upip, install, index, lib, tmp_path):
    archive = make_archive("micropython-cmd", "3.4.0-2", {"cmd.py": ""})
    for name in ("micropython-cmd-3.4.0-1.tar.gz", "micropython-cmd-3.4.0-2.tar.gz"):
        (tmp_path / name).write_bytes(archive)
        index.replies[f"/files/{name}"] = Reply(archive)
    page = b"".join(b'<a href="/files/%s"></a>' % path.name.encode() for path in tmp_path.iterdir())
    index.replies["/simple/micropython-cmd/"] = Reply(page)
    install("micropython_cmd")
    assert versions(upip, lib) == {"micropython-cmd": "3.4.0-2"}
    upip.install(str(tmp_path / "micropython-cmd-3.4.0-1.tar.gz"), str(lib))
    assert versions(upip, lib) == {"micropython-cmd": "3.4.0-1"}
    upip.install("micropython.cmd>3.4.0-1", str(lib), [str(tmp_path)])
    assert versions(upip, lib) == {"micropython-cmd": "3.4.0-2"}


@pytest.mark.parametrize(
    ("file", "project", "name", "version"),
    [
        ("foo-1.0-2.tar.gz", "", "foo", "1.0-2"),
        ("foo-1.0-2.tar.gz", "foo", "foo", "1.0-2"),
        ("foo-1.0-2.tar.gz", "foo-1-0", "foo-1-0", "2"),
        ("foo-2-1.tar.gz", "", "foo-2", "1"),
        ("foo-2-1.tar.gz", "foo", "foo-2", "1"),
        ("foo-1.0-rc1.tar.gz", "foo", "foo-1-0", None),
        ("Foo.Bar-1.0.tar.gz", "foo-bar", "foo-bar", "1.0"),
        ("foo-bar-1.0.tar.gz", "foo", "foo-bar", "1.0"),
        ("foo-1.0-rc1.tar.gz", "", "foo-1-0", None),
        ("foo-1.0.tar.gz", "bar", "foo", "1.0"),
    ],
)
def test_where_a_version_begins(upip, file, project, name, version):
    archive_name = import_module("upip_index").archive_name
    if version:
        assert archive_name(file, project)[:2] == (name, version)
    else:
        with pytest.raises(ValueError, match=r"not a (version|name)"):
            archive_name(file, project)


def test_insecure_warns_once(upip, install, offer, capsys):
    offer("a", "1", "b")
    offer("b", "1")
    install("a", insecure=True)
    assert capsys.readouterr().out.count("Warning: certificates are not verified") == 1


def test_extras_and_markers_choose_what_is_needed(upip, install, offer, lib):
    offer(
        "app",
        "1",
        "x; implementation_name == 'micropython'",
        "y; implementation_name == 'cpython'",
        "z; extra == 'net'",
    )
    offer("other", "1", "app[net]")
    for name in "yz":
        offer(name, "1")
    install("app", "other")
    assert versions(upip, lib) == {"app": "1", "other": "1", "y": "1", "z": "1"}


def test_cycles_end(upip, install, offer, lib):
    offer("a", "1", "b")
    offer("b", "1", "c>=1")
    offer("c", "1", "a<2")
    install("a")
    assert versions(upip, lib) == {"a": "1", "b": "1", "c": "1"}


def test_wishes_that_are_known_early_are_met_together(upip, install, offer, lib):
    offer("a", "1", "b")
    offer("b", "1")
    offer("b", "2")
    install("a", "b<2")
    assert versions(upip, lib) == {"a": "1", "b": "1"}


def test_a_conflict_names_both_sides_and_changes_nothing(upip, install, offer, lib):
    offer("a", "1", "b", "c")
    offer("c", "4", "b<2")
    offer("b", "2")
    with pytest.raises(upip.Error, match=r"b: c 4 needs <2, but a 1 took 2"):
        install("a")
    assert read_tree(lib) == {}


def test_what_stays_keeps_what_it_needs(upip, install, offer, lib):
    offer("aaa", "2.0", "bbb>=2; implementation_name == 'cpython'", "bbb<1; extra == 'old'")
    offer("bbb", "1.0")
    offer("bbb", "2.0")
    offer("bbb", "3.0")
    offer("ccc", "1", "bbb<2")
    install("aaa", "bbb<3")
    before = read_tree(lib)
    match = r"bbb: aaa 2\.0 \(installed\) needs >=2, but ccc 1 took 1\.0"
    with pytest.raises(upip.Error, match=match):
        install("ccc")
    with pytest.raises(upip.Error, match=r"needs >=2, but you took 1\.0"):
        install("bbb==1.0")
    assert read_tree(lib) == before
    install("bbb")
    assert versions(upip, lib) == {"aaa": "2.0", "bbb": "3.0"}
    offer("aaa", "3.0", "bbb<2")
    install("aaa", "ccc")
    assert versions(upip, lib) == {"aaa": "3.0", "bbb": "1.0", "ccc": "1"}


def test_wishes_that_exclude_one_another_are_named(upip, install, offer, lib):
    offer("aaa", "2.0", "bbb>=2")
    offer("bbb", "1.0")
    offer("bbb", "2.0")
    offer("ccc", "1", "bbb<2")
    match = r"bbb: no version fits\. Available: .*\. aaa 2\.0 and ccc 1 need >=2,<2"
    with pytest.raises(upip.Error, match=match):
        install("aaa", "ccc")
    assert read_tree(lib) == {}


def test_an_empty_file_that_is_gone_is_put_back(upip, install, offer, lib):
    offer("app", "1.0", files={"app/__init__.py": "", "app/x.py": "x = 1\n"})
    install("app")
    (lib / "app" / "__init__.py").unlink()
    install("app")
    assert (lib / "app" / "__init__.py").read_bytes() == b""


def test_what_is_missing_is_named(upip, install, offer, index, lib):
    offer("a", "1", "gone>=1")
    index.add("wheel_only-1.0-py3-none-any.whl", b"x", name="wheel-only")
    with pytest.raises(upip.Error, match=r"gone: no \.tar\.gz file in http://localhost"):
        install("a")
    with pytest.raises(upip.Error, match=r"wheel-only: no \.tar\.gz file in"):
        install("wheel-only")
    with pytest.raises(upip.Error, match=r"a: no version fits\. Available: 1"):
        install("a>=2")
    assert read_tree(lib) == {}


def test_a_lying_index_is_caught(upip, install, offer, lib):
    offer("a", "1", sha256="0" * 64)
    with pytest.raises(upip.Error, match=r"a: expected sha256 0{64}, got [0-9a-f]{64}$"):
        install("a")
    assert read_tree(lib) == {}


def test_an_index_without_hashes_will_do(upip, install, offer, lib):
    offer("a", "1", sha256=None)
    install("a")
    assert versions(upip, lib) == {"a": "1"}


def test_other_hashes_do_not_hide_an_archive(upip, install, offer, index, lib):
    path = offer("a", "1")
    index.replies["/simple/a/"] = Reply(f"<a class=\"x\" href='{path}#md5=0'>a</a>".encode())
    install("a", index_urls=[index.simple])
    assert versions(upip, lib) == {"a": "1"}


def test_the_same_version_again_downloads_nothing(upip, install, offer, index, lib):
    offer("a", "1", "b")
    offer("b", "1")
    install("a")
    before = {path: path.stat().st_mtime_ns for path in lib.rglob("*") if path.is_file()}
    index.requests.clear()
    install("a")
    assert index.requests == ["/simple/a/"]
    install("a==1")
    assert index.requests == ["/simple/a/"]
    assert before == {path: path.stat().st_mtime_ns for path in lib.rglob("*") if path.is_file()}


@pytest.mark.parametrize("harm", ["changed", "removed"])
def test_a_damaged_package_is_installed_again(upip, install, offer, lib, harm):
    offer("a", "1")
    install("a")
    if harm == "changed":
        (lib / "a.py").write_text("x")
    else:
        (lib / "a.py").unlink()
    install("a==1")
    assert (lib / "a.py").read_text() == "version = '1'\n"


def test_an_upgrade_removes_what_the_new_version_lacks(upip, install, offer, lib):
    offer("a", "1", files={"a/x.py": "1", "a/old/y.py": "1", "a/old/deep/z.py": "1", "t.py": "1"})
    offer("a", "2", files={"a/x.py": "2", "a/new.py": "2"})
    install("a==1")
    (lib / "a/mine.txt").write_text("kept")
    install("a")
    tree = read_tree(lib)
    assert sorted(tree) == [".upip/a", "a/mine.txt", "a/new.py", "a/x.py"]
    assert tree["a/x.py"] == b"2"
    install("a==1")
    assert sorted(read_tree(lib)) == [
        *(".upip/a", "a/mine.txt", "a/old/deep/z.py", "a/old/y.py", "a/x.py", "t.py"),
    ]


def test_a_dependency_that_fits_stays(upip, install, offer, lib):
    offer("b", "1")
    install("b")
    offer("b", "2")
    offer("a", "1", "b")
    install("a")
    assert versions(upip, lib) == {"a": "1", "b": "1"}
    install("b")
    assert versions(upip, lib) == {"a": "1", "b": "2"}


def test_two_packages_never_own_one_file(upip, install, offer, lib):
    offer("a", "1", files={"shared.py": "a", "ns/a.py": ""})
    offer("b", "1", files={"shared.py": "b", "ns/b.py": ""})
    offer("c", "1", files={"ns": "a file"})
    with pytest.raises(upip.Error, match=r"a and b both have shared\.py|b and a both have"):
        install("a", "b")
    assert read_tree(lib) == {}
    install("a")
    before = read_tree(lib)
    with pytest.raises(upip.Error, match=r"b and a both have shared\.py"):
        install("b")
    with pytest.raises(upip.Error, match=r"c: ns would replace a file or directory"):
        install("c")
    assert read_tree(lib) == before


def test_a_file_may_move_from_one_package_to_another(upip, install, offer, lib):
    offer("a", "1", files={"a.py": "1", "part.py": "1"})
    install("a")
    offer("a", "2", "part", files={"a.py": "2"})
    offer("part", "2", files={"part.py": "2"})
    install("part", "a")
    assert read_tree(lib)["part.py"] == b"2"
    assert versions(upip, lib) == {"a": "2", "part": "2"}
    upip.uninstall("a", str(lib))
    assert sorted(read_tree(lib)) == [".upip/part", "part.py"]


def test_files_and_directories_never_replace_each_other(upip, install, offer, lib):
    lib.mkdir()
    (lib / "a").mkdir()
    (lib / "b").write_text("file")
    offer("x", "1", files={"a": "file over directory"})
    offer("y", "1", files={"b/c.py": "directory over file"})
    for name, path in (("x", "a"), ("y", "b")):
        with pytest.raises(upip.Error, match=f"{name}: {path} would replace a file or directory"):
            install(name)
    assert read_tree(lib) == {"a": b"", "b": b"file"}


def test_a_file_without_an_owner_is_replaced(upip, install, offer, lib):
    lib.mkdir()
    (lib / "a.py").write_text("from another installer")
    offer("a", "1")
    install("a")
    assert (lib / "a.py").read_text() == "version = '1'\n"


def test_uninstall_removes_the_package_and_its_empty_directories(
    upip,
    install,
    offer,
    lib,
):
    offer("a", "1", "b", files={"ns/a/x.py": "", "ns/a/y/z.py": ""})
    offer("b", "1", files={"ns/b.py": ""})
    install("a")
    upip.uninstall("A", str(lib))
    assert sorted(read_tree(lib)) == [".upip/b", "ns/b.py"]
    with pytest.raises(upip.Error, match="a is not installed in"):
        upip.uninstall("a", str(lib))
    upip.uninstall("b", str(lib))
    assert read_tree(lib) == {}


def test_no_room_is_noticed_before_writing(upip, install, offer, lib, monkeypatch):
    offer("a", "1", files={"a.bin": bytes(9000)})
    real = import_module("os").statvfs

    class Full:
        def __getitem__(self, i):
            return {1: 512, 2: 100, 4: 18}[i]

    monkeypatch.setattr("os.statvfs", lambda path: Full() if real(path) else None)
    with pytest.raises(upip.Error, match="a: not enough space: 9216 bytes free"):
        install("a")
    assert read_tree(lib) == {}


@pytest.mark.parametrize("status", [500, 403])
def test_an_index_that_fails_is_an_error_not_an_absence(
    upip,
    install,
    index,
    status,
    lib,
):
    index.replies["/simple/a/"] = Reply(b"", status)
    with pytest.raises(upip.Error, match=f"a: HTTP status {status} from"):
        install("a", index_urls=[index.simple, index.simple])
    assert len(index.requests) == 1


@pytest.mark.parametrize("other", ["GOOD.py", "good.PY", "Good.py"])
def test_one_file_has_one_name_on_fat(upip, install, offer, lib, other):
    offer("a", "1", files={"good.py": "a"})
    offer("b", "1", files={other: "b"})
    install("a")
    with pytest.raises(upip.Error, match=r"b and a both have good\.py"):
        install("b")
    assert sorted(read_tree(lib)) == [".upip/a", "good.py"]


@pytest.mark.parametrize(
    "requirement",
    [
        "b @ https://x.test/b-1.tar.gz",
        "https://x.test/b-1.tar.gz",
        "/etc/b-1.tar.gz",
        "./b-1.tar.gz",
        "file:///b-1.tar.gz",
    ],
)
def test_no_package_requires_an_address_or_a_path(upip, install, index, lib, requirement):
    index.add("a-1.tar.gz", make_archive("a", "1", None, [requirement]))
    with pytest.raises(upip.Error, match="cannot read the requirement"):
        install("a")
    assert read_tree(lib) == {}
    assert not [request for request in index.requests if "b" in request]


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "\u202e", "\x07", "\r", "é"])
def test_messages_are_printable_ascii(upip, install, index, lib, text, capsys):
    index.add("a-1.tar.gz", make_archive("a", "1", None, [f"b; x == '{text}'"]))
    index.add("c-1.tar.gz", make_archive("c", "1", {"c.py": ""}, [f"d{text}"]))
    index.replies["/simple/e/"] = Reply(
        b"", 302, {"Location": "http://127.0.0.1:1/" + ascii(text).strip("'") + "\x1b"}
    )
    for name in ("a", "c", "e", f"f{text}", f"g{text}-1.tar.gz"):
        with pytest.raises(upip.Error) as error:
            install(name)
        assert str(error.value).isascii()
        assert str(error.value).isprintable()
    printed = capsys.readouterr().out
    assert printed.replace("\n", "").isprintable()
    assert printed.isascii()


def test_messages_have_a_length(upip, install):
    with pytest.raises(upip.Error) as error:
        install("x" * 20_000)
    assert len(str(error.value)) <= 500


def test_a_link_from_https_to_http_needs_a_hash(upip):
    """As on a computer: the page is verified, and what it links to would not be."""
    find = import_module("upip_index").find
    body = import_module("upip_body").Body

    def fetch(page):
        return lambda url: body(io.BytesIO(page), url)

    link = b"http://y.test/a-1.tar.gz"
    with pytest.raises(ValueError, match="an https page links to http without a sha256"):
        find(fetch(b"<a href=%s>" % link), ["https://x.test"], "a", "", "you")
    found = find(
        fetch(b"<a href=%s#sha256=%s>" % (link, b"0" * 64)), ["https://x.test"], "a", "", False
    )
    assert found == ("1", link.decode(), "0" * 64)
    assert find(fetch(b"<a href=%s>" % link), ["http://x.test"], "a", "", "you")[1] == link.decode()


def test_500_requirements_are_read_and_no_more(upip, install, offer, index):
    offer("b", "1")
    for count in (500, 501):
        data = make_archive(f"a{count}", "1", {f"a{count}.py": ""}, ["b"] * count)
        index.add(f"a{count}-1.tar.gz", data)
    install("a500")
    with pytest.raises(upip.Error, match="it has more than 500 requirements"):
        install("a501")


@pytest.mark.parametrize(
    "fragment",
    [
        *("egg=a&sha256=" + "0" * 64, "SHA256=" + "0" * 64, "sha256:" + "0" * 64, "sha256=00"),
        *("md5=" + "0" * 32, "sha512=" + "0" * 128, "x", ""),
    ],
)
def test_what_you_pin_is_verified_or_refused(upip, install, offer, index, lib, fragment):
    offer("a", "1")
    with pytest.raises(upip.Error, match="fragment after # is not sha256="):
        install(index.url("/files/a-1.tar.gz#" + fragment))
    assert read_tree(lib) == {}


def test_a_package_with_a_similar_name_is_not_upip(upip, install, offer, lib):
    offer("upipx", "1", files={"upipx.py": "x = 1"})
    install("upipx")
    assert upip._replaced is False


def test_errors_are_caught_after_upip_was_replaced(upip, install, offer, lib):
    offer("upip", "9", files={"upip_other.py": ""})
    install("upip")
    with pytest.raises(upip.Error, match=r"no \.tar\.gz file in"):
        install("gone")


def test_a_requirement_that_cannot_be_read_names_its_package(upip, install, offer, lib):
    offer("a", "1")
    install("a")
    (lib / ".upip/b").write_text("b 1\nneeds x!!!;;\n")
    offer("c", "1")
    with pytest.raises(upip.Error, match=r"b: cannot read the requirement x!!!;;"):
        install("c")
