"""Changes of a site: the same releases give the same bytes, and readers see a whole site always."""

import json
import random
import re
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import permutations

import pytest
from packaging.version import Version

from sdist_upip.errors import ArchiveError, ConfigError, OutputError, ResolutionError
from sdist_upip.site.catalog import CATALOG
from sdist_upip.site.changes.journal import PENDING
from sdist_upip.site.pages.description import render_description
from sdist_upip.site.settings import SiteSettings
from support.random_sites import make_random_site
from support.sites import (
    URL,
    Archives,
    CaselessFiles,
    Killed,
    MemoryStore,
    References,
    build,
    change,
    install,
)


@pytest.fixture(autouse=True)
def _render_a_description_once(monkeypatch):
    """The same few are on the pages of many sites."""
    monkeypatch.setattr("sdist_upip.site.pages.project.render_description", _render_once)


_render_once = cache(render_description)


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    return Archives(tmp_path_factory.mktemp("archives"))


@pytest.fixture(scope="module")
def releases(make):
    """Releases with a circle, two versions, a post release, and a name in two spellings."""
    return [
        make("a", "1.0", ["b>=1", "c"]),
        make("b", "1.0", ["c<2", "A"]),
        make("c", "1.0"),
        make("c", "2.0", ["d"]),
        make("X_y", "1.0-2"),
        make("d", "1.0", ["r"], {"d.py": "import pkg_resources\n"}),
        make("r", "1"),
    ]


@pytest.fixture(scope="module")
def site(releases):
    return build(*releases, settings={"url": URL})


def differing(store, other):
    paths = {*store.files, *other.files}
    return sorted(path for path in paths if store.files.get(path) != other.files.get(path))


def test_readers_of_all_kinds_find_a_release(site):
    References()(site)
    files, reads = install(site, "X_y")
    assert list(files) == ["X_y.py"] and len(reads) == 1
    for name in ("X_y", "x-y"):
        for version in ("1.0-2", "1.0.post2", "latest"):
            assert f"package/6/{name}/{version}.json" in site.files
        stock = json.loads(site.files[f"pypi/{name}/json"])
        assert stock["info"]["version"] == "1.0-2"
        assert stock["releases"]["1.0-2"] == [{"url": f"{URL}/files/X_y-1.0-2.tar.gz"}]
    assert b"../../files/X_y-1.0-2.tar.gz#sha256=" in site.files["simple/x-y/index.html"]
    assert b'<a href="x-y/">x-y</a>' in site.files["simple/index.html"]
    names = [one["name"] for one in json.loads(site.files["index.json"])["packages"]]
    assert names == ["a", "b", "c", "d", "r", "x-y", "pkg-resources", "upip"]


def test_mip_installs_what_the_resolver_chooses(site):
    files, _ = install(site, "a")
    assert sorted(files) == ["a.py", "b.py", "c.py"]
    assert files["c.py"] == install(site, "c", "1.0")[0]["c.py"]
    assert sorted(install(site, "c")[0]) == ["c.py", "d.py", "pkg_resources.py", "r.py"]


def test_the_order_of_releases_does_not_matter(releases, site):
    for seed in range(4):
        order = random.Random(seed).sample(releases, len(releases))
        assert differing(build(*order, settings={"url": URL}), site) == []


def test_one_run_or_several_make_no_difference(releases, site):
    check = References()
    store = MemoryStore(after=check)
    for release in releases:
        change(store, release, settings={"url": URL}, allow_missing=True)
    assert differing(store, site) == []


@pytest.mark.parametrize("seed", range(12))
def test_random_sites_are_pure(make, seed):
    rng = random.Random(seed)
    releases, whole = draw_site(rng, make)
    References()(whole)
    rng.shuffle(releases)
    assert differing(build(*releases, allow_missing=True), whole) == []
    store = MemoryStore()
    try:
        while releases:
            some = [releases.pop() for _ in range(min(len(releases), rng.randint(1, 5)))]
            change(store, *some, allow_missing=True)
    except ResolutionError:
        return  # a release that comes later would have helped
    assert differing(store, whole) == []


def draw_site(rng, make):
    """Return random releases without conflicts, and their site."""
    for _ in range(30):
        releases = make_random_site(rng, make)
        with suppress(ResolutionError):
            return releases, build(*releases, allow_missing=True)
    raise AssertionError("all requirements conflict")


def test_a_site_does_not_remember_what_was_there(releases, site, make):
    store = MemoryStore(site.files)
    more = make("c", "3.0", ["e"]), make("e", "1.0"), make("x.Y", "2.0")
    change(store, *more)
    change(store, yank=[("c", "2", "broken"), ("x-y", "1.0-2", "")])
    change(store, unyank=[("C", "2.0"), ("X_y", "1.0.post2")])
    change(store, remove=[("c", "3"), ("e", "1.0")], yank=[("x-y", "2.0", "")])
    change(store, remove=[("x.Y", "2.0")])
    assert differing(store, site) == []


def test_yanking_changes_what_is_installed(site):
    store = MemoryStore(site.files)
    result = change(store, yank=[("c", "2.0", "broken"), ("x-y", "1.0.post2", "")])
    assert result.yanked == (("c", "2.0"), ("x-y", "1.0-2"))
    assert install(store, "c") == (
        {"c.py": install(site, "c", "1.0")[0]["c.py"]},
        ["package/py/c/latest.json"],
    )
    assert b'data-yanked="broken"' in store.files["simple/c/index.html"]
    assert "package/py/c/2.0.json" in store.files
    assert "package/py/x-y/latest.json" not in store.files
    assert "pypi/x-y/json" not in store.files
    References()(store)
    clean = {"url": URL}
    again = change(store, yank=[("c", "2.0", "broken")], settings=clean)
    assert again.yanked == ()


def test_what_is_there_already_is_not_read_and_not_written(releases, site):
    store = MemoryStore(site.files)
    result = change(store, *releases, settings={"url": URL})
    assert (result.added, len(result.unchanged), store.writes) == ((), len(releases), [])
    gone = [
        type(one)(one.path.with_name("gone") / one.path.name, "", one.source) for one in releases
    ]
    assert len(change(store, *gone).unchanged) == len(releases)


@pytest.fixture(scope="module")
def large(make):
    """A site of 200 releases."""
    store = MemoryStore()
    for start in range(0, 200, 40):
        change(
            store,
            *(
                make(f"p{number}", "1.0", [f"p{number - 1}"] if number % 10 else [])
                for number in range(start, start + 40)
            ),
        )
    return store


def test_adding_a_release_touches_only_what_changes(large, make):
    store = MemoryStore(large.files)
    change(store, make("new", "1.0", ["p9"]))
    assert len(store.writes) < 30
    named = [path for path in store.writes if re.search(r"/p\d", path)]
    assert named == ["project/p9/index.html"]
    assert not [path for path in store.reads if path.startswith("records/project/p1")]
    assert len(store.reads) < 70


def test_a_new_version_changes_its_dependants_only(large, make):
    store = MemoryStore(large.files)
    change(store, make("p8", "1.1", ["p7"]))
    touched = {path.split("/")[2] for path in store.writes if path.startswith("package/")}
    assert touched == {"p8", "p9"}
    assert len(store.reads) < 100


@pytest.mark.parametrize("failure", [Killed, OutputError])
@pytest.mark.parametrize("url", ["", URL])
def test_a_new_site_is_whole_after_a_kill_at_any_moment(make, failure, url):
    few = [make("a", "1.0", ["b"]), make("b", "1.0", ["a", "c"]), make("c", "1.0")]
    kill_everywhere(MemoryStore(), few, failure, {"url": url}, step=3)


CHANGES = {
    "a release": ([("c", "1.5", ())], {}),
    "releases that require each other": ([("c", "3", ("X.Y",)), ("X.Y", "3", ("b",))], {}),
    "removal": ([], {"remove": [("c", "2")]}),
    "removal of nearly all": (
        [],
        {"remove": [(name, "1") for name in ("a", "b", "d", "r")] + [("c", "2"), ("c", "1")]},
    ),
    "another release for one": ([("c", "0.9", ())], {"remove": [("c", "2"), ("c", "1")]}),
    "yanks": ([], {"yank": [("c", "2", "bad"), ("x-y", "1.0-2", "")]}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_whole_after_a_kill_at_any_moment(site, make, name):
    new, words = CHANGES[name]
    kill_everywhere(site, [make(*one) for one in new], Killed, {}, step=2, **words)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("removed", {"remove": [("c", "2"), ("X_y", "1.0.post2")]}),
        ("yanked", {"yank": [("c", "2", "bad"), ("x-y", "1.0-2", "")]}),
        ("unyanked", {"unyank": [("c", "2"), ("x-y", "1.0-2")]}),
    ],
)
def test_a_killed_change_is_reported_by_the_same_command(site, verb, words):
    """Also if the run that completed it was killed, too."""
    before = MemoryStore(site.files)
    if verb == "unyanked":
        change(before, yank=[("c", "2", "bad"), ("x-y", "1.0-2", "")])
    want = MemoryStore(before.files)
    expected = read_versions(getattr(change(want, **words), verb))
    for number in range(1, want.changes, 9):
        store = MemoryStore(before.files, kill_at=number)
        with pytest.raises(Killed):
            change(store, **words)
        whole = MemoryStore(store.files)
        change(whole, **words)
        store = MemoryStore(store.files, kill_at=whole.changes - 1)
        with pytest.raises(Killed):
            change(store, **words)
        store.kill_at = None
        assert read_versions(getattr(change(store, **words), verb)) == expected
        assert differing(store, want) == []


def read_versions(releases):
    return {(name, Version(version)) for name, version in releases}


def test_settings_are_whole_after_a_kill_at_any_moment(releases, make):
    store = build(make("a", "1.0", ["b"]), make("b", "1.0"))
    kill_everywhere(store, [], Killed, {"url": URL, "title": "Mine"}, step=2)


def test_files_that_settings_do_not_call_for_any_more_go(make):
    few = [make("a", "1.0", ["b"]), make("b", "1.0")]
    store = build(*few, settings={"url": URL, "title": "Mine"})
    back = {"url": "", "title": SiteSettings().title}
    kill_everywhere(store, [], Killed, back, step=2)
    store.forget()
    change(store, settings=back)
    assert differing(store, build(*few)) == []
    assert store.writes.index("index.html") < store.writes.index("feed.xml")
    assert store.writes.index("project/a/index.html") < store.writes.index("feed.xml")


def test_another_micropython_is_whole_after_a_kill_at_any_moment(make, monkeypatch):
    """The compiler is a process. tests/integration has the real one."""

    def compile_files(files, settings, title):
        version = settings.mpy.encode()
        return (
            tuple((f"{path[:-3]}.mpy", version + data) for path, data in files) if version else None
        )

    def compile_modules(sources, version):
        return {f"{path[:-3]}.mpy": version.encode() for path in sources}

    for module in ("ingest", "changes.recompile"):
        monkeypatch.setattr(f"sdist_upip.site.{module}.compile_contents", compile_files)
    monkeypatch.setattr("sdist_upip.site.own_packages.compile_modules", compile_modules)
    source = build(make("a", "1.0", ["b"]), make("b", "1.0"))
    kill_everywhere(source, [make("c", "1.0")], Killed, {"mpy": "1.28"}, step=2)
    compiled = MemoryStore(source.files)
    change(compiled, settings={"mpy": "1.28"})
    assert install(compiled, "a", tree="6")[0].keys() == {"a.mpy", "b.mpy"}
    kill_everywhere(compiled, [], Killed, {"mpy": "1.27"}, step=3)
    kill_everywhere(compiled, [], Killed, {"mpy": ""}, step=3)
    change(compiled, settings={"mpy": ""})
    assert differing(compiled, source) == []


def kill_everywhere(before, archives, failure, settings, step=1, **words):
    """Kill a change before each write, run it again, and compare with an undisturbed run."""
    check = References()
    want = MemoryStore(before.files, after=check)
    change(want, *archives, settings=settings, **words)
    assert PENDING not in want.files
    assert want.changes > 10
    for number in range(0, want.changes, step):
        store = MemoryStore(before.files, kill_at=number, failure=failure, after=check)
        with pytest.raises(failure):
            change(store, *archives, settings=settings, **words)
        store.kill_at = None
        store.after = check if number % 5 == 0 else None
        change(store, *archives, settings=settings, **words)
        assert differing(store, want) == [], want.writes[number]


def test_another_command_completes_an_interrupted_one(site, make):
    store = MemoryStore(site.files, kill_at=12)
    with pytest.raises(Killed):
        change(store, make("e", "1.0", ["f"]), make("f", "1.0"))
    store.kill_at = None
    store.forget()
    change(store)
    assert PENDING not in store.files
    References()(store)
    store.forget()
    change(store)
    assert store.writes == []


def test_a_lost_catalog_is_made_again(site):
    store = MemoryStore(site.files)
    for data in (None, b"", b"damaged", site.files[CATALOG][:-5]):
        if data is None:
            del store.files[CATALOG]
        else:
            store.files[CATALOG] = data
        if data != b"":  # an empty site
            change(store)
            assert differing(store, site) == []


def test_a_run_at_the_same_time_loses_nothing(make):
    """A lock that failed: another run replaces the catalog while this one writes its pages."""
    releases = [make("a", "1.0"), make("b", "1.0"), make("c", "1.0", ["a"])]
    others = iter(releases[1:2])

    def interfere(store):
        if store.writes[-1] == "simple/c/index.html":
            for other in others:
                store.after = None
                del store.files[PENDING]
                change(store, other)

    store = build(releases[0])
    store.after = interfere
    change(store, releases[2])
    assert differing(store, build(*releases)) == []


def test_a_run_whose_files_another_run_removed_fails(make):
    def interfere(store):
        if store.writes[-1].endswith("records/project/c.json"):
            store.after = None
            del store.files["records/project/c.json"]
            change(store, make("b", "1.0"))
            store.files["records/project/c.json"] = store.kept

    store = build(make("a", "1.0"))
    store.after = interfere
    store.kept = build(make("c", "1.0")).files["records/project/c.json"]
    with pytest.raises(OutputError, match="changed by another run"):
        change(store, make("c", "1.0"))
    References()(store)
    assert differing(store, build(make("a", "1.0"), make("b", "1.0"))) == []


@pytest.mark.parametrize("kill_at", [None, 14])
def test_spellings_go_where_the_case_of_names_is_ignored(make, kill_at):
    one, other = make("Foo", "1.0"), make("foo", "2.0")
    want = build(other, settings={"url": URL})
    store = MemoryStore()
    store.files = CaselessFiles()
    change(store, one, other, settings={"url": URL})
    store.forget()
    store.kill_at = kill_at
    words = {"remove": [("foo", "1.0")]}
    if kill_at:
        with pytest.raises(Killed):
            change(store, **words)
        store.kill_at = None
    change(store, **words)
    assert {path.lower(): store.files[path] for path in store.files} == want.files
    cased = build(one, other, settings={"url": URL})
    change(cased, **words)
    assert differing(cased, want) == []


def test_two_archives_of_a_version_are_refused(site, make, tmp_path):
    other = make("c", "1.0.0", (), {"c.py": "other = 1\n"})
    store = MemoryStore(site.files)
    with pytest.raises(ArchiveError, match="both are c 1") as error:
        change(store, other)
    assert str(other.path) in str(error.value) and "memory/files/c-1.0.tar.gz" in str(error.value)
    assert store.files == site.files
    for pair in ([other, make("c", "1.0")], [make("c", "1.0"), other]):
        with pytest.raises(ArchiveError, match="both are c 1") as error:
            build(*pair)
        assert all(one.comes_from in str(error.value) for one in pair)


def test_one_archive_twice_is_one_release(make):
    result = change(MemoryStore(), make("c", "1.0"), make("c", "1.0"))
    assert (result.added, result.unchanged) == ((("c", "1.0"),), ())


def test_a_release_in_several_forms_is_one_release(make):
    """Such as a wheel, the sdist of another tool, and the archive that is made of both."""
    archive, other = make("a", "1.0", ["b"]), make("b", "1.0")
    forms = [archive, *(replace(archive, comes_from=one, source=one * 64) for one in "ef")]
    want = build(*forms, other)
    sources = json.loads(want.files["records/project/a.json"])["releases"][0]["sources"]
    assert sources == ["e" * 64, "f" * 64]
    for order in permutations(forms):
        assert differing(build(*order, other), want) == []
        store = MemoryStore()
        for number, form in enumerate(order):
            store.forget()
            result = change(store, other, form)
            assert (("a", "1.0") in result.unchanged) == (number > 0)
            new = form is not archive and number > 0
            touched = [path for path in store.writes if path != PENDING]
            assert number == 0 or touched == ["records/project/a.json"] * new
        assert differing(store, want) == []


def test_another_form_of_a_release_is_recorded_after_a_kill(make):
    archive = make("a", "1.0")
    other = replace(archive, source="e" * 64)
    want = build(archive, other)
    for number in range(3):
        store = MemoryStore(build(archive).files, kill_at=number)
        with pytest.raises(Killed):
            change(store, other)
        store.kill_at = None
        change(store, other)
        assert differing(store, want) == []


def test_a_file_name_of_two_projects_is_refused(make):
    """`a-1.0-2.tar.gz` may be the post release of a, and the version 2 of a-1.0."""
    one = make("a", "1.0-2")
    other = make("a-1.0", "2")
    with pytest.raises(ArchiveError, match="differ"):
        build(one, other)


REFUSED = [
    ({"remove": [("nope", "1.0")]}, ConfigError, "no release of it"),
    ({"remove": [("c", "9")]}, ConfigError, "which has 2.0, 1.0"),
    ({"yank": [("c", "x y", "")]}, ConfigError, "c x y is not in memory"),
    ({"unyank": [("c", "9")]}, ConfigError, "c 9 is not in memory"),
    ({"remove": [("c", "1.0")]}, ResolutionError, "b 1.0 requires c<2, of which the site has only"),
    ({"remove": [("r", "1")]}, ResolutionError, "d 1.0 requires r, which the site does not have"),
    ({"yank": [("r", "1", "")]}, ResolutionError, "d 1.0 requires r"),
]


@pytest.mark.parametrize(("words", "kind", "message"), REFUSED)
def test_what_is_refused_changes_nothing(site, words, kind, message):
    store = MemoryStore(site.files)
    with pytest.raises(kind, match=message):
        change(store, **words)
    assert (store.files, store.writes) == (site.files, [])


def test_a_release_is_not_added_and_removed_at_once(site, make):
    store = MemoryStore(site.files)
    with pytest.raises(ConfigError, match=r"e 1\.0 is both added and removed"):
        change(store, make("e", "1.0"), remove=[("e", "1")])
    assert store.files == site.files
    with pytest.raises(ConfigError, match=r"x-y 1\.0-2 is both added and removed"):
        change(store, make("X_y", "1.0-2"), remove=[("x-y", "1.0.post2")])
    result = change(store, make("e", "1.0"), yank=[("e", "1", "early")])
    assert (result.added, result.yanked) == ((("e", "1.0"),), (("e", "1.0"),))


def test_a_fetched_release_is_yanked_and_not_removed(make):
    words = {"fetch": lambda title, requirements: [make("b", "1.0")]}
    result = change(MemoryStore(), make("a", "1.0", ["b==1"]), yank=[("b", "1", "x")], **words)
    assert result.yanked == (("b", "1.0"),)
    store = build(make("a", "1.0"), make("b", "1.0"))
    with pytest.raises(ConfigError, match=r"b 1\.0 is both added and removed"):
        change(store, make("c", "1.0", ["b"]), remove=[("b", "1")], **words)


def test_a_conflict_is_not_explained_by_a_release_that_is_removed(make):
    store = build(
        make("n2", "1.5", ["n3==1.*"]),
        make("n3", "1.0"),
        make("n2", "1.0", ["n4"]),
        make("n4", "1", ["n3~=1.0"]),
    )
    with pytest.raises(ResolutionError, match="n4 1 requires n3") as error:
        change(
            store,
            make("n3", "0.9", ["n2>=1,<2"]),
            remove=[("n2", "1.5")],
            allow_missing=True,
            fetch=lambda title, requirements: [],
        )
    assert "1.5" not in str(error.value)


def test_large_changes_that_are_refused_leave_no_file(site, make, monkeypatch):
    monkeypatch.setattr("sdist_upip.site.changes.intake._BUFFER", 100)
    for start in (site, MemoryStore()):
        store = MemoryStore(start.files)
        with pytest.raises(ResolutionError, match="requires nope"):
            change(store, make("e", "1.0"), make("f", "1.0", ["nope"]))
        assert store.writes
        assert store.files == start.files


def test_missing_packages_may_be_allowed(site):
    store = MemoryStore(site.files)
    result = change(store, remove=[("r", "1")], allow_missing=True)
    assert result.missing == (("d", "1.0", "r"),)
    assert sorted(install(store, "d")[0]) == ["d.py", "pkg_resources.py"]
    # A later run does not repeat the message, and does not need the option.
    assert change(store, yank=[("x-y", "1.0-2", "")]).missing == ()


def test_packages_that_boards_have_are_left_out(make):
    store = MemoryStore()
    result = change(store, make("a", "1.0", ["Nope", "b"]), make("b", "1.0"), without=["nope", "b"])
    assert result.missing == ()
    assert list(install(store, "a")[0]) == ["a.py"]
    change(store, make("b", "2.0"))
    assert list(install(store, "a")[0]) == ["a.py"]


def test_without_helps_releases_that_are_there(site):
    store = MemoryStore(site.files)
    assert change(store, remove=[("r", "1")], without=["R"]).missing == ()
    record = json.loads(store.files["records/project/d.json"])["releases"][0]
    assert (record["missing"], record["without"]) == ([], ["r"])


def test_what_the_site_lacks_is_fetched(make):
    asked = []

    def fetch(title, requirements):
        asked.append((title, requirements))
        return {"a": [make("b", "1.0", ["c"])], "b": [make("c", "1.0")]}[title.split()[0]]

    store = MemoryStore()
    result = change(store, make("a", "1.0", ["b>=1", "d"]), make("d", "1.0"), fetch=fetch)
    assert asked == [("a 1.0", ["b>=1"]), ("b 1.0", ["c"])]
    assert result.added == (("a", "1.0"), ("b", "1.0"), ("c", "1.0"), ("d", "1.0"))


def test_what_cannot_be_fetched_is_an_error_or_missing(make):
    words = {"fetch": lambda title, requirements: []}
    with pytest.raises(ResolutionError, match="requires b, which"):
        change(MemoryStore(), make("a", "1.0", ["b"]), **words)
    result = change(MemoryStore(), make("a", "1.0", ["b"]), allow_missing=True, **words)
    assert result.missing == (("a", "1.0", "b"),)


def test_settings_are_kept(site, make):
    store = MemoryStore(site.files)
    change(store, make("e", "1.0"), settings={"title": "Mine"})
    assert json.loads(store.files["records/site.json"])["url"] == URL
    assert b"Mine" in store.files["project/a/index.html"]


def test_a_site_of_another_version_is_refused(site):
    store = MemoryStore(site.files)
    store.files["records/site.json"] = b'{"schema": 99}'
    with pytest.raises(ConfigError, match="another version of sdist-upip"):
        change(store)


def test_another_sdist_upip_writes_its_own_packages_again(site):
    store = MemoryStore(site.files)
    own = json.loads(store.files["records/own.json"])
    own["key"] = "other"
    own["packages"][0]["version"] = "0.1"
    store.files["records/own.json"] = json.dumps(own).encode()
    store.files["package/py/upip/0.1.json"] = b'{"v":1,"version":"0.1","hashes":[],"deps":[]}'
    change(store)
    assert differing(store, site) == []


@pytest.mark.parametrize(
    "path", ["index.html", "index.json", "static/main.css", "files/a.txt", "project/x.html"]
)
def test_a_place_with_files_of_others_does_not_become_a_site(make, path):
    store = MemoryStore({path: b"mine", "CNAME": b"example.org"})
    with pytest.raises(OutputError, match=f"is not a site of packages, and has {path}"):
        change(store, make("a", "1.0"))
    assert store.writes == []
    del store.files[path]
    change(store, make("a", "1.0"))
    assert store.files["CNAME"] == b"example.org"


def test_files_of_others_stay(site, make):
    store = MemoryStore(site.files)
    kept = {"CNAME": b"example.org", "docs/index.html": b"<p>", ".git/config": b""}
    store.files.update(kept)
    store.files["files/lost.tar.gz"] = b"lost"
    change(store, settings={"title": "Mine"})
    assert kept.items() <= store.files.items()
    assert "files/lost.tar.gz" not in store.files
