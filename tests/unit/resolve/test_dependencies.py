"""The dependencies of candidates: evaluated, left out, and named in messages."""

import pytest

from sdist_upip.errors import BuildNeededError, NotForDevicesError, ResolutionError
from sdist_upip.index.link import Link
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.candidates import make_direct_candidate
from sdist_upip.resolve.dependencies import DependencyReader, intersect

APP = make_direct_candidate(Link("app-1.tar.gz", "http://h/app-1.tar.gz"))
NAMED = {"app"}


class Preparer:
    """Requirements by name, or an error."""

    def __init__(self, requires):
        self.requires = requires

    def read_requires(self, candidate):
        found = self.requires[candidate.name]
        if isinstance(found, Exception):
            raise found
        return found


def make(requires, *, deps=True, without=(), named=NAMED):
    preparer = Preparer(requires)
    return DependencyReader(preparer, Target("rp2", "1.28"), named, deps=deps, without=without)


def read(requires, **options):
    return [str(one) for one in make({"app": requires}, **options).read(APP)]


def test_requirements_of_one_package_are_one():
    assert read(["dep>=1", "Dep<3", "dep[a]", "no; sys_platform == 'win32'"]) == [
        "dep<3,>=1",
        "dep[a]",
    ]
    assert str(intersect([])) == ""


def test_dependencies_that_are_taken_as_installed():
    requires = ["dep>=1", "My.Dep[x]<2", "other", "dep @ https://h/dep.tar.gz"]
    assert read(requires, without={"dep"}) == ["my-dep[x]<2", "other"]
    assert read(requires, without={"dep", "my-dep"}) == ["other"]


def test_a_dependency_that_is_left_out_is_not_evaluated():
    texts = ["dep; sys_platform == 'rp2'"]
    reader = DependencyReader(Preparer({"app": texts}), Target(), NAMED, deps=True, without={"dep"})
    assert reader.read(APP) == []


def test_without_dependencies_no_file_is_read():
    reader = make({"app": NotForDevicesError("never read")}, deps=False)
    assert reader.read(APP) == []


def test_names_that_are_not_required_are_reported(caplog):
    reader = make({"app": ["dep"]}, without={"dep", "dpe"})
    reader.read(APP)
    reader.warn_about_unused()
    assert caplog.messages == ["--without dpe had no effect: no other package requires it."]


def test_the_message_for_a_package_that_no_place_has():
    reader = make({"app": ["gone", "app2"]}, named={"app", "app2"})
    assert reader.format_not_found("app", "Not here.") == "app: Not here."
    reader.read(APP)
    assert reader.format_not_found("gone", "Not here.") == (
        "gone (required by app 1): Not here. If the board has it, pass --without gone, or "
        "--no-deps to install no dependencies."
    )
    assert reader.format_not_found("app2", "Not here.") == "app2: Not here."


@pytest.mark.parametrize("kind", [NotForDevicesError, BuildNeededError])
def test_a_dependency_that_cannot_be_installed(kind):
    error = kind("app 1: The package has C extensions.")
    with pytest.raises(kind) as caught:
        make({"app": error}, named={"other"}).read(APP)
    assert str(caught.value) == (
        "app 1: The package has C extensions. If the board has app, pass --without app."
    )
    with pytest.raises(kind, match=r"C extensions\.$"):
        make({"app": error}).read(APP)


def test_a_requirement_that_cannot_be_read():
    with pytest.raises(ResolutionError, match=r"^app 1 requires 'a b': Invalid requirement"):
        read(["a b"])
