# Install packages on MicroPython from simple indexes (PEP 503) or archives.
#
# Modules that are only needed for a moment are imported in functions. _forget drops them from
# memory afterwards.
import gc
import sys

index_urls = None  # URLs or directories; None: those of upip_settings
debug = False  # True: print opened URLs and files, and the traceback of an error

_replaced = False  # True: the modules on the board are of another version than this one


class Error(Exception):
    # The message names the package, the problem and the remedy. It is escaped, since parts of it
    # can come from elsewhere.

    def __init__(self, text):
        text = str(text)[:500]
        super().__init__("".join([c if " " <= c <= "~" else "\\x%x" % ord(c) for c in text]))


def _forget():
    # Drop all other modules of upip from memory. Those that are in use stay until they return.
    for name in sorted(sys.modules):
        if name[:5] == "upip_":
            del sys.modules[name]
    gc.collect()


def _move(text):
    # Return a copy of a string, which lies where dropped modules were. What stays behind them would
    # split the free memory.
    return text and text[:1] + text[1:]


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


def _recover(root):
    # Finish or undo an interrupted change. Return the new upip if upip itself was replaced.
    global _replaced

    from upip_store import LEFT, OWN, recover

    try:
        state = recover(root)
        if state == LEFT:
            from upip_manage import undo

            undo(root)
    except OSError as e:
        raise Error(
            "the last change in %s is not complete (%s). Free space, or uninstall any package to "
            "remove the packages of this change" % (root, e)
        )
    _forget()
    _replaced = _replaced or state == OWN
    if _replaced:
        for name in [name for name in sys.modules if name[:4] == "upip"]:
            del sys.modules[name]
        new = __import__("upip")
        new.Error = Error  # for callers that catch it
        return new


def _stage(fetch, root, name, version, url, sha, reserve):
    # Download an archive and unpack it beside its record.
    print("Installing %s %s from %s" % (name, version, url))
    url, _, pinned = url.partition("#sha256=")
    sha = sha or pinned
    base = root + "/.upip/"

    def open_archive():
        body = fetch(url)
        if not body:
            raise ValueError("not found: " + url)
        gc.collect()
        return body

    try:
        body = open_archive()
        try:
            from upip_tar import unpack

            bits = unpack(body, sha, base, name, version, reserve)
        finally:
            body.close()
        if bits:
            del body, unpack
            reserve.clear()  # it would split the memory that a larger window needs
            _forget()
            from upip_foreign import unpack

            unpack(open_archive, bits, sha, base, name, version, reserve)
    except (ValueError, OSError) as e:
        raise ValueError("%s: %s" % (name, e))


def _stage_all(packages, fetch, indexes, root, deps, without):
    # Stage packages with all that they need, breadth first, and check them. Return their names.
    if isinstance(packages, str):
        packages = [packages]
    if isinstance(without, str):
        without = [without]
    if not indexes:
        try:
            from upip_settings import index_urls as indexes
        except ImportError:
            pass
    if isinstance(indexes, str):
        indexes = [indexes]
    queue = []
    chosen = bytearray(b"\n")
    from upip_resolve import enqueue, normalize

    for text in packages:
        enqueue(queue, text, [""], "you")
    without = [normalize(name) for name in without or ()]
    del enqueue, normalize
    print("Installing to: %s/" % root)
    reserve = [bytearray(5632)]  # memory that the decoder will need in one piece
    while queue:
        from upip_resolve import choose

        name, version, url, specs, extras, parent, is_staged, parents = choose(queue, chosen, root)
        del choose
        _forget()
        try:
            sha = ""
            if specs is not None:
                from upip_index import find

                installed = version
                version, url, sha = find(fetch, indexes, name, specs, parent)
                del find
                if version == installed:
                    url = None
                    print(name, version, "is installed")
        except (ValueError, OSError) as e:
            raise ValueError("%s: %s%s" % (name, e, parents))
        _forget()
        version, url, sha = [_move(text) for text in (version, url, sha)]
        if url:
            _stage(fetch, root, name, version, url, sha, reserve)
            _forget()
            reserve[:] = [bytearray(5632)]
            is_staged = True
        if extras:
            from upip_resolve import follow

            follow(queue, chosen, root, name, version, extras, parent, is_staged, deps, without)
            del follow
            _forget()
    reserve.clear()
    from upip_resolve import list_staged

    staged = list_staged(chosen)
    del list_staged
    _forget()
    if staged:
        from upip_check import check

        check(root, staged)
    return staged


def install(
    to_install,
    path=None,
    index_urls=None,
    cafile=None,
    insecure=False,
    transport=None,
    timeout=30,
    deps=True,
    without=(),
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
    # deps: False installs only these packages, not what they need
    # without: names of packages that are not installed as what others need
    #
    # Raise Error if nothing was installed. Raise OSError if the file system fails while files are
    # moved into place; the next call finishes the change.
    global _replaced

    root = _root(path)
    new = _recover(root)
    if new:
        options = {"deps": deps, "without": without} if without or not deps else {}
        return new.install(
            to_install, path, index_urls, cafile, insecure, transport, timeout, **options
        )
    if insecure:
        print("Warning: certificates are not verified")
    cafiles = [cafile] if cafile else [__file__.rpartition("upip.")[0], root + "/"]

    def fetch(url):
        from upip_body import Body

        if debug:
            print("Opening", url)
        if "://" not in url:
            return Body(open(url, "rb"), url)
        if transport:
            raw = transport(url)
            return raw and Body(raw, url)
        del Body
        from upip_http import open_url

        body = open_url(url, cafiles, insecure, timeout)
        del open_url
        _forget()
        return body

    try:
        try:
            from upip_store import make_parents

            make_parents(root + "/.upip/")
            del make_parents
            _forget()
            index_urls = index_urls or globals()["index_urls"]
            staged = _stage_all(to_install, fetch, index_urls, root, deps, without)
        except (ValueError, OSError, MemoryError, ImportError, RuntimeError) as e:
            if debug:
                from upip_debug import print_exception

                print_exception(e)
            raise Error("nothing is installed: %s" % (str(e) or repr(e)))
        _forget()
        if staged:
            from upip_store import OWN, install

            _replaced = install(root, staged) == OWN
            if not _replaced:
                from upip_resources import warn

                warn(root, staged)
    finally:
        _forget()
        _recover(root)


def list(path=None):
    # Return [(name, version), ...] of the installed packages, sorted by name.
    root = _root(path)
    new = _recover(root)
    if new:
        return new.list(path)
    from upip_manage import list

    found = list(root)
    _forget()
    return found


def uninstall(package, path=None):
    # Remove the files of a package, but not what it needs. Raise Error if it is not installed.
    root = _root(path)
    try:
        new = _recover(root)
    except Error:  # a change that cannot be finished is given up
        new = None
    if new:
        return new.uninstall(package, path)
    from upip_manage import uninstall

    if not uninstall(root, package):
        raise Error("%s is not installed in %s" % (package, root))
    _forget()


def help():
    # Print the calls. The command line has its own help: micropython -m upip -h.
    print('upip.install("name"), .list(), .uninstall("name")')


if __name__ == "__main__":
    from upip_main import main

    result = main(sys.argv[1:], sys.modules[__name__])
    if isinstance(result, dict):
        del main
        _forget()
        try:
            install(**result)
            result = 0
        except (Error, OSError) as e:
            print("Error:", e, file=sys.stderr)
            result = 1
    sys.exit(result)
