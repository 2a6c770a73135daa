"""What the host installs is what upip installs for the same requirements and index: each byte."""

import pytest

from support.archives import pack
from support.graph import SIZE, make_graph
from support.index_server import Index
from support.install_runs import install_on_host
from support.transport import INDEX, TRANSPORT, below_lib
from support.trees import read_tree
from support.upip_device import upip_files


@pytest.fixture(scope="module")
def graph():
    """An index with the graph."""
    with Index() as index:
        for release, yanked in make_graph():
            index.add_release(release, pack(release), yanked=yanked)
        yield index


REQUESTS = [
    ["p0"],
    ["p0>=1.0rc1", "p3[tls]", "p7==1.0"],
    ["p28", "p29<1.1"],
    ["p10==1.10", "p24==1.10"],
]


@pytest.mark.parametrize("words", REQUESTS, ids=" ".join)
def test_a_graph_as_cpython_installs_it(own_pip, graph, upip, tmp_path, words):
    upip.install(words, str(tmp_path / "theirs"), graph.simple)
    install_on_host(tmp_path / "ours", graph.simple, *words)
    ours, theirs = read_tree(tmp_path / "ours"), read_tree(tmp_path / "theirs")
    assert ours == theirs
    if words == ["p0"]:
        assert sum(path.startswith(".upip/") for path in ours) == SIZE


def test_later_installs_upgrade_and_keep_the_same(own_pip, graph, upip, tmp_path):
    for words in (["p20==1.0", "p25==1.0"], ["p18", "p25"], ["p20<1.1"], ["p5"]):
        upip.install(words, str(tmp_path / "theirs"), graph.simple)
        install_on_host(tmp_path / "ours", graph.simple, *words)
        assert read_tree(tmp_path / "ours") == read_tree(tmp_path / "theirs"), words


def test_each_goes_on_with_what_the_other_installed(own_pip, graph, upip, tmp_path):
    lib = tmp_path / "lib"
    install_on_host(lib, graph.simple, "p20==1.0")
    upip.install("p20", str(lib), graph.simple)
    install_on_host(lib, graph.simple, "p15")
    alone = tmp_path / "alone"
    upip.install("p15", str(alone), graph.simple)
    assert read_tree(lib) == read_tree(alone)
    for name, _ in upip.list(str(lib)):
        upip.uninstall(name, str(lib))
    assert read_tree(lib) == {}


def test_a_graph_as_micropython_installs_it(own_pip, graph, micropython, tmp_path):
    files = upip_files()
    for number in range(SIZE):
        page = graph.page(f"p{number}").replace(b"../../files", b"http://x/files")
        files[f"net/x/simple/p{number}"] = page
    for path, reply in graph.replies.items():
        files[f"net/x{path}"] = reply.body
    code = TRANSPORT + f"install('p0', 'p2[tls,ssl]', index_urls={INDEX!r})\n"
    outcome = micropython.run(code, files)
    install_on_host(tmp_path / "ours", graph.simple, "p0", "p2[tls,ssl]")
    assert below_lib(outcome) == read_tree(tmp_path / "ours"), outcome.stdout
