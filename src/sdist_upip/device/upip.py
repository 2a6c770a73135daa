# Install packages on MicroPython from simple indexes (PEP 503) or archives.
#
# Modules that are only needed for a moment are imported in functions. _forget drops them from
# memory afterwards.
import gc
import sys

index_urls = None  # URLs or directories; None: those of upip_settings
debug = False  # True: print opened URLs and files, and the traceback of an error


class Error(Exception):
    # The message names the package, the problem and the remedy.
    pass


def _forget(*modules):
    for name in modules:
        sys.modules.pop("upip_" + name, None)
    gc.collect()


def get_install_path():
    # Return the first directory of sys.path named lib, else the first that can hold packages.
    # Raise Error if there is none, as always on CPython. /rom is a read-only VfsRom.
    if sys.implementation.name != "cpython":
        for p in sys.path:
            if p[-4:] == "/lib" and p[:4] != "/rom":
                return p
        for p in sys.path[1:]:
            if p and p != ".frozen":
                return p
    raise Error("no directory for packages. Pass path= or -p")


def _root(path):
    path = path or get_install_path()
    if path[:2] == "~/":
        import os

        path = os.getenv("HOME") + path[1:]
    return path.rstrip("/")


def _enqueue(queue, text, extras, parent):
    # Queue (name, extras, specifiers, parent, version, URL), unless its marker does not apply.
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
    queue.append((name, own, specs, parent, version, url))


def _select(fetch, indexes, root, name, specs, is_dependency):
    # Return (version, URL, sha256) of the release to install. The URL is None if the installed
    # version stays.
    installed = _store().version(root, name)
    _forget("store")
    from upip_req import matches, traits

    kept = installed, None, None
    if installed and (is_dependency or traits(specs)[1]) and matches(installed, specs):
        return kept
    if not indexes:
        raise ValueError("no index is set. Pass index_urls= or -i, or run sdist-upip device")
    from upip_index import find

    found = find(fetch, indexes, name, specs)
    return kept if installed == found[0] else found


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
        raise ValueError("not found: " + url)
    try:
        unpack(body, sha or pinned, root + "/.upip/", name, version, reserve)
    finally:
        body.close()


def _resolve(queue, fetch, indexes, root, staged):
    # Stage the packages in `queue` and all that they need, breadth first.
    chosen = {}  # name: (version, parent, extras)
    while queue:
        name, extras, specs, parent, version, url = queue.pop(0)
        parents = ""
        try:
            if name in chosen:
                version, first, known = chosen[name]
                from upip_req import matches

                if not matches(version, specs):
                    raise ValueError(
                        "%s needs %s, but %s took %s" % (parent, specs, first, version)
                    )
                del matches
                extras = set(extras) - set(known)
                known.extend(extras)
            else:
                for other in queue:
                    if other[0] == name and other[2]:
                        specs += "," * bool(specs) + other[2]
                        parents = ". %s and %s need %s" % (parent, other[3], specs)
                sha = None
                reserve = [bytearray(5632)]  # memory that the decoder will need in one piece
                if not url:
                    version, url, sha = _select(fetch, indexes, root, name, specs, parent != "you")
                _forget("index", "req", "store")
                if url:
                    _stage(fetch, root, name, version, url, sha, reserve)
                    staged.append(name)
                    _forget("tar")
                else:
                    print(name, version, "is installed")
                chosen[name] = version, parent, extras
            record = name + ".new" if name in staged else name
            for need in _store().lines(root, record, "needs ") if extras else ():
                _enqueue(queue, need, extras, name + " " + version)
            _forget("marker")
        except (ValueError, OSError) as e:
            raise ValueError("%s: %s%s" % (name, e, parents))


def install(
    to_install,
    path=None,
    index_urls=None,
    cafile=None,
    insecure=False,
    transport=None,
    timeout=30,
):
    # Install packages with all that they need. `to_install` is a requirement (PEP 508), the path
    # or URL of a .tar.gz archive, or a list of them.
    #
    # path: the directory to install to; default: get_install_path()
    # index_urls: simple indexes and directories of archives, in order; one string or a list
    # cafile: root certificates, DER, one after the other; default: upip_ca.der
    # insecure: True does not verify certificates
    # transport: called with a URL; returns a stream with readinto and close, or None if the URL
    #     does not exist; default: sockets
    # timeout: seconds to wait for the network
    #
    # Raise Error if nothing was installed. Raise OSError if the file system fails while files are
    # moved into place; the next call finishes the change.
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
            _enqueue(queue, text, [""], "you")
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
    # Return [(name, version), ...] of the installed packages, sorted by name.
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
    # Remove the files of a package, but not what it needs. Raise Error if it is not installed.
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
    # Print the calls. The command line has its own help: micropython -m upip -h.
    print('upip.install("name"), .list(), .uninstall("name")')


if __name__ == "__main__":
    from upip_main import main

    sys.exit(main(sys.argv[1:], sys.modules[__name__]))
