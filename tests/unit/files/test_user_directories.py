from sdist_upip.files.user_directories import user_cache


def test_the_user_has_a_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_cache("archives").parts[-2:] == ("sdist-upip", "archives")
