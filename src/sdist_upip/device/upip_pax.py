# Read the headers of any tar: USTAR, PAX, GNU and older ones.
from upip_gunzip import refuse

_MOST = 1 << 14  # bytes of an extended header
_NAME = 512  # bytes of a name


def _number(field):
    # Return a number in octal digits, or of GNU tar in binary.
    if field[0] == 0x80:
        return int.from_bytes(bytes(field[1:]), "big")
    text = bytes(field).partition(b"\0")[0].strip(b" ")
    if text and not text.isdigit():
        raise ValueError
    return int(text or b"0", 8)


def _records(tar, size):
    # Yield (key, value) of each record "LENGTH KEY=VALUE\n". The value of a long record is b"".
    rest = b""
    while size > 0:
        tar.fill()
        rest += bytes(tar.buf[: min(512, size)])
        size -= 512
        while rest:
            digits, blank, record = rest.partition(b" ")
            if not blank and len(digits) < 6 and size > 0:
                break
            if not blank or not digits.isdigit() or len(digits) > 5:
                raise ValueError
            length = int(digits)
            start = len(digits) + 1
            end = min(length, start + _NAME + 100)
            if length <= start:
                raise ValueError
            if len(rest) < end:
                if size > 0:
                    break
                raise ValueError
            key, equals, value = rest[start:end].partition(b"=")
            if not equals or len(key) > 100:
                raise ValueError
            if end == length:
                if rest[end - 1] != 10:
                    raise ValueError
                yield key, value[:-1]
                rest = rest[end:]
                continue
            yield key, b""
            last = length - 1
            while last >= len(rest):
                if size < 1:
                    raise ValueError
                last -= len(rest)
                tar.fill()
                rest = bytes(tar.buf[: min(512, size)])
                size -= 512
            rest = b"5 a=" + rest[last:]  # the last byte is checked as that of a short record


def _read_pax(tar, size, found, is_global):
    # Put the name and the size in an extended header into `found`.
    for key, value in _records(tar, size):
        if key[:11] == b"GNU.sparse.":
            raise ValueError
        if key == b"path" or key == b"size":
            if is_global or not value or found[key == b"size"] is not None:
                raise ValueError
            if key == b"size":
                if not value.isdigit() or len(value) > 9:
                    raise ValueError
                found[1] = int(value)
            else:
                found[0] = value


def _read_long_name(tar, size, found):
    if found[0] is not None:
        raise ValueError
    found[0] = b""
    while size > 0:
        tar.fill()
        if len(found[0]) <= _NAME:
            found[0] += bytes(tar.buf[: min(512, size)])
        size -= 512
    found[0] = found[0].partition(b"\0")[0]


def _find_name(buf):
    # Return the name in a header, with its prefix.
    name = bytes(buf[:100]).partition(b"\0")[0]
    if bytes(buf[257:263]) == b"ustar\0" and buf[345]:
        name = bytes(buf[345:500]).partition(b"\0")[0] + b"/" + name
    return name


def read_any_header(tar):
    # Read the header in tar.buf, and those after it if it is an extended one. Return (path below
    # the top directory, size in bytes, kind): 0 for a file, 1 for a member to pass over, 2 for a
    # link.
    buf = tar.buf
    found = [None, None]
    name = b""
    try:
        for count in range(9):
            name = _find_name(buf)
            size = _number(buf[124:136])
            if _number(buf[148:156]) != sum(buf) - sum(buf[148:156]) + 256:
                raise ValueError
            letter = chr(buf[156])
            if letter not in "xXgLK":
                break
            if size > _MOST or count == 8:
                raise ValueError
            if letter == "L":
                _read_long_name(tar, size, found)
            elif letter == "K":
                tar.skip(size)
            else:
                _read_pax(tar, size, found, letter == "g")
            tar.fill()
            if not any(buf):
                raise ValueError
        name = name if found[0] is None else found[0]
        size = size if found[1] is None else found[1]
    except ValueError:
        refuse("broken header of " + repr(name)[2:-1])
    try:
        text = name.decode()
    except ValueError:
        refuse("bad name " + repr(name)[2:-1])
    if text[:2] == "./":
        text = text[2:]
    if letter in "5DV" or letter in "\x0007" and text[-1:] == "/":
        tar.count_directory()
        return "", size, 1
    path = text.partition("/")[2]
    if not path:
        refuse("%s is not a regular file in a directory" % (text or "a member without a name"))
    if (
        text[0] == "/"
        or len(name) > _NAME
        or "/../" in "/" + text + "/"
        or [c for c in text if c < " " or "\x7f" <= c < "\xa0"]
    ):
        refuse("bad name " + text)
    if letter in "12":
        return path, 0, 2
    if letter not in "\x0007":
        refuse("%s is not a regular file" % text)
    return path, size, 0
