"""Pages and archives that are fetched ahead and side by side: the same result and messages as one
after the other, and no more than the servers bear."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from sdist_upip.background.pool import BackgroundPool
from sdist_upip.cli.main import main
from support.archives import make_archive
from support.index_server import Index, Reply, basic
from support.trees import read_tree

pytestmark = pytest.mark.usefixtures("own_pip")
BUSY = Reply(b"", 429)


@pytest.fixture
def one_by_one(monkeypatch):
    """A function that lets nothing be fetched ahead from now on."""
    return lambda: monkeypatch.setattr(BackgroundPool.__init__, "__defaults__", (0,))


@pytest.fixture
def retries(own_pip):
    own_pip.write_text("[global]\nretries = 2\n")


def offer_tree(index, width=12):
    """Offer `root`, which requires `width` packages, each of which requires one more."""
    names = [f"p{number}" for number in range(width)]
    index.add("root-1.0.tar.gz", make_archive("root", "1.0", None, names))
    for name in names:
        index.add(f"{name}-1.0.tar.gz", make_archive(name, "1.0", None, [f"q{name}"]))
        index.add(f"q{name}-1.0.tar.gz", make_archive(f"q{name}", "1.0"))
    return sorted(["root", *names, *(f"q{name}" for name in names)])


def test_requests_are_sent_side_by_side_and_not_too_many(index, run_install):
    names = offer_tree(index)
    index.delay = 0.02
    shown = run_install("root")
    assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
    assert 4 <= index.most <= 9  # the threads, and the one that chooses
    assert len(index.requests) == len(set(index.requests)) == 2 * len(names)


def offer_graph(index, seed):
    """Offer packages with several releases that require one another, some in vain."""
    choose = random.Random(seed)
    names = [f"p{number}" for number in range(8)]
    for number, name in enumerate(names):
        for version in range(1, 4):
            later = choose.sample(names[number + 1 :], min(2, len(names) - number - 1))
            requires = [
                f"{other}{choose.choice(['', '>=2', '<3', '==1', '<1'])}" for other in later
            ]
            wheel = choose.random() < 0.1
            archive = make_archive(name, str(version), None, requires)
            index.add(f"{name}-{version}.tar.gz", archive, yanked="bad" if wheel else None)


@pytest.mark.parametrize("seed", range(12))
def test_the_result_is_that_of_one_after_the_other(
    index, retries, one_by_one, tmp_path, caplog, capsys, monkeypatch, seed
):
    monkeypatch.chdir(tmp_path)
    offer_graph(index, seed)
    choose = random.Random(seed)
    broken = {
        path: [Reply(b"", choose.choice([500, 503, 429]))] * choose.randrange(1, 3)
        for path in ("/simple/p2/", "/simple/p3/", "/files/p4-3.tar.gz", "/simple/p5/")
    }
    if seed % 3 == 0:
        index.replies["/simple/p6/"] = Reply(b"", 404)
    if seed % 4 == 0:
        index.replies["/files/p5-3.tar.gz"] = Reply(b"damaged")

    def run(directory):
        index.first = {path: list(replies) for path, replies in broken.items()}
        caplog.clear()
        cache = f"{directory}.cache"
        code = main(["install", "-i", index.simple, "p0", "-p", directory, "--cache-dir", cache])
        own = [one.getMessage() for one in caplog.records if one.name.startswith("sdist_upip")]
        return code, capsys.readouterr(), own, read_tree(tmp_path / directory)

    ahead = run("ahead")
    one_by_one()
    assert run("slow") == ahead


def test_a_server_that_asks_for_fewer_requests_gets_one_at_a_time(index, run_install, retries):
    names = offer_tree(index, 6)
    index.delay = 0.02
    reply = index.reply
    refused = []

    def limited(path, headers=None):
        if index.running > 1:
            refused.append(path)
            return Reply(b"", 429, {"Retry-After": "0"})
        return reply(path, headers)

    index.reply = limited
    shown = run_install("root")
    assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
    # Only those that were on their way when the first answer came were refused.
    assert 1 <= len(refused) <= 8
    assert index.requests[-6:] == list(dict.fromkeys(index.requests[-6:]))


def test_all_wait_as_long_as_the_server_asks_for(index, run_install, retries):
    offer_tree(index, 4)
    times = []
    reply = index.reply

    def limited(path, headers=None):
        if path.startswith("/simple/p"):
            times.append(time.monotonic())
            if len(times) == 1:
                return Reply(b"", 503, {"Retry-After": "1"})
        return reply(path, headers)

    index.reply = limited
    run_install("root")
    first, *later = sorted(times)
    on_their_way = [moment for moment in later if moment - first < 0.5]
    assert len(on_their_way) <= 3
    assert all(moment - first >= 1 for moment in later if moment not in on_their_way)


def test_only_what_is_waited_for_is_requested_again(index, run_install, retries):
    """Otherwise a server that refuses for ever would be waited for by one thread after another."""
    names = offer_tree(index, 6)[:6]
    index.delay = 0.05
    index.reply = lambda path, headers=None: Reply(b"", 429, {"Retry-After": "0"})
    shown = run_install(*names, code=1)
    assert f"/simple/{names[0]}/: the server returned 429" in shown.err
    assert index.requests.count(f"/simple/{names[0]}/") == 3
    assert all(index.requests.count(f"/simple/{name}/") <= 1 for name in names[1:])


def test_a_server_of_one_connection_at_a_time_is_enough(index, run_install, own_pip):
    """All others wait without an answer. They are not sent at the same time again."""
    names = offer_tree(index, 4)
    late = []
    own_pip.write_text("[global]\ntimeout = 0.2\nretries = 5\n")
    reply = index.reply
    one = threading.Lock()

    def alone(path, headers=None):
        if one.acquire(blocking=False):
            time.sleep(0.03)
            one.release()
            return reply(path, headers)
        late.append(path)
        index.closing.wait(0.3)
        return Reply(b"", 404)

    index.reply = alone
    shown = run_install("root")
    assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
    assert 1 <= len(late) == len(set(late))


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_only_one_thread_tries_a_password(index, run_install, password):
    """Servers may lock an account after a few requests with a wrong one."""
    names = offer_tree(index, 8)
    index.account = ("me", "right")
    index.delay = 0.02
    source = ("-i", index.simple.replace("//", f"//me:{password}@"))
    if password == "right":
        shown = run_install(*names, source=source)
        assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
        assert index.most > 2
    else:
        run_install(*names, code=1, source=source)
        sent = [headers for _, headers in index.sessions if "Authorization" in headers]
        # One more after the answer, as pip does, and both again if the server has just closed the
        # connection. Without waiting, each of eight threads would send one.
        assert len(sent) <= 3


def test_the_second_index_does_not_hear_of_what_the_first_one_has(index, run_install):
    offer_tree(index, 3)
    index.add("both-2.0.tar.gz", make_archive("both", "2.0"))
    index.add("root2-1.0.tar.gz", make_archive("root2", "1.0", None, ["both<2", "root"]))
    with Index() as second:
        second.add("both-1.0.tar.gz", make_archive("both", "1.0"))
        shown = run_install("root2", "--extra-index-url", second.simple)
    assert "installed both 1.0" in shown.out
    assert second.requests == ["/simple/both/", "/files/both-1.0.tar.gz"]


def test_the_second_index_does_not_hear_of_what_the_first_one_has_now(index, run_install):
    """The page in the cache is fresh and does not have it."""
    index.page_headers = {"Cache-Control": "max-age=600"}
    index.add("private-1.0.tar.gz", make_archive("private", "1.0"))
    run_install("private", "-p", "first")
    index.add("private-2.0.tar.gz", make_archive("private", "2.0"))
    with Index() as second:
        shown = run_install("private>1", "--extra-index-url", second.simple, "-p", "second")
    assert "installed private 2.0" in shown.out
    assert second.requests == []


def test_what_is_installed_or_not_needed_is_not_asked_for(index, run_install):
    offer_tree(index, 3)
    run_install("p1")
    index.requests.clear()
    run_install("root", "--without", "p2")
    assert index.requests[0] == "/simple/root/"
    assert {path.split("/")[2].split("-")[0] for path in index.requests} == {"root", "p0", "qp0"}


def test_what_no_one_asks_for_may_fail(index, run_install):
    """The newest release of a requires b, which fails, and a package that conflicts with it."""
    index.add("a-1.0.tar.gz", make_archive("a", "1.0"))
    index.add("a-2.0.tar.gz", make_archive("a", "2.0", None, ["root<1", "b"]))
    index.add("root-1.0.tar.gz", make_archive("root", "1.0", None, ["a"]))
    index.replies["/simple/b/"] = Reply(b"", 500)
    shown = run_install("root")
    assert shown.out.splitlines() == ["installed a 1.0", "installed root 1.0"]
    assert shown.err == ""


def test_credentials_are_asked_for_where_the_user_is(index, run_install, monkeypatch):
    """No thread in the background asks for a password: several would ask at once."""
    offer_tree(index, 4)
    reply = index.reply

    def private(path, headers=None):
        if path.startswith("/files/p") and headers.get("Authorization") != basic("me", "secret"):
            return Reply(b"", 401, {"WWW-Authenticate": "Basic"})
        return reply(path, headers)

    asked = []

    def prompt(auth, netloc, username=None):
        asked.append(netloc)
        return "me", "secret", False

    monkeypatch.setattr(
        "sdist_upip.index.pip.credentials.PipCredentials._prompt_for_password", prompt
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    index.reply = private
    shown = run_install("root")
    assert "installed p3 1.0" in shown.out
    assert asked == [f"localhost:{index.port}"]


def test_a_page_without_access_is_reported_as_ever(index, run_install):
    offer_tree(index, 3)
    index.replies["/simple/p1/"] = Reply(b"", 401)
    shown = run_install("root", code=1)
    assert f"{index.url('/simple/p1/')}: the server returned 401 Unauthorized" in shown.err
    assert shown.err.count("error:") == 1


def test_archives_of_a_lock_are_fetched_side_by_side(index, run_install, tmp_path):
    offer_tree(index)
    run_install("root", "--lock", "pylock.toml", "-p", "first")
    index.delay, index.most = 0.02, 0
    run_install("--lock", "pylock.toml", "-p", "second", "--cache-dir", "other")
    assert 4 <= index.most <= 9
    assert read_tree(tmp_path / "first") == read_tree(tmp_path / "second")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_install_ends_its_downloads(index, tmp_path, stop):
    """Some servers send slowly, and others have not answered yet: nothing is waited for."""
    offer_tree(index, 8)
    for name in ("p1", "p2"):
        path = f"/files/{name}-1.0.tar.gz"
        index.replies[path] = Reply(bytes(50_000), pause=0.3)
    reply = index.reply

    def late(path, headers=None):
        if path == "/simple/p7/":
            index.closing.wait(20)
        return reply(path, headers)

    index.reply = late
    command = [sys.executable, "-m", "sdist_upip", "install", "-i", index.simple]
    command += ["-p", tmp_path / "lib", "--cache-dir", tmp_path / "cache", "root"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(stop, signal.SIG_DFL),
    )
    until = time.monotonic() + 30
    while not {"/files/p1-1.0.tar.gz", "/files/p2-1.0.tar.gz", "/simple/p7/"} <= {*index.requests}:
        assert time.monotonic() < until
        time.sleep(0.01)
    start = time.monotonic()
    process.send_signal(stop)
    _, shown = process.communicate(timeout=30)
    assert process.returncode == 128 + stop
    assert shown == b""
    assert time.monotonic() - start < 10  # the server would take longer
    assert list((tmp_path / "cache").rglob("*.part")) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def test_a_cache_that_cannot_be_written_is_given_up_once(index, run_install, tmp_path, caplog):
    names = offer_tree(index)
    index.delay = 0.01
    (tmp_path / "cache").write_text("a file")
    shown = run_install("root", "--cache-dir", "cache")
    assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
    assert shown.err == ""
    assert caplog.text.count("Continuing without a cache.") == 1


def test_pages_are_asked_for_with_their_etag(index, run_install):
    names = offer_tree(index)
    index.etags = True
    run_install("root", "-p", "first")
    index.sessions.clear()
    shown = run_install("root", "-p", "second")
    assert shown.out.splitlines() == [f"installed {name} 1.0" for name in names]
    assert len(index.sessions) == len(names)
    assert all("If-None-Match" in headers for _, headers in index.sessions)
    index.add("p0-1.1.tar.gz", make_archive("p0", "1.1"))
    assert "installed p0 1.1" in run_install("root", "-p", "third").out


def test_pages_are_not_asked_for_while_they_are_fresh(index, run_install):
    names = offer_tree(index)
    index.page_headers = {"Cache-Control": "max-age=600"}
    run_install("root", "-p", "first")
    index.requests.clear()
    run_install("root", "-p", "second")
    assert index.requests == []
    index.add("p0-1.1.tar.gz", make_archive("p0", "1.1"))
    assert "installed p0 1.0" in run_install("root", "-p", "third").out
    assert "installed p0 1.1" in run_install("root", "p0>1.0", "-p", "fourth").out
    assert index.requests == ["/simple/p0/", "/files/p0-1.1.tar.gz"]
    index.add("p1-1.1.tar.gz", make_archive("p1", "1.1"))
    index.requests.clear()
    assert "installed p1 1.1" in run_install("-U", "root", "-p", "fifth").out
    assert len(index.requests) > len(names) - 2


def test_a_version_that_no_page_has_is_looked_for_on_the_server(index, run_install):
    offer_tree(index)
    index.page_headers = {"Cache-Control": "max-age=600"}
    run_install("p0")
    index.requests.clear()
    shown = run_install("p0==9", code=1)
    assert "No version satisfies all requirements (available: 1.0)" in shown.err
    assert index.requests == ["/simple/p0/"]
