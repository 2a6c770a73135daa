import pytest

from sdist_upip.toml import TomlError, parse_toml

DEEP = "has tables or arrays more than 100 levels deep"
LARGE = "has an integer of more than 64 bits"


def test_a_document():
    text = '[tool]\n"größe" = [1, -9223372036854775808, 9223372036854775807, true, 1e400]\n'
    assert parse_toml(text.encode()) == {
        "tool": {"größe": [1, -(2**63), 2**63 - 1, True, float("inf")]}
    }
    assert parse_toml(b"") == {}


@pytest.mark.parametrize(
    ("data", "text", "remedy"),
    [
        (b"[", "is not valid TOML: ", ""),
        (b"x = 1\0", "is not valid TOML: ", ""),
        (b"x = 9999-99-99", "is not valid TOML: ", ""),
        (b"\xff", "is not UTF-8: ", "Save the file as UTF-8."),
        (b"\xef\xbb\xbfx = 1", "begins with a byte order mark (BOM)", "Save the file as UTF-8 w"),
        ("x = 1".encode("utf-16"), "is encoded as UTF-16", "Save the file as UTF-8."),
        (b"\xfe\xff\0x", "is encoded as UTF-16", "Save the file as UTF-8."),
        (b"x = " + b"[" * 900 + b"]" * 900, DEEP, ""),
        (b"x = " + b"[" * 101 + b"]" * 101, DEEP, ""),
        (b"x = " + b"[" * 10**6, DEEP, ""),
        (b"x = " + b"{a=" * 900 + b"1" + b"}" * 900, DEEP, ""),
        (b"x" + b".x" * 900 + b" = 1", DEEP, ""),
        (b"[x" + b".x" * 5000 + b"]", DEEP, ""),
        (b"x = " + b"9" * 5000, LARGE, ""),
        (b"x = [[-" + b"9" * 5000 + b"]]", LARGE, ""),
        (b"x = 0x" + b"f" * 5000, LARGE, ""),
        (b"x = 9223372036854775808", LARGE, ""),
    ],
)
def test_files_that_are_refused(data, text, remedy):
    with pytest.raises(TomlError) as caught:
        parse_toml(data)
    assert str(caught.value).startswith(text)
    assert caught.value.remedy.startswith(remedy)
    assert bool(caught.value.remedy) == bool(remedy)


def test_the_deepest_document():
    assert repr(parse_toml(b"x = " + b"[" * 98 + b"1" + b"]" * 98))
