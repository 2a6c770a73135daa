# Names and versions (PEP 503, PEP 440). Functions raise ValueError for text that they cannot parse.
#
# A letter that a loop or an index takes from a string stays in memory for good (MicroPython:
# py/objstr.c), so modules that every install needs take slices or bytes.
_NEVER = 999999999  # sorts behind every .devN and is a small int on 32-bit boards


def fold_name(name):
    # Return what all spellings of a name have in common, whether it is valid or not.
    key = name.lower().replace("_", "-").replace(".", "-")
    while "--" in key:
        key = key.replace("--", "-")
    return key


def normalize(name):
    # Return the normalized name (PEP 503) of a project or extra.
    key = fold_name(name)
    if (
        not 0 < len(key) < 99
        or max(name.encode()) > 126
        or "-" in (key[:1], key[-1:])
        or key.strip("abcdefghijklmnopqrstuvwxyz0123456789-")
    ):
        raise ValueError("not a name: " + name)
    return key


def parse(text):
    # Return the sort key (epoch, release, phase, pre, post, dev) of a version, and its release as a
    # list with the trailing zeros that the key lacks. The phases: a 1, b 2, rc 3, final 4.
    text = text.strip().lower()
    epoch, phase, pre, post, dev = 0, 4, 0, -1, _NEVER
    if text.strip("0123456789."):
        from upip_version import parse as parse_parts

        text, epoch, phase, pre, post, dev = parse_parts(text, dev)
    release = [int(n) for n in text.split(".")]
    written = release[:]
    while release and not release[-1]:
        release.pop()
    return (epoch, tuple(release), phase, pre, post, dev), written


def is_pre(key):
    # Return whether a sort key belongs to a pre-release or development release.
    return key[2] < 4 or key[5] < _NEVER
