"""Releases for the tests of steps."""

from sdist_upip import Member, Release

PKG_INFO = Member("PKG-INFO", b"Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: y>=2\n")


def release(*paths):
    members = [Member(path, path.encode()) for path in paths]
    return Release("x", "1", (PKG_INFO, *members))


def paths(release):
    return sorted(member.path for member in release if member.path != "PKG-INFO")
