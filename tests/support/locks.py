"""Lock files for tests, written and read for one board."""

from __future__ import annotations

from sdist_upip.lock.pylock import encode_lock, read_lock

SHA = "ab" * 32
HEAD = 'lock-version = "1.0"\ncreated-by = "someone"\n'
ENTRY = f'hashes = {{sha256 = "{SHA}"}}'


def board(marker):
    """Return the value of a marker on the board."""
    names = {"implementation_name": "micropython", "sys_platform": "rp2", "python_version": "3.4"}
    return marker.evaluate(names)


def read(directory, text):
    """Return the packages of the lock `text`, which is written to `directory`."""
    (directory / "pylock.toml").write_text(text)
    return read_lock(directory / "pylock.toml", board)


def reread(packages, directory, **options):
    """Return `packages` as they are read from a lock of them in `directory`."""
    (directory / "pylock.toml").write_bytes(encode_lock(packages, **options))
    return read_lock(directory / "pylock.toml", board)


FOREIGN = f"""
lock-version = "1.0"
created-by = "pdm"
requires-python = ">=3.9"
environments = ["sys_platform == 'linux'", "sys_platform != 'linux'"]
extras = ["gui"]
dependency-groups = ["default", "dev"]
default-groups = ["default"]

[[packages]]
name = "both"
version = "1.0"
marker = "\\"default\\" in dependency_groups"
index = "https://i.example/simple"
sdist = {{name = "both-1.0.tar.gz", url = "https://f.example/9/both-1.0.tar.gz", {ENTRY}}}
wheels = [
    {{name = "both-1.0-cp39-cp39-win32.whl", url = "https://f.example/w", hashes = {{md5 = "0"}}}},
    {{name = "both-1.0-py3-none-any.whl", url = "https://f.example/both-1.0-py3-none-any.whl", {
    ENTRY
}}},
]
dependencies = [{{name = "wheel-only", version = "2.0"}}]
[[packages]]
name = "wheel-only"
version = "2.0"
marker = "'dev' not in dependency_groups or 'gui' in extras"
wheels = [{{url = "https://f.example/wheel_only-2.0-py3-none-any.whl", {ENTRY}}}]
[[packages]]
name = "for-linux"
version = "1.0"
marker = "sys_platform == 'linux'"
vcs = {{type = "git", url = "https://g.example", commit-id = "0"}}
[[packages]]
name = "tool"
version = "1.0"
marker = "'dev' in dependency_groups and python_version >= '3.0'"
vcs = {{type = "git", url = "https://g.example", commit-id = "0"}}
"""
