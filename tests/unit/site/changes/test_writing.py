"""The order of the writes."""

import re

from support.sites import URL, Archives, MemoryStore, change

ORDER = (
    *("records/pending", "records/site", "files/|file/", "records/project", "file/"),
    *("package/(py|6)/(upip|pkg.resources)/", "records/own"),
    *("package/(py|6)/a/", "package/(py|6)/b/1", "package/(py|6)/b/latest"),
    *("simple/./|pypi/", "static/", "simple/index", "index.json", "index.html", "feed.xml"),
    *("project/", "records/catalog", "simple/index", "index.json", "feed.xml", "index.html"),
    "records/pending",
)


def test_a_file_is_written_before_the_first_that_names_it(tmp_path):
    make = Archives(tmp_path)
    store = MemoryStore()
    archives = make("b", "1.0", ["a"]), make("a", "1.0")
    change(store, *archives, settings={"url": URL})
    paths = "\n".join(store.writes) + "\n"
    pattern = "".join(rf"((?:{part}).*\n)+" for part in ORDER)
    pattern = pattern.replace("package/(py|6)/a/", "package/(py|6)/a/1")
    pattern = pattern.replace("(py|6)/b/latest", "(py|6)/[ab]/latest")
    assert re.fullmatch(pattern, paths), paths


def test_a_removed_release_is_named_by_nothing_when_it_goes(tmp_path):
    make = Archives(tmp_path)
    store = MemoryStore()
    change(store, make("a", "1.0"), make("a", "2.0"))
    store.forget()
    change(store, remove=[("a", "2.0")])
    assert store.writes.index("package/py/a/latest.json") < store.writes.index("index.json")
    gone = [path for path in store.writes if path not in store.files]
    assert gone[:2] == ["records/pending.json", "package/py/a/2.0.json"]
    assert gone[-2].startswith("file/") and gone[-1] == "records/pending.json"
