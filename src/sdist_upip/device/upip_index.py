# Find the release to install, on simple index pages (PEP 503) or in a directory of archives.
import os

from upip_req import fold_name, is_pre, normalize, parse


def archive_name(url, project=""):
    # Return (normalized name, version, sort key of the version) from the file name of an archive.
    # Raise ValueError if it is not NAME-VERSION.tar.gz. The version follows the last hyphen. But in
    # foo-1.0-2.tar.gz it is 1.0-2, a post-release, unless the project has the name foo-1-0.
    file = url
    if "://" in url:
        file, *rest = url.partition("?")[0].rpartition("/")[2].split("%")
        for part in rest:
            file += chr(int(part[:2], 16)) + part[2:]
        if "/" in file:
            raise ValueError("bad file name in " + url)
    file = file.rpartition("/")[2]
    if file[-7:] != ".tar.gz":
        raise ValueError("not a .tar.gz file: " + url)
    name, _, version = file[:-7].rpartition("-")
    first, _, release = name.rpartition("-")
    if version.isdigit() and "." in release and fold_name(name) != project:
        try:
            parse(release)
            name = first
            version = release + "-" + version
        except ValueError:
            pass
    key = parse(version)[0]
    if version != version.strip():
        raise ValueError("not a version: " + version)
    return normalize(name), version, key


def _entries(fetch, index, name):
    # Yield (page, URL, sha256, is yanked) for each file that may be a release of `name`. The page
    # is "" in a directory. The sha256 is "" if the index has none.
    index = index.rstrip("/") + "/"
    if "://" not in index:
        for file in os.listdir(index[:-1]):
            yield "", index + file, "", False
        return
    body = fetch(index + name + "/")
    if body:
        from upip_page import links

        try:
            if body.peek()[0] == 31:
                raise ValueError("the index sends compressed pages, which upip cannot read")
            for url, sha, yanked in links(body):
                yield body.url, url, sha, yanked
        finally:
            body.close()


def find(fetch, indexes, name, specs, parent):
    # Return (version, URL, sha256) of the newest matching release in the first index that has
    # one. The sha256 is "" if the index has none. Raise ValueError if there is none.
    #
    # fetch: called with a URL; returns a Body, or None if the URL does not exist
    # specs: comma-separated specifiers (PEP 440), or ""
    # parent: the package that needs it, or "you"
    pre = pin = False
    if specs:
        from upip_spec import matches, traits

        pre, pin = traits(specs)
    available = None
    for index in indexes or ():
        best = ()
        for base, url, sha, yanked in _entries(fetch, index, name):
            try:
                found, version, key = archive_name(url, name)
            except ValueError:
                continue
            if found == name and (pin or not yanked):
                available = version
                entry = (pre or not is_pre(key), key, version, base, url, sha)
                if entry > best and (not specs or matches(version, specs)):
                    best = entry
        if best:
            _, _, version, base, url, sha = best
            if base[:6] == "https:" > url[:6] and not sha:
                raise ValueError("an https page links to http without a sha256: " + url)
            return version, url, sha
    from upip_why import explain_absence

    raise ValueError(explain_absence(indexes, name, available, parent))
