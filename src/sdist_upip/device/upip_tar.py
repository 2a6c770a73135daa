# Unpack a device archive in one pass into numbered files and a record that names them.
import os
import re
import sys
from binascii import hexlify
from hashlib import sha256

# What FAT or Windows refuses or changes in a name; devices and, as in GOODPA~1.PY, short names too.
# Paths of records, of upip and for computers are below the top directory.
_BAD = r'[\\"*:<>?|]|~[0-9a-f]|[. ](/|$)|(^|/)(/|$|(con|prn|aux|nul|(com|lpt)[0-9]) *(\.|/|$))'
_RESERVED = r"\.upip|\.sdist-upip(\.|/|$)"
_OWN = r"upip(\.|_|/|$)"
_FOR_COMPUTERS = r"(pyproject\.toml|src)(/|$)"


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
    try:
        return DecompIO(body, 16 + 12)
    except ValueError:  # the header is damaged
        raise EOFError


class _Tar:
    # The decoded data, 512 bytes at a time in `buf`. At most 16 MiB; `size` counts them.

    def __init__(self, z):
        self._z = z
        self._buf = bytearray(512)
        self._size = 0

    def _fill(self, least=512):
        # Read the next block and return its size. Raise EOFError for any bad gzip data.
        try:
            n = self._z.readinto(self._buf)
        except OSError:
            n = -1
        if n < least:
            raise EOFError
        self._size += n
        if self._size > 1 << 24:
            _refuse("it unpacks to more than 16 MiB")
        return n


def _header(buf, project):
    # Parse a tar header of 512 bytes of an archive of `project`. Return (path below the top
    # directory, size in bytes, whether it is a directory).
    name = bytes(buf[:100]).partition(b"\0")[0]
    is_directory = buf[156] == 53
    try:
        text = name.decode()
    except ValueError:
        _refuse("bad name %s" % name)
    try:
        size = int(bytes(buf[124:135]), 8)
        checksum = int(bytes(buf[148:154]), 8) - 256
    except ValueError:
        size = -1
    if size < 0 or checksum != sum(buf) - sum(buf[148:156]):
        _refuse("broken header of " + text)
    path = text.partition("/")[2]
    if not is_directory:
        if buf[156] not in (0, 48) or buf[345] or "/" not in text:
            _refuse("%s is not a regular file" % text)
        for letter in text:
            if letter < " " or "\x7f" <= letter < "\xa0":
                _refuse("bad name " + text)
        first = path.lower()
        if re.search(_BAD, text.lower()) or re.match(_RESERVED, first):
            _refuse("bad name " + text)
        if project != "upip" and re.match(_OWN, first):
            _refuse("%s belongs to upip" % path)
        if re.match(_FOR_COMPUTERS, first):
            _refuse("contains " + path.partition("/")[0])
    return path, size, is_directory


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
        free = s[4] if s[4] <= s[2] else 0  # littlefs counts below zero
        if s[1] * (free - 4) < size:
            raise ValueError("not enough space: %d bytes free" % (s[1] * free))


def _collect_lines(text, lines, prefix):
    # Append the complete lines that start with `prefix`, without it, to `lines`, at most 500.
    # Return the start of the incomplete last line, or None at the end of the metadata: an empty
    # line, or in requires.txt a section.
    parts = text.split(b"\n")
    for line in parts[:-1]:
        if line[:1] in (b"", b"\r", b"["):
            return None
        if line.startswith(prefix):
            line = line[len(prefix) :].strip()
            if len(lines) > 499:
                _refuse("it has more than 500 requirements")
            if line and (min(line) < 32 or max(line) > 126):
                _refuse("bad requirement %s" % line)
            lines.append(line.decode())
    return parts[-1][:1024]


def _members(tar, base, name, record):
    # Write the files, and their lines in the record. Return the requirements, or None if the
    # archive is empty.
    buf = tar._buf
    view = memoryview(buf)
    metadata = []
    fallback = []
    count = directories = 0
    out = path = None
    try:
        while tar._fill() and any(buf):
            path, size, is_directory = _header(buf, name)
            directories += is_directory
            if directories > 1000:
                _refuse("it has more than 1000 directories")
            lines, prefix, rest = metadata, b"Requires-Dist:", None
            if path == "PKG-INFO":
                rest = b""
            elif path[-13:] == "/requires.txt" and ".egg-info" in path:
                lines, prefix, rest = fallback, b"", b""
            elif not (
                is_directory
                or path[:6] in ("setup.", "README")
                or path[:8] == "PKG-INFO"
                or ".egg-info" in path
            ):
                _check_space(base, size)
                out = open("%s%s.%d" % (base, name, count), "wb")
                count += 1
            h = sha256()
            is_start = True
            while size > 0:
                tar._fill()
                data = view[: min(512, size)]
                size -= 512
                if is_start:
                    _check(path, bytes(buf[:99]))
                    is_start = False
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
    while tar._fill(0):
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
        why = "damaged, or the window exceeds 4096 bytes"
        reserve.pop()
        try:
            tar = _Tar(_gunzip(body))
            needs = _members(tar, base, name, record)
            end = body.finish()
            if end is None:
                why = "there are data after its end"
            # The decoder verifies the CRC but not the length.
            if end is None or int.from_bytes(end, "little") != tar._size:
                needs = None
        except EOFError:
            pass
        while body.read():
            pass
        found = hexlify(body.hash.digest()).decode()
        if sha and found != sha.lower():
            raise ValueError("expected sha256 %s, got %s" % (sha, found))
        if needs is None:
            _refuse(why)
        for need in needs:
            record.write(("needs %s\n" % need).encode())
