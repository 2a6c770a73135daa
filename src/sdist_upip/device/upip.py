# Installs packages on MicroPython. `upip.help()` says how, docs/upip.md says more.
#
# What is needed for a while only lies in modules of its own, which _forget drops from memory.
import gc
import sys

index_urls = None  # addresses or folders; None: those of upip_settings
debug = False


class Error(Exception):
    pass


def _forget(*modules):
    for name in modules:
        sys.modules.pop("upip_" + name, None)
    gc.collect()


def get_install_path():
    # The first folder of sys.path named lib, else the first that can hold packages.
    if sys.implementation.name != "cpython":
        for p in sys.path:
            if p[-4:] == "/lib" and p[:4] != "/rom":
                return p
        for p in sys.path[1:]:
            if p and p != ".frozen":
                return p
    raise Error("no folder for packages: pass path= or -p")


def _root(path):
    path = path or get_install_path()
    if path[:2] == "~/":
        import os

        path = os.getenv("HOME") + path[1:]
    return path.rstrip("/")


def _want(queue, text, extras, by):
    # Queue (name, extras, specifiers, who wants it, version, URL), unless its marker says no.
    from upip_req import requirement

    version = url = None
    if ".tar.gz" in text:
        from upip_index import archive_name

        url = text
        text, version, _ = archive_name(text.partition("#")[0])
    name, own, specs, marker = requirement(text)
    if marker:
        from upip_marker import applies

        if not applies(marker, extras):
            return
    queue.append((name, own, specs, by, version, url))


def _pick(fetch, indexes, root, name, specs, is_dependency):
    # Return (version, URL, sha256) of what to install; no URL: what is there stays.
    have = _store().version(root, name)
    _forget("store")
    from upip_req import matches, traits

    kept = have, None, None
    if have and (is_dependency or traits(specs)[1]) and matches(have, specs):
        return kept
    if not indexes:
        raise ValueError("no index is set: see index_urls=, -i, sdist-upip device")
    from upip_index import find

    found = find(fetch, indexes, name, specs)
    return kept if have == found[0] else found


def _store():
    import upip_store

    return upip_store


def _stage(fetch, root, name, version, url, sha, reserve):
    # Download an archive and unpack it beside its record.
    print("Installing %s %s from %s" % (name, version, url))
    from upip_tar import unpack

    url, _, pinned = url.partition("#sha256=")
    body = fetch(url)
    if not body:
        raise ValueError("nothing at " + url)
    try:
        unpack(body, sha or pinned, root + "/.upip/", name, version, reserve)
    finally:
        body.close()


def _resolve(queue, fetch, indexes, root, staged):
    # Stage the packages in `queue` and all that they need, breadth first.
    chosen = {}  # name: (version, who wanted it, extras)
    while queue:
        name, extras, specs, by, version, url = queue.pop(0)
        sides = ""
        try:
            if name in chosen:
                version, first, known = chosen[name]
                from upip_req import matches

                if not matches(version, specs):
                    raise ValueError("%s needs %s, but %s took %s" % (by, specs, first, version))
                del matches
                extras = set(extras) - set(known)
                known.extend(extras)
            else:
                for other in queue:
                    if other[0] == name and other[2]:
                        specs += "," * bool(specs) + other[2]
                        sides = "; %s, %s want %s" % (by, other[3], specs)
                sha = None
                reserve = [bytearray(5632)]  # what the decoder will need in one piece
                if not url:
                    version, url, sha = _pick(fetch, indexes, root, name, specs, by != "you")
                _forget("index", "req", "store")
                if url:
                    _stage(fetch, root, name, version, url, sha, reserve)
                    staged.append(name)
                    _forget("tar")
                else:
                    print(name, version, "is installed")
                chosen[name] = version, by, extras
            record = name + ".new" if name in staged else name
            for need in _store().lines(root, record, "needs ") if extras else ():
                _want(queue, need, extras, name + " " + version)
            _forget("marker")
        except (ValueError, OSError) as e:
            raise ValueError("%s: %s%s" % (name, e, sides))


def install(
    to_install,
    path=None,
    index_urls=None,
    cafile=None,
    insecure=False,
    transport=None,
    timeout=30,
):
    # Install packages ("name", "name>=1.2", an archive's path or URL) with all that they need.
    # Raises Error; then nothing has changed.
    root = _root(path)
    indexes = index_urls or globals()["index_urls"]
    cafiles = [cafile]
    if not cafile:
        cafiles = [__file__.rpartition("upip.")[0] + "upip_ca.der", root + "/upip_ca.der"]
    queue = []
    staged = []

    def fetch(url):
        from upip_http import Body, open_url

        if debug:
            print("Opening", url)
        if "://" not in url:
            return Body(open(url, "rb"), url)
        if not transport:
            return open_url(url, cafiles, insecure, timeout)
        raw = transport(url)
        return raw and Body(raw, url)

    try:
        if not indexes:
            try:
                from upip_settings import index_urls as indexes
            except ImportError:
                pass
        _store().recover(root)
        _store().make_parents(root + "/.upip/")
        for text in [to_install] if isinstance(to_install, str) else to_install:
            _want(queue, text, [""], "you")
        print("Installing to: %s/" % root)
        _resolve(queue, fetch, [indexes] if isinstance(indexes, str) else indexes, root, staged)
        if staged:
            store = _store()
            store.check(root, staged)
            for name in store.names(root):
                if name not in staged:
                    from upip_needs import check

                    check(root, name, staged)
    except (ValueError, OSError, MemoryError, ImportError) as e:
        if debug and hasattr(sys, "print_exception"):
            sys.print_exception(e)
        raise Error("nothing is installed: %s" % e)
    else:
        if staged:
            _store().commit(root, "+", staged)
    finally:
        _store().recover(root)
        _forget(*[name[5:] for name in sys.modules])


def list(path=None):
    # Return (name, version) of what is installed.
    root = _root(path)
    store = _store()
    store.recover(root)
    found = []
    for name in store.names(root):
        for version in store.lines(root, name, name + " "):
            found.append((name, version))
    _forget("store")
    return found


def uninstall(package, path=None):
    # Remove a package's files; what it needs stays.
    from upip_req import normalize

    root = _root(path)
    store = _store()
    store.recover(root)
    name = normalize(package)
    if name not in store.names(root):
        raise Error("%s is not installed in %s" % (name, root))
    store.commit(root, "-", [name])
    _forget("req", "store")


def help():
    print('upip.install("name"), .list(), .uninstall("name")')


if __name__ == "__main__":
    from upip_main import main

    sys.exit(main(sys.argv[1:], sys.modules[__name__]))
