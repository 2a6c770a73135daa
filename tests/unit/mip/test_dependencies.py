"""Requirements as mip installs them: names and versions, and what it cannot express."""

import pytest

from sdist_upip.errors import ConfigError, ProjectError
from sdist_upip.mip.dependencies import find_dependencies

PINNED = ["a", "1.0"]
LATEST = ["a", "latest"]


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ([], []),
        (["a"], [LATEST]),
        (["a==1.0"], [PINNED]),
        (["a===1.0"], [PINNED]),
        (["a==1.0,>=0.5"], [PINNED]),
        (["a", "a==1.0"], [PINNED]),
        (["a>=1", "A>2"], [LATEST]),
        (["b", "a"], [["b", "latest"], LATEST]),
        (["umqtt.simple"], [["umqtt.simple", "latest"]]),
        (["a; implementation_name == 'micropython'"], [LATEST]),
        (["a; implementation_name == 'cpython'"], []),
        (["a; python_version > '3.4'"], []),
        (["a; extra == 'dev'"], []),
        (["a; sys_platform == 'win32'"], []),
    ],
)
def test_names_and_versions(requirements, expected, caplog):
    assert [list(pair) for pair in find_dependencies(requirements, {})] == expected
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("requirements", "pair", "warning"),
    [
        (["a>=1,<2"], LATEST, "mip takes no ranges. It installs the latest a, and not <2,>=1."),
        (["a~=1.0"], LATEST, "mip takes no ranges. It installs the latest a, and not ~=1.0."),
        (["a==1.*"], LATEST, "and not ==1.*."),
        (["a!=1"], LATEST, "and not !=1."),
        (["a[tls,x]==1.0"], PINNED, "mip has no extras. a is installed without [tls,x]."),
        (
            ["a; sys_platform == 'rp2'"],
            LATEST,
            'a is required only if sys_platform == "rp2", but mip installs it on every board.',
        ),
    ],
)
def test_what_mip_cannot_express_is_a_warning(requirements, pair, warning, caplog):
    assert [list(pair) for pair in find_dependencies(requirements, {})] == [pair]
    (message,) = caplog.messages
    assert message.startswith("deps: ")
    assert warning in message


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"micropython-a": "a"}, ["a", "1.0"]),
        ({"Micropython_A": "a@2.0"}, ["a", "2.0"]),
        ({"micropython-a": "umqtt.simple"}, ["umqtt.simple", "1.0"]),
        ({"micropython-a": "github:org/repo"}, ["github:org/repo", "HEAD"]),
        ({"micropython-a": "github:org/repo/a.py@v1.2"}, ["github:org/repo/a.py", "v1.2"]),
        ({"micropython-a": "gitlab:org/repo@feature/x"}, ["gitlab:org/repo", "feature/x"]),
        (
            {"micropython-a": "https://example.org/a/package.json"},
            ["https://example.org/a/package.json", "HEAD"],
        ),
        ({"micropython-a": ""}, None),
    ],
)
def test_the_author_chooses_what_mip_installs(chosen, expected, caplog):
    pairs = find_dependencies(["micropython-a[x]==1.0"], chosen)
    assert [list(pair) for pair in pairs] == ([] if expected is None else [expected])
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("requirements", "chosen", "error", "message"),
    [
        (["a=b"], {}, ProjectError, "Invalid dependency 'a=b'"),
        (["a @ https://example.org/a.whl"], {}, ProjectError, "points to a URL"),
        (["a; os_name ~= 'x'"], {}, ProjectError, "a: invalid marker"),
        (["a==1", "a==2"], {}, ProjectError, "pin 1 and 2, and package.json has one version"),
        (["signals"], {"signal": "s"}, ConfigError, "Did you mean 'signals'?"),
        (["a"], {"other": "b"}, ConfigError, "does not require 'other' on boards. Remove it."),
        (["a"], {"a": "b c"}, ConfigError, "Invalid dependency 'b c' for a."),
        (["a"], {"a": "b@"}, ConfigError, "Invalid dependency 'b@' for a."),
        (["a"], {"a": "b>=1"}, ConfigError, "Invalid dependency 'b>=1' for a."),
    ],
)
def test_what_is_refused(requirements, chosen, error, message):
    with pytest.raises(error) as caught:
        find_dependencies(requirements, chosen)
    assert message in str(caught.value)


def test_the_author_can_choose_one_of_two_pinned_versions():
    requirements = ["a==1; sys_platform == 'rp2'", "a==2; sys_platform != 'rp2'"]
    assert find_dependencies(requirements, {"a": "a@2"}) == [("a", "2")]


def test_two_requirements_with_one_package_for_mip():
    chosen = {"a-errors": "a@2", "a-core": "a@2", "b": "a"}
    found = find_dependencies(["a-errors", "a-core>=1", "b"], chosen)
    assert found == [("a", "2"), ("a", "latest")]
