# Find the release to install, on simple index pages (PEP 503) or in a directory of archives.
import os

from upip_http import join
from upip_req import is_pre, matches, normalize, parse, traits


def archive_name(url):
    # Return (normalized name, version, sort key of the version) from the file name of an archive.
    # Raise ValueError if it is not NAME-VERSION.tar.gz.
    file = url.rpartition("/")[2]
    if file[-7:] != ".tar.gz":
        raise ValueError("not a .tar.gz file: " + url)
    name, _, version = file[:-7].rpartition("-")
    return normalize(name), version, parse(version)[0]


def _tags(body):
    # Yield the tags of a page of any length, each without its angle brackets.
    rest = b""
    piece = body.read()
    while piece:
        rest += piece
        while b">" in rest:
            tag, _, rest = rest.partition(b">")
            yield tag[tag.rfind(b"<") + 1 :]
        rest = rest[-2048:]
        piece = body.read()


def _entries(fetch, index, name):
    # Yield (page, link, sha256, is yanked) for each file that may be a release of `name`. The page
    # is "" if the link needs no joining; the sha256 is "" if the index has none.
    index = index.rstrip("/") + "/"
    if "://" not in index:
        for file in os.listdir(index[:-1]):
            yield "", index + file, "", False
        return
    body = fetch(index + name + "/")
    if body:
        try:
            for tag in _tags(body):
                i = tag.find(b" href=") + 7
                if i > 6 and tag[:2] == b"a ":
                    url = tag[i : tag.find(tag[i - 1 : i], i)].decode().replace("&amp;", "&")
                    url, _, sha = url.partition("#")
                    yield body.url, url, sha.partition("sha256=")[2], b" data-yanked" in tag
        finally:
            body.close()


def find(fetch, indexes, name, specs):
    # Return (version, URL, sha256) of the newest matching release in the first index that has
    # one. The sha256 is "" if the index has none. Raise ValueError if there is none.
    #
    # fetch: called with a URL; returns a Body, or None if the URL does not exist
    # specs: comma-separated specifiers (PEP 440), or ""
    pre, pin = traits(specs)
    available = None
    for index in indexes:
        best = ()
        for base, url, sha, yanked in _entries(fetch, index, name):
            try:
                found, version, key = archive_name(url)
            except ValueError:
                continue
            if found == name and (pin or not yanked):
                available = version
                entry = (pre or not is_pre(key), key, version, base, url, sha)
                if entry > best and matches(version, specs):
                    best = entry
        if best:
            _, _, version, base, url, sha = best
            return version, join(base, url) if base else url, sha
    if available:
        raise ValueError("no version fits. Available: " + available)
    raise ValueError("no .tar.gz file in " + " ".join(indexes))
