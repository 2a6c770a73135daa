import inspect

import pytest

import sdist_upip
from sdist_upip import errors

PARENTS = {
    "SdistUpipError": "Exception",
    "ConfigError": "SdistUpipError",
    "ProjectError": "SdistUpipError",
    "StepError": "SdistUpipError",
    "ArchiveError": "SdistUpipError",
    "NotForDevicesError": "ArchiveError",
    "BuildNeededError": "NotForDevicesError",
    "DownloadError": "SdistUpipError",
    "ResolutionError": "SdistUpipError",
    "OutputError": "SdistUpipError",
    "StreamError": "ArchiveError",
    "TruncatedError": "StreamError",
    "LimitError": "ArchiveError",
}
"""Each error with the one that it is a kind of: callers catch either."""


def test_every_error_has_one_parent():
    found = {
        name: [base.__name__ for base in kind.__bases__]
        for name, kind in inspect.getmembers(errors, inspect.isclass)
    }
    assert found == {name: [parent] for name, parent in PARENTS.items()}


@pytest.mark.parametrize("name", PARENTS)
def test_every_error_is_caught_by_the_common_one_and_is_its_message(name):
    with pytest.raises(errors.SdistUpipError) as caught:
        raise getattr(errors, name)("x.toml: no steps. Name one.")
    assert str(caught.value) == "x.toml: no steps. Name one."


def test_the_errors_of_the_public_api_are_the_same_classes():
    public = [name for name in sdist_upip.__all__ if name.endswith("Error")]
    assert public == ["ArchiveError", "ConfigError", "ProjectError", "SdistUpipError", "StepError"]
    for name in public:
        assert getattr(sdist_upip, name) is getattr(errors, name)


EVIL = "\x1b]0;x\x07\nerror: y\r\x85\u2028\u202e\x9b"


@pytest.mark.parametrize("name", PARENTS)
def test_every_error_is_safe_to_show(name):
    error = getattr(errors, name)(f"{EVIL} at https://user:secret@host/: {'z' * 20_000}. Fix it.")
    shown = str(error)
    assert shown.isprintable()
    assert shown.startswith(
        "\\x1b]0;x\\x07\\nerror: y\\r\\x85\\u2028\\u202e\\x9b at https://…@host/: z"
    )
    assert shown.endswith("z. Fix it.")
    assert len(shown) <= 1000
    assert str(type(error)(f"x: {error}")).startswith("x: \\x1b]0;x")


def test_a_message_of_several_lines():
    error = errors.ResolutionError("a:", f"    {EVIL}")
    assert error.lines == ("a:", "    \\x1b]0;x\\x07\\nerror: y\\r\\x85\\u2028\\u202e\\x9b")
    assert str(error) == "\n".join(error.lines)
