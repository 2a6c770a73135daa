import pytest

from sdist_upip.attached.facts import Facts, collect_facts, read_facts
from sdist_upip.errors import ArchiveError, OutputError
from sdist_upip.mpy.abi import Abi
from support.trees import write_tree


def mpy(version, sub_version, architecture):
    return version | sub_version << 8 | architecture << 10


def test_facts_of_a_directory(session, tmp_path):
    record = "a 1.0\nfile " + "0" * 64 + " a.py\nneeds b\n"
    write_tree(
        tmp_path,
        {
            "a.py": "import pkg_resources\n" + "#" * 2000,
            ".upip/a": record,
            ".upip/a.new": "x",
            ".upip/b/c": "",
            "pkg_resources.py": "",
        },
    )
    facts = read_facts(session, f"{tmp_path}/")
    assert (facts.root, facts.root_kind) == (str(tmp_path), 2)
    assert facts.records == {"a": record.encode(), "b": b""}
    assert facts.kinds == {"a": 1, "b": 2}
    assert facts.changed == {"a.py"}
    assert facts.importers == {"a.py": (tmp_path / "a.py").read_bytes()}
    assert facts.beside == {"pkg_resources.py": 1}
    assert facts.left == ["a.new"]
    assert facts.free > 0
    assert read_facts(session, str(tmp_path), reads_files=False).changed == set()
    assert read_facts(session, str(tmp_path), wants_importers=False).importers == {}
    assert "_sdist_upip" not in session.names


def test_a_missing_directory(session, tmp_path):
    facts = read_facts(session, f"{tmp_path}/a/lib")
    assert (facts.root_kind, facts.place) == (0, str(tmp_path))


@pytest.mark.parametrize("path", ["file", "lib/.upip"])
def test_files_in_the_way(session, tmp_path, path):
    write_tree(tmp_path, {path: ""})
    root = f"{tmp_path}/{path}".removesuffix("/.upip")
    with pytest.raises(OutputError, match=f"{tmp_path}/{path} on the board is not a directory"):
        read_facts(session, root)


@pytest.mark.parametrize(
    "shown, message",
    [
        ([("path", [])], "has no file system"),
        ([("root", "/lib", 0, "", 512, 0, 0)], "has no file system"),
        ([("path", ["", ".frozen"]), ("root", "", 2, "", 512, 9, 9)], "has no directory for"),
    ],
)
def test_boards_without_a_place(session, monkeypatch, shown, message):
    monkeypatch.setattr(session, "run", lambda code: iter(shown))
    with pytest.raises(OutputError, match=message):
        read_facts(session)


def test_the_root_of_the_file_system(session, monkeypatch):
    shown = [("root", "", 2, "", 512, 9, 9), ("path", ["", ".frozen"])]
    monkeypatch.setattr(session, "run", lambda code: iter(shown))
    assert read_facts(session, "/").root == ""


@pytest.mark.parametrize(
    "shown", [[b"x"], [("board", 1, "x", 0, "", [1, 2])], [("record", [], 1)], [("left",)] * 2]
)
def test_facts_that_are_none(session, monkeypatch, shown):
    more = [("root", "/lib", 0, "", 512, 9, 9)]
    monkeypatch.setattr(session, "run", lambda code: iter([*more, *shown]))
    if shown[0] == ("left",):
        assert read_facts(session).left == []
        return
    with pytest.raises(OutputError, match=r"which is not as expected\. Another program"):
        read_facts(session)


def test_versions():
    facts = collect_facts([("board", [1, 28, 2], "rp2", mpy(6, 3, 4), "Pico", [100, 20])])
    assert (facts.release, facts.short_release, facts.platform) == ("1.28.2", "1.28", "rp2")
    assert facts.abi == Abi(6, 3, 4)


@pytest.mark.parametrize(
    "own, required, loads",
    [
        (mpy(6, 3, 7), Abi(6), True),
        (mpy(6, 3, 7), Abi(5), False),
        (0, Abi(6), False),
        (mpy(6, 3, 7), Abi(6, 3, 7), True),
        (mpy(6, 3, 7), Abi(6, 3, 4), True),
        (mpy(6, 3, 4), Abi(6, 3, 7), False),
        (mpy(6, 3, 7), Abi(6, 2, 7), False),
        (mpy(6, 3, 7), Abi(6, 3, 9), False),
        (mpy(6, 3, 10), Abi(6, 3, 9), False),
        (mpy(6, 3, 2), Abi(6, 3, 1), False),
    ],
)
def test_which_mpy_files_are_loaded(own, required, loads):
    assert Facts(mpy=own).loads(required) is loads


def test_refused_mpy_files():
    facts = Facts(mpy=mpy(6, 3, 7))
    facts.check_loads("a.mpy", b"M\x06\0\x1f")
    with pytest.raises(OutputError, match=r"a\.mpy requires \.mpy format 5, and the board loads "):
        facts.check_loads("a.mpy", b"M\x05\0\x1f")
    with pytest.raises(ArchiveError, match=r"a\.mpy: invalid \.mpy header\. Compile"):
        facts.check_loads("a.mpy", b"x")


@pytest.mark.parametrize(
    "own, text",
    [(0, "no .mpy"), (6, ".mpy format 6"), (mpy(6, 3, 4), ".mpy format 6.3 for armv6m")],
)
def test_the_abi_in_words(own, text):
    assert Facts(mpy=own).describe_abi() == text
