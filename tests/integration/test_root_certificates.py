"""The root certificates that `sdist-upip device --ca` picks, of servers that show them."""

import os
import ssl

import pytest
import trustme

from sdist_upip.board.root_certificates import find_root, read_certificates
from sdist_upip.cli.main import main
from sdist_upip.errors import ConfigError
from sdist_upip.index import pip_settings
from sdist_upip.index.pip_settings import asking_pip
from support.archives import make_release, pack
from support.index_server import Index
from support.warm_python import WARM


@pytest.fixture(autouse=True)
def _no_settings(own_network, monkeypatch):
    """Certificates that are set on this computer do not matter. pip reads no file then."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(pip_settings, "asking_pip", asking_pip)
    monkeypatch.setattr(pip_settings, "subprocess", WARM)


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


@pytest.fixture
def write_pem(authorities, tmp_path):
    """A function that writes a PEM file with the first certificates of the authorities."""

    def write(name, count):
        path = tmp_path / name
        path.write_bytes(b"".join(ca.cert_pem.bytes() for ca in authorities[:count]))
        return path

    return write


@pytest.fixture
def device(tmp_path, capsys, caplog):
    """A function that runs `device`: the exit code, upip_ca.der or None, and the messages."""

    def run(*options):
        caplog.clear()
        code = main(["device", "-p", str(tmp_path / "lib"), "--force", *map(str, options)])
        written = tmp_path / "lib/upip_ca.der"
        data = written.read_bytes() if written.exists() else None
        return code, data, capsys.readouterr().err + "".join(caplog.messages)

    return run


def of(authorities, *numbers):
    return b"".join(der(authorities[number]) for number in numbers)


@pytest.mark.parametrize(
    "way", ["PIP_CERT", "global", "install", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
def test_ca_alone_takes_the_certificates_of_pip(
    authorities, write_pem, device, configure_pip, monkeypatch, way
):
    """A few are written as they are, and no host is asked: none is there."""
    path = write_pem("roots.pem", 2)
    if way.isupper():
        monkeypatch.setenv(way, str(path))
    else:
        configure_pip(f"[{way}]\ncert = {path}\n")
    for index in (["-i", "https://no-such-host.invalid/simple"], ["--no-index"]):
        assert device(*index, "--ca") == (0, of(authorities, 0, 1), "")


def test_certificates_of_pip_by_precedence(
    authorities, device, configure_pip, monkeypatch, tmp_path
):
    files = [tmp_path / f"{number}.pem" for number in range(5)]
    for authority, path in zip(authorities, files, strict=True):
        authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(files[0]))
    assert device("--no-index", "--ca")[1] == of(authorities, 0)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[1]))
    assert device("--no-index", "--ca")[1] == of(authorities, 1)
    configure_pip(f"[global]\ncert = {files[2]}\n")
    assert device("--no-index", "--ca")[1] == of(authorities, 2)
    monkeypatch.setenv("PIP_CERT", str(files[3]))
    assert device("--no-index", "--ca")[1] == of(authorities, 3)
    assert device("--no-index", "--ca", files[4])[1] == of(authorities, 4)
    assert device("--no-index", "--ca", files[4], "--ca")[1] == of(authorities, 4, 3)


def test_a_directory_of_certificates_is_read(authorities, device, monkeypatch, tmp_path):
    directory = tmp_path / "certs"
    (directory / "sub").mkdir(parents=True)
    for number in (1, 0, 1):
        authorities[number].cert_pem.write_to_path(str(directory / f"{number}.pem"), append=True)
    (directory / "README").write_text("no certificate")
    monkeypatch.setenv("PIP_CERT", str(directory))
    assert device("--no-index", "--ca") == (0, of(authorities, 0, 1), "")


def test_of_many_certificates_of_pip_that_of_the_index_is_selected(
    authorities, which, index, write_pem, device, monkeypatch
):
    monkeypatch.setenv("PIP_CERT", str(write_pem("all.pem", 5)))
    assert device("-i", index.simple, "--ca") == (0, of(authorities, which), "")


def test_many_certificates_of_pip_for_an_index_that_is_not_there(
    authorities, write_pem, device, monkeypatch
):
    path = write_pem("all.pem", 5)
    monkeypatch.setenv("PIP_CERT", str(path))
    assert "no index with https:// is set" in device("--no-index", "--ca")[2]
    code, data, shown = device("-i", "https://no-such-host.invalid/simple", "--ca")
    assert (code, data) == (0, of(authorities, 0, 1, 2, 3, 4))
    assert shown.startswith(
        f"All certificates of {path} are written. Cannot reach no-such-host.invalid:443 "
    )
    assert f"upip_ca.der has 5 certificates of {len(data):,} bytes in all" in shown


@pytest.mark.parametrize("count", [4, 5])
def test_a_bundle_of_many_certificates_is_a_warning(authorities, write_pem, device, count):
    code, data, shown = device("--no-index", "--ca", write_pem("bundle.pem", count))
    assert (code, data) == (0, of(authorities, *range(count)))
    assert shown == (
        ""
        if count == 4
        else f"upip_ca.der has 5 certificates of {len(data):,} bytes in all, and upip loads all of "
        "them into memory. Pass only the root certificates of the indexes, with --ca PEM or "
        "--ca HOST."
    )


def test_a_host_is_verified_with_the_certificates_of_pip(
    authorities, which, index, device, monkeypatch, tmp_path
):
    """Those of certifi do not have the root of a private index."""
    path = tmp_path / "private.pem"
    authorities[which].cert_pem.write_to_path(str(path))
    host = f"localhost:{index.port}"
    code, _, shown = device("--no-index", "--ca", host)
    assert code == 1
    assert "no known root verifies its certificate" in shown
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        with monkeypatch.context() as patch:
            patch.setenv(name, str(path))
            assert device("--no-index", "--ca", host) == (0, of(authorities, which), "")
            assert device("-i", index.simple, "--ca") == (0, of(authorities, which), "")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (None, "Cannot read {path}: No such file or directory. Pass a PEM file."),
        ("", "{path} contains no certificate. Pass a PEM file."),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "{path}: a certificate is damaged. Pass another file.",
        ),
    ],
)
def test_an_invalid_file_in_the_settings_of_pip(device, monkeypatch, tmp_path, content, match):
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("PIP_CERT", str(path))
    code, data, shown = device("--no-index", "--ca")
    assert (code, data) == (1, None)
    assert shown == f"error: --ca, by the setting cert of pip: {match.format(path=path)}\n"


def test_a_pip_that_cannot_be_asked(authorities, write_pem, device, configure_pip, monkeypatch):
    configure_pip("no section\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(write_pem("roots.pem", 1)))
    code, data, _ = device("--no-index", "--ca")
    assert (code, data) == (0, of(authorities, 0))
