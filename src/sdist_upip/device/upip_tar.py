# Unpack a device archive in one pass into numbered files and a record that names them.
import os
import sys
from binascii import hexlify
from hashlib import sha256


def _refuse(why):
    raise ValueError("not a device archive: " + why)


def _gunzip(body):
    # Return a stream of the decoded data of `body`. The window is 4096 bytes, 2 ** 12. `deflate`
    # is in MicroPython 1.21 and later, `uzlib` before.
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
    # Read the next block and return its size in bytes. Raise EOFError for any bad gzip data.
    try:
        n = z.readinto(buf)
    except OSError:
        n = -1
    if n < least:
        raise EOFError
    return n


def _header(buf):
    # Parse a tar header of 512 bytes. Return (path below the top directory, size in bytes,
    # whether it is a directory).
    name = bytes(buf[:100]).partition(b"\0")[0].decode()
    parts = name.split("/")
    is_directory = buf[156] == 53
    try:
        size = int(bytes(buf[124:135]), 8)
        checksum = int(bytes(buf[148:154]), 8) - 256
    except ValueError:
        size = -1
    if size < 0 or checksum != sum(buf) - sum(buf[148:156]):
        _refuse("broken header of " + name)
    if not is_directory:
        if buf[156] not in (0, 48) or buf[345] or len(parts) < 2:
            _refuse("%s is not a regular file" % name)
        for part in parts:
            if part in ("", ".", "..") or "\\" in part or min(part) < " ":
                _refuse("bad name " + repr(name))
        if parts[1].lower() in ("pyproject.toml", "src", ".upip"):
            _refuse("contains " + parts[1])
    return name[len(parts[0]) + 1 :], size, is_directory


def _check(path, start):
    # Refuse a file for computers or for another MicroPython, by its first 99 bytes. The fields of
    # sys.implementation._mpy are those of py/persistentcode.h.
    if path == "setup.py" and b"sdist-upip" not in start:
        _refuse("setup.py is not from sdist-upip")
    abi = getattr(sys.implementation, "_mpy", 0)
    if abi and path[-4:] == ".mpy":
        if start[1] != abi & 255 or start[2] >> 2 & 15 not in (0, abi >> 10 & 15):
            raise ValueError(path + " is for another MicroPython")


def _check_space(base, size):
    # Refuse `size` bytes if they do not fit. Keep four blocks free for directories.
    if hasattr(os, "statvfs"):
        s = os.statvfs(base)
        if s[1] * (s[4] - 4) < size:
            raise ValueError("not enough space: %d bytes free" % (s[1] * s[4]))


def _collect_lines(text, lines, prefix):
    # Append the complete lines that start with `prefix`, without it, to `lines`. Return the
    # incomplete last line, or None at the end of the metadata: an empty line, or in requires.txt
    # a section.
    parts = text.split(b"\n")
    for line in parts[:-1]:
        if line[:1] in (b"", b"\r", b"["):
            return None
        if line.startswith(prefix):
            lines.append(line[len(prefix) :].decode().strip())
    return parts[-1]


def _members(z, base, name, record):
    # Write the files, and their lines in the record. Return the requirements, or None if the
    # archive is empty.
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
                _check_space(base, size)
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
                    rest = _collect_lines(rest + bytes(data), lines, prefix)
            if rest:
                _collect_lines(rest + b"\n", lines, prefix)
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
    # Write NAME.0, NAME.1 ... and NAME.new in `base`, a path with "/" at the end. Raise ValueError
    # for a bad archive, OSError if the file system fails.
    #
    # body: a Body
    # sha: the expected sha256 in hexadecimal, or ""
    # reserve: a list with a bytearray, which is freed for the decoder
    body.hash = sha256()
    if body.peek() != 31:
        _refuse("not gzip")
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
            raise ValueError("expected sha256 %s, got %s" % (sha, found))
        if needs is None:
            _refuse("damaged, or the window exceeds 4096 bytes")
        for need in needs:
            record.write(("needs %s\n" % need).encode())
