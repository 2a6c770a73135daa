"""The root certificates that `sdist-upip device --ca` picks, of servers that show them."""

import ssl

import pytest
import trustme

from sdist_upip.board.root_certificates import find_root, read_certificates
from sdist_upip.cli.main import main
from sdist_upip.errors import ConfigError
from support.archives import make_release, pack
from support.index_server import Index


@pytest.fixture(scope="module")
def authorities():
    return [trustme.CA() for _ in range(5)]


@pytest.fixture
def bundle(authorities, tmp_path, monkeypatch):
    """A bundle of five roots in certifi's place, with comments between as certifi has."""
    path = tmp_path / "cacert.pem"
    path.write_text("".join(f"\n# A root\n{ca.cert_pem.bytes().decode()}" for ca in authorities))
    monkeypatch.setattr("certifi.where", lambda: str(path))
    return path


@pytest.fixture(params=[0, 2, 4])
def which(request):
    return request.param


@pytest.fixture
def index(authorities, which):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authorities[which].issue_cert("localhost").configure_cert(context)
    with Index(context) as index:
        yield index


def der(authority):
    return ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())


def test_the_root_of_a_host_is_found_among_many(authorities, which, bundle, index):
    roots = read_certificates(bundle)
    assert roots == [der(authority) for authority in authorities]
    assert find_root("localhost", index.port, roots) == der(authorities[which])


def test_a_host_that_no_root_verifies_is_refused(authorities, index, which):
    others = [der(authority) for authority in authorities]
    del others[which]
    with pytest.raises(ConfigError, match=r"localhost:\d+: no known root verifies its certificate"):
        find_root("localhost", index.port, others)


def test_a_host_that_is_not_there_is_an_error(authorities):
    with pytest.raises(ConfigError, match=r"Cannot reach no-such-host\.invalid:443"):
        find_root("no-such-host.invalid", 443, [der(authorities[0])])


def test_what_the_command_writes_lets_upip_install(
    authorities, which, bundle, index, tmp_path, upip
):
    """`sdist-upip device --ca`, then `upip.install("name")` on the board, with nothing else."""
    release = make_release("a", "1")
    index.add_release(release, pack(release))
    lib = tmp_path / "lib"
    assert main(["device", "-p", str(lib), "-i", index.simple, "--ca"]) == 0
    assert (lib / "upip_ca.der").read_bytes() == der(authorities[which])
    namespace = {}
    exec((lib / "upip_settings.py").read_bytes(), namespace)
    upip.install("a", str(lib), namespace["index_urls"])
    assert (lib / "a.py").exists()


def test_hosts_and_files_may_be_mixed(authorities, which, bundle, index, tmp_path):
    own = trustme.CA()
    own.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    lib = tmp_path / "lib"
    options = ["--ca", f"localhost:{index.port}", "--ca", str(tmp_path / "own.pem")]
    assert main(["device", "-p", str(lib), "--no-index", *options, *options]) == 0
    assert (lib / "upip_ca.der").read_bytes() == der(authorities[which]) + der(own)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--ca"], "no index with https:// is set"),
        (["-i", "http://x.test/", "--ca"], "no index with https:// is set"),
        (["--ca", "missing/file.pem"], "is neither a host nor an existing PEM file"),
    ],
)
def test_a_wrong_ca_is_refused(tmp_path, capsys, options, match):
    if "-i" not in options:
        options = ["--no-index", *options]
    assert main(["device", "-p", str(tmp_path / "lib"), *options]) == 1
    assert match in capsys.readouterr().err
    assert not (tmp_path / "lib").exists()
