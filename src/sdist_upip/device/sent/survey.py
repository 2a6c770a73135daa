# Sent to a board by sdist-upip, and run from RAM: print facts about the board and its packages.
#
# A line that starts with "~" is a fact. Bytes are a part of the record that was named last.
def survey(root, reads_files, wants_importers):
    # `root` is the directory of the packages, "" for the one that upip chooses. With `reads_files`,
    # files that are not as their records state are named. With `wants_importers`, modules that
    # mention pkg_resources are printed.
    import gc
    import os
    import sys

    def show(*fact):
        print("~" + repr(fact))

    def kind(path):
        try:
            return 2 if os.stat(path)[0] & 0x4000 else 1
        except OSError:
            return 0

    def choose():
        for path in sys.path:
            if path[-4:] == "/lib" and path[:4] != "/rom":
                return path
        for path in sys.path[1:]:
            if path and path != ".frozen":
                return path
        return ""

    def check_file(path, digest):
        state = sha256()
        # Our own pkg_resources does not import itself.
        is_module = wants_importers and path[:14] != "pkg_resources."
        is_module = is_module and path.rpartition(".")[2] in ("py", "mpy")
        mentions = False
        tail = b""
        try:
            with open(root + "/" + path, "rb") as f:
                data = f.read(1024)
                while data:
                    state.update(data)
                    if is_module:
                        mentions = mentions or b"pkg_resources" in tail + data
                        tail = data[-12:]
                    data = f.read(1024)
        except OSError:
            return show("changed", path)
        if hexlify(state.digest()) != digest:
            show("changed", path)
        if mentions:
            show("mentions", path)
            with open(root + "/" + path, "rb") as f:
                data = f.read(512)
                while data:
                    print("~" + repr(data))
                    data = f.read(512)

    def check_record(name):
        with open(base + name, "rb") as f:
            line = f.readline(600)
            while line:
                if line[:5] == b"file " and line[69:70] == b" ":
                    try:
                        check_file(line[70:].rstrip(b"\n").decode(), line[5:69])
                    except UnicodeError:
                        pass
                line = f.readline(600)

    gc.collect()
    own = sys.implementation
    machine = getattr(own, "_machine", "")
    if not machine and hasattr(os, "uname"):
        machine = os.uname()[4]
    mpy = getattr(own, "_mpy", getattr(own, "mpy", 0))
    memory = [gc.mem_free(), gc.mem_alloc()] if hasattr(gc, "mem_free") else [1 << 20, 0]
    show("board", [own.version[n] for n in (0, 1, 2)], sys.platform, mpy, machine, memory)
    show("path", sys.path)
    if not hasattr(os, "statvfs"):
        return
    from binascii import hexlify
    from hashlib import sha256

    root = (root or choose()).rstrip("/")
    if root[:2] == "~/":
        root = os.getenv("HOME") + root[1:]
    if root and root[:1] != "/":
        root = os.getcwd().rstrip("/") + "/" + root
    place = root
    while place and not kind(place):
        place = place.rpartition("/")[0]
    space = os.statvfs(place or "/")
    free = space[4] if space[4] <= space[2] else 0  # littlefs counts below zero
    show("root", root, kind(root), place, space[1], space[2], free)
    base = root + "/.upip/"
    for name in ("pkg_resources", "pkg_resources.py", "pkg_resources.mpy"):
        if kind(root + "/" + name):
            show("beside", name, kind(root + "/" + name))
    if kind(base[:-1]) != 2:
        if kind(base[:-1]):
            show("blocked")
        return
    # FAT can have names that are not text after a power cut.
    names = [entry[0] for entry in os.ilistdir(base[:-1].encode())]
    for name in names:
        try:
            name = name.decode()
        except UnicodeError:
            continue
        if "." in name:
            show("left", name)
            continue
        show("record", name, kind(base + name))
        if kind(base + name) == 1:
            with open(base + name, "rb") as f:
                data = f.read(512)
                while data:
                    print("~" + repr(data))
                    data = f.read(512)
            if reads_files:
                check_record(name)
