# Find the release to install: on simple index pages (PEP 503) or in a folder of archives.
import os

from upip_http import join
from upip_req import is_pre, matches, normalize, parse, traits


def archive_name(url):
    # Return the normalized name and the version that an archive's file name tells, else None.
    file = url.rpartition("/")[2]
    name, _, version = file[:-7].rpartition("-")
    if file[-7:] == ".tar.gz" and name:
        return normalize(name), version


def _attribute(tag, name):
    # Return the value of an attribute, None if the tag does not have it.
    i = tag.find(name)
    if i > 0:
        tag = tag[i + len(name) :].lstrip(b"= ")
        return str(tag[1:].partition(tag[:1])[0], "utf-8").replace("&amp;", "&")


def _tags(body):
    # Yield the tags of a page of any length, each without its angle brackets.
    rest = b""
    piece = body.piece()
    while piece:
        rest += piece
        while b">" in rest:
            tag, _, rest = rest.partition(b">")
            yield tag.rpartition(b"<")[2]
        rest = rest[-2048:]
        piece = body.piece()


def _entries(fetch, index, name):
    # Yield (URL, sha256 or None, whether it is yanked) of what may be a release of `name`.
    index = index.rstrip("/") + "/"
    if "://" not in index:
        for file in os.listdir(index[:-1]):
            yield index + file, None, False
        return
    body = fetch(index + name + "/")
    if body:
        for tag in _tags(body):
            url = _attribute(tag, b" href")
            if url and tag[:2].lower() == b"a ":
                url, _, sha = url.partition("#sha256=")
                yield join(body.url, url), sha, b" data-yanked" in tag
        body.close()


def find(fetch, indexes, name, specs):
    # Return (version, URL, sha256 or None) of the newest release that fits, from the first index
    # that has one.
    pre, pin = traits(specs)
    newest = ()
    for index in indexes:
        best = ()
        for url, sha, yanked in _entries(fetch, index, name):
            found = archive_name(url)
            if found and found[0] == name and (pin or not yanked):
                try:
                    key = parse(found[1])[0]
                except ValueError:
                    continue
                entry = (pre or not is_pre(key), key, found[1], url, sha)
                newest = max(newest, entry)
                if entry > best and matches(found[1], specs):
                    best = entry
        if best:
            return best[2:]
    if newest:
        raise ValueError("no release fits; the newest is " + newest[2])
    raise ValueError("no .tar.gz of it in " + " ".join(indexes))
