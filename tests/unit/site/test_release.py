"""The files of a site that a release brings."""

from sdist_upip.site.release import SiteRelease, content_path, short_hash
from support.site_records import make_release


def test_files_are_named_by_their_hashes():
    digest = "ab12" * 16
    assert short_hash(digest) == "ab12" * 8
    assert content_path(digest) == f"file/ab/{'ab12' * 8}"


def test_a_release_brings_archive_metadata_and_contents():
    release = SiteRelease("a", "A", make_release(), "x", b"archive", b"data", {"ab" * 32: b"code"})
    assert dict(release.files) == {
        "files/sample-1.0.tar.gz": b"archive",
        "files/sample-1.0.tar.gz.metadata": b"data",
        f"file/ab/{'ab' * 16}": b"code",
    }
