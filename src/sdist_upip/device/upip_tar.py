# Unpack a device archive in one pass into numbered files and a record that names them. What does
# not look like an archive of sdist-upip is left to upip_foreign.
import os
import re
import sys
from binascii import hexlify
from hashlib import sha256

from upip_gunzip import decode, refuse

# What FAT or Windows refuses or changes in a name; devices and, as in GOODPA~1.PY, short names too.
# Paths of records, of upip and for computers are below the top directory.
_BAD = r'[\\"*:<>?|]|~[0-9a-f]|[. ](/|$)|(^|/)(/|$|(con|prn|aux|nul|(com|lpt)[0-9]) *(\.|/|$))'
_RESERVED = r"\.upip|\.sdist-upip(\.|/|$)"
_OWN = r"upip(\.|_|/|$)"
_FOR_COMPUTERS = r"(pyproject\.toml|src)(/|$)"


class Foreign(Exception):
    # The archive is not as sdist-upip writes it.
    pass


def is_bad(text, project):
    # Return whether the name of a file, with the top directory, is bad for an archive of `project`.
    last = 0
    for byte in text.encode():
        if byte < 32 or byte == 127 or last == 194 and byte < 160:  # a control character
            return True
        last = byte
    text = text.lower()
    path = text.partition("/")[2]
    return (
        re.search(_BAD, text)
        or re.match(_RESERVED, path)
        or (project != "upip" and re.match(_OWN, path))
    )


def is_left_out(path):
    # Return whether a file is never installed, as by stock upip.
    return path[:6] in ("setup.", "README") or path[:8] == "PKG-INFO" or ".egg-info" in path


def _read_header(tar, project):
    # Read the header in tar.buf, of an archive of `project`. Return (path below the top directory,
    # size in bytes, whether the member is passed over).
    buf = tar.buf
    is_directory = buf[156] == 53
    size = bytes(buf[124:135]).strip(b" ")
    checksum = bytes(buf[148:154]).strip(b" ")
    if (
        not (size.isdigit() and checksum.isdigit())
        or (buf[135] | buf[154] | buf[155]) & 223  # they end with NUL or a blank
    ):
        raise Foreign
    try:
        text = bytes(buf[:100]).partition(b"\0")[0].decode()
        size = int(size, 8)
        checksum = int(checksum, 8) - 256
    except ValueError:
        raise Foreign
    path = text.partition("/")[2]
    if checksum != sum(buf) - sum(buf[148:156]):
        raise Foreign
    if is_directory:
        tar.count_directory()
    elif (
        buf[156] not in (0, 48)
        or buf[345]
        or not path
        or is_bad(text, project)
        or path[-12:] == "/SOURCES.txt"
        or re.match(_FOR_COMPUTERS, path)
    ):
        raise Foreign
    return path, size, is_directory


def _check(path, start, size):
    # Refuse a file of `size` for another MicroPython, by its first 99 bytes. The fields of
    # sys.implementation._mpy are those of py/persistentcode.h.
    if path == "setup.py" and b"sdist-upip" not in start[:size]:
        raise Foreign
    abi = getattr(sys.implementation, "_mpy", 0)
    if abi and path[-4:] == ".mpy":
        if start[1] != abi & 255 or start[2] >> 2 & 15 not in (0, abi >> 10 & 15):
            raise ValueError(path + " is for another MicroPython")


def _check_space(base, size, is_first):
    # Refuse `size` bytes if they do not fit. Keep four blocks free for directories. In an ordinary
    # sdist the file may be one that is not for boards.
    if hasattr(os, "statvfs"):
        s = os.statvfs(base)
        free = s[4] if s[4] <= s[2] else 0  # littlefs counts below zero
        if s[1] * (free - 4) < size:
            if is_first:
                raise Foreign
            raise ValueError("not enough space: %d bytes free" % (s[1] * free))


def _collect(text, marker, add):
    # Call `add` with each requirement in the complete lines of PKG-INFO. Return (the start of the
    # incomplete last line or None at the end of the headers, no marker).
    parts = text.split(b"\n")
    for line in parts[:-1]:
        if line[:1] in (b"", b"\r"):
            return None, ""
        if line[:14] == b"Requires-Dist:":
            add(line[14:].strip(), "")
    return parts[-1][:1024], ""


def _unpack_members(tar, read_header, base, name, record):
    # Write the files, and their lines in the record. Return the requirements.
    buf = tar.buf
    view = memoryview(buf)
    metadata = []
    fallback = []
    count = 0
    out = path = lines = None

    def add(line, marker):
        # Add a requirement of PKG-INFO or requires.txt.
        if line and (min(line) < 32 or max(line) > 126) or len(line) + len(marker) > 1000:
            refuse("bad requirement %s" % line[:99])
        if len(lines) > 499:
            refuse("it has more than 500 requirements")
        lines.append(line.decode() + marker)

    try:
        while tar.fill() and any(buf):
            path, size, is_skipped = read_header(tar, name)
            lines = None
            rest = b""
            marker = ""
            if is_skipped:
                path = ""
            elif path == "PKG-INFO":
                lines = metadata
                collect = _collect
            elif path[-13:] == "/requires.txt" and ".egg-info" in path:
                from upip_requires import collect

                lines = fallback
            elif not is_left_out(path):
                _check_space(base, size, read_header == _read_header)
                out = open("%s%s.%d" % (base, name, count), "wb")
                count += 1
            h = sha256()
            is_start = True
            while size > 0:
                tar.fill()
                data = view[: min(512, size)]
                if is_start:
                    _check(path, bytes(buf[:99]), size)
                    is_start = False
                size -= 512
                if out:
                    out.write(data)
                    h.update(data)
                elif lines is not None and rest is not None:
                    rest, marker = collect(rest + bytes(data), marker, add)
            if rest:
                collect(rest + b"\n", marker, add)
            if out:
                out.close()
                out = None
                digest = hexlify(h.digest()).decode()
                record.write(("file %s %s\n" % (digest, path)).encode())
    finally:
        if out:
            out.close()
    if path is None:
        raise EOFError
    return metadata or fallback


def unpack(body, sha, base, name, version, reserve, bits=12, read_header=_read_header):
    # Write NAME.0, NAME.1 ... and NAME.new in `base`, a path with "/" at the end. Return 0, or for
    # an archive that upip_foreign has to read, the bits of its window: 12, or 15 if 12 are too few.
    # Raise ValueError for a bad archive, OSError if the file system fails.
    #
    # body: a Body
    # sha: the expected sha256 in hexadecimal, or ""
    # reserve: a list with a bytearray, which is freed for the decoder
    # bits: the window is 2 ** bits bytes
    # read_header: returns what _read_header returns
    body.hash = sha256()
    start = body.peek()
    if start[0] != 31:
        refuse("not gzip")
    if read_header == _read_header and start[3] & 8:  # a name, as Python's tools write, and 32 KiB
        return 15
    with open(base + name + ".new", "wb") as record:
        record.write(("%s %s\n" % (name, version)).encode())
        try:
            needs, _ = decode(
                body,
                bits,
                sha,
                reserve,
                lambda tar: _unpack_members(tar, read_header, base, name, record),
            )
        except Foreign:
            return 12
        except EOFError:
            return 15
        for need in needs:
            record.write(("needs %s\n" % need).encode())
    return 0
