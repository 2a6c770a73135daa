# Unpack archives that are not as sdist-upip writes them: a first pass finds out what belongs on the
# board, a second one unpacks it. Memory for the decoder is taken before modules are loaded.
import gc
import os
import sys

_MEMORY = 0x8800  # bytes in one piece for a window of 32 KiB
_SMALL = 0x1600  # bytes in one piece for a window of 4096 bytes
_REST = 0x1C00 if __file__[-4:] == ".mpy" else 0x2C00  # bytes for all else, and to load modules


def _forget():
    for name in ("upip_gunzip", "upip_layout", "upip_pax", "upip_survey", "upip_tar"):
        sys.modules.pop(name, None)


def _reserve(reserve, size):
    # Put a bytearray of `size` into a list, or the largest one that leaves some memory. Return how
    # many bytes are missing.
    reserve.clear()
    gc.collect()
    missing = 0
    while not reserve and missing < size:
        try:
            found = bytearray(size - missing)
            bytearray(_REST if size > _SMALL else 0)
            reserve.append(found)
        except MemoryError:
            missing += 512
        found = None
    return missing


# Each pass is a function of its own, since the interpreter keeps what a function has loaded as long
# as it runs. Modules are loaded after the connection is open, since that takes others.


def _look(fetch, bits, sha, name, reserve):
    # Return (the arguments of Layout, the sha256 of the archive).
    body = fetch()
    try:
        from upip_gunzip import decode
        from upip_survey import Survey

        survey = Survey(name)
        sha = decode(body, bits, sha, reserve, survey.read)[1]
    finally:
        body.close()
    return survey.choose(), sha


def _unpack(fetch, bits, sha, base, name, version, reserve, chosen):
    body = fetch()
    try:
        from upip_layout import Layout
        from upip_tar import unpack

        layout = Layout(*chosen)
        if unpack(body, sha, base, name, version, reserve, bits, layout.read_header):
            raise EOFError
    finally:
        body.close()
    layout.check()


def _read_twice(fetch, bits, sha, base, name, version, reserve):
    chosen, sha = _look(fetch, bits, sha, name, reserve)
    _forget()
    _reserve(reserve, _MEMORY if bits == 15 else _SMALL)
    _unpack(fetch, bits, sha, base, name, version, reserve, chosen)


def unpack(fetch, bits, sha, base, name, version, reserve):
    # Do what upip_tar.unpack does, for any archive.
    #
    # fetch: opens the archive and returns a Body
    # bits: 15 if the window may be larger than 4096 bytes, else 12
    # reserve: a list with a bytearray, which is freed for the decoder
    try:
        for number in range(1 << 16):  # what upip_tar has left
            os.remove("%s%s.%d" % (base, name, number))
    except OSError:
        pass
    missing = _reserve(reserve, _MEMORY) if bits == 15 else 0
    if missing:
        bits = 12
    if bits == 12:
        _reserve(reserve, _SMALL)
    try:
        try:
            return _read_twice(fetch, bits, sha, base, name, version, reserve)
        except EOFError:
            pass
        if bits == 12 and not missing:
            missing = _reserve(reserve, _MEMORY)
            if not missing:
                bits = 15
                try:
                    return _read_twice(fetch, bits, sha, base, name, version, reserve)
                except EOFError:
                    pass
    except MemoryError as e:
        if bits == 12:
            raise
        raise ValueError(
            "its window of 32 KiB leaves too little memory (%s). Repack it on a computer: "
            "sdist-upip repack" % e
        )
    if missing:
        raise ValueError(
            "the archive is damaged, or its window takes %d bytes more memory than there are in "
            "one piece. Repack it on a computer: sdist-upip repack" % missing
        )
    raise ValueError("cannot be installed: damaged. Try again")
