"""upip and pkg_resources are packages of each site."""

from sdist_upip.board.device_files import read_device_modules
from sdist_upip.board.pkg_resources import package_version
from sdist_upip.site.ingest import OWN_NAMES
from sdist_upip.site.own_packages import make_own_packages
from sdist_upip.site.settings import SiteSettings


def test_the_packages_have_all_modules_for_boards():
    resources, upip = make_own_packages(SiteSettings())
    assert {**dict(resources.files), **dict(upip.files)} == read_device_modules()
    assert dict(resources.files).keys() == {"pkg_resources.py"}
    assert resources.compiled is upip.compiled is None
    assert resources.spellings == ("pkg-resources", "pkg_resources")
    assert {resources.name, upip.name} <= OWN_NAMES
    assert {resources.version, upip.version} == {package_version()}


def test_upip_has_the_site_as_its_index():
    _, upip = make_own_packages(SiteSettings(url="https://example.org/site"))
    settings = dict(upip.files)["upip_settings.py"]
    assert settings == b'index_urls = ["https://example.org/site/simple"]\n'


def test_modules_are_compiled_for_the_site(monkeypatch):
    def compile_modules(sources, version):
        return {f"{path[:-3]}.mpy": version.encode() for path in sources}

    monkeypatch.setattr("sdist_upip.site.own_packages.compile_modules", compile_modules)
    settings = SiteSettings(url="https://example.org", mpy="1.28")
    resources, upip = make_own_packages(settings)
    assert resources.compiled == (("pkg_resources.mpy", b"1.28"),)
    compiled = dict(upip.compiled)
    assert compiled.pop("upip_settings.py") == dict(upip.files)["upip_settings.py"]
    modules = read_device_modules().keys() - {"pkg_resources.py"}
    assert compiled.keys() == {f"{path[:-3]}.mpy" for path in modules}
