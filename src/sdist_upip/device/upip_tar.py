# Unpack a device archive in one pass into numbered files and the record that names them.
import os
import sys
from binascii import hexlify
from hashlib import sha256


def _refuse(why):
    raise ValueError("not a device archive: " + why)


def _gunzip(body):
    # Return a stream of what is in `body`, decoded with a window of 4096 bytes.
    try:
        import deflate

        return deflate.DeflateIO(body, deflate.GZIP, 12)
    except ImportError:
        pass
    try:
        from uzlib import DecompIO
    except ImportError:
        from upip_cpython import DecompIO
    return DecompIO(body, 16 + 12)


def _fill(z, buf, least=512):
    # Read the next block; EOFError for whatever is wrong with the gzip data.
    try:
        n = z.readinto(buf)
    except OSError:
        n = -1
    if n < least:
        raise EOFError
    return n


def _header(buf):
    # Return (path below the root folder, bytes, whether it is a folder).
    name = bytes(buf[:100]).partition(b"\0")[0].decode()
    parts = name.split("/")
    folder = buf[156] == 53
    try:
        size = int(bytes(buf[124:135]), 8)
        checksum = int(bytes(buf[148:154]), 8) - 256
    except ValueError:
        size = -1
    if size < 0 or checksum != sum(buf) - sum(buf[148:156]):
        _refuse("broken header of " + name)
    if not folder:
        if buf[156] not in (0, 48) or buf[345] or len(parts) < 2:
            _refuse("%s is no plain file" % name)
        for part in parts:
            if part in ("", ".", "..") or "\\" in part or min(part) < " ":
                _refuse("name " + repr(name))
        if parts[1].lower() in ("pyproject.toml", "src", ".upip"):
            _refuse("it has " + parts[1])
    return name[len(parts[0]) + 1 :], size, folder


def _check(path, start):
    # Refuse a file that its first bytes show to be useless here.
    if path == "setup.py" and b"sdist-upip" not in start:
        _refuse("setup.py is not by sdist-upip")
    abi = getattr(sys.implementation, "_mpy", 0)
    if abi and path[-4:] == ".mpy":
        if start[1] != abi & 255 or start[2] >> 2 & 15 not in (0, abi >> 10 & 15):
            raise ValueError(path + " is for another MicroPython")


def _check_room(base, size):
    # Leave four blocks for folders and directory entries.
    if hasattr(os, "statvfs"):
        s = os.statvfs(base)
        if s[1] * (s[4] - 4) < size:
            raise ValueError("no room: %d bytes free" % (s[1] * s[4]))


def _collect(text, lines, prefix):
    # Move the whole lines that begin with `prefix` to `lines`. Return the rest of the text, or
    # None at the empty line that ends metadata and before the sections of requires.txt.
    parts = text.split(b"\n")
    for line in parts[:-1]:
        if line[:1] in (b"", b"\r", b"["):
            return None
        if line.startswith(prefix):
            lines.append(line[len(prefix) :].decode().strip())
    return parts[-1]


def _members(z, base, name, record):
    # Write the files, and their lines in the record; return the requirements, None if it is empty.
    buf = bytearray(512)
    view = memoryview(buf)
    metadata = []
    fallback = []
    count = 0
    out = path = None
    try:
        while _fill(z, buf) and any(buf):
            path, size, skip = _header(buf)
            lines, prefix, rest = metadata, b"Requires-Dist:", None
            if path == "PKG-INFO":
                rest = b""
            elif path[-13:] == "/requires.txt" and ".egg-info" in path:
                lines, prefix, rest = fallback, b"", b""
            elif not (
                skip
                or path[:6] in ("setup.", "README")
                or path[:8] == "PKG-INFO"
                or ".egg-info" in path
            ):
                _check_room(base, size)
                out = open("%s%s.%d" % (base, name, count), "wb")
                count += 1
            h = sha256()
            start = True
            while size > 0:
                _fill(z, buf)
                data = view[: min(512, size)]
                size -= 512
                if start:
                    _check(path, bytes(buf[:99]))
                    start = False
                if out:
                    out.write(data)
                    h.update(data)
                elif rest is not None:
                    rest = _collect(rest + bytes(data), lines, prefix)
            if rest:
                _collect(rest + b"\n", lines, prefix)
            if out:
                out.close()
                out = None
                digest = hexlify(h.digest()).decode()
                record.write(("file %s %s\n" % (digest, path)).encode())
    finally:
        if out:
            out.close()
    while _fill(z, buf, 0):
        pass
    return None if path is None else metadata or fallback


def unpack(body, sha, base, name, version, reserve):
    # Write NAME.0, NAME.1 ... and NAME.new below `base`.
    # Raises ValueError for all that is wrong with it.
    body.hash = sha256()
    if body.peek() != 31:
        _refuse("no gzip")
    with open(base + name + ".new", "wb") as record:
        record.write(("%s %s\n" % (name, version)).encode())
        needs = None
        reserve.pop()
        try:
            needs = _members(_gunzip(body), base, name, record)
        except EOFError:
            pass
        while body.read():
            pass
        found = hexlify(body.hash.digest()).decode()
        if sha and found != sha.lower():
            raise ValueError("its sha256 is not the one the index names")
        if needs is None:
            _refuse("damaged, or its window exceeds 4096 bytes")
        for need in needs:
            record.write(("needs %s\n" % need).encode())
