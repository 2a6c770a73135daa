# Versions and specifiers (PEP 440) and requirements (PEP 508).
# Every function raises ValueError for text that it cannot parse.
import re

_VERSION = (
    r"v?(([0-9]+)!)?([0-9.]*[0-9])"
    r"([-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?([0-9]*))?"
    r"(-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?"
    r"([-_.]?dev[-_.]?([0-9]*))?(\+[a-z0-9]+([-_.][a-z0-9]+)*)?$"
)
# The tab is a plain letter here: MicroPython takes a backslash in brackets for a letter.
_REQUIREMENT = (
    "[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(\\[([^[]*)\\])?[ \t]*(\\(([^)]*)\\)[ \t]*|([^()]*))$"
)
_NEVER = 999999999  # sorts behind every .devN and is a small int on 32-bit boards


def normalize(name):
    # Return the normalized name (PEP 503) of a project or extra.
    key = name.lower().replace("_", "-").replace(".", "-")
    while "--" in key:
        key = key.replace("--", "-")
    if (
        not 0 < len(key) < 99
        or "-" in (key[0], key[-1])
        or key.strip("abcdefghijklmnopqrstuvwxyz0123456789-")
    ):
        raise ValueError("not a name: " + name)
    return key


def parse(text):
    # Return the sort key (epoch, release, phase, pre, post, dev) of a version, and its release as a
    # list with the trailing zeros that the key lacks.
    digits = text = text.strip().lower()
    epoch = pre = 0
    phase = 4  # a 1, b 2, rc 3, final 4
    post = -1
    dev = _NEVER
    if text.strip("0123456789."):  # few have more than these, and the expression is slow
        m = len(text) < 99 and re.match(_VERSION, text)
        if not m:
            raise ValueError("not a version: " + text)
        digits = m.group(3)
        epoch, pre, implicit, post, dev = [int(m.group(i) or 0) for i in (2, 6, 8, 10, 12)]
        if m.group(4):
            phase = "?ab".find(m.group(5)[0]) % 4
        post = post + implicit if m.group(7) else -1
        if not m.group(11):
            dev = _NEVER
        elif phase == 4 and post < 0:
            phase = 0
    release = [int(n) for n in digits.split(".")]
    written = release[:]
    while release and not release[-1]:
        release.pop()
    return (epoch, tuple(release), phase, pre, post, dev), written


def is_pre(key):
    # Return whether a sort key belongs to a pre-release or development release.
    return key[2] < 4 or key[5] < _NEVER


def _split(specs):
    # Yield (operator, sort key, release) of each specifier. Operators of 1.* are "==*" and "!=*".
    for spec in specs.split(","):
        text = spec.strip().lstrip("<>=!~")
        op = spec.strip()[: -len(text)]
        if text[-2:] == ".*":
            op += "*"
            text = text[:-2]
        if op not in ("==", "!=", ">=", "<=", ">", "<", "~=", "==*", "!=*"):
            raise ValueError
        key, release = parse(text)
        if op == "~=" and len(release) < 2 or "+" in text and op not in ("==", "!="):
            raise ValueError
        if op == "<" and not is_pre(key):  # a pre-release is not before its own release
            key = parse(text + ".dev0")[0]
        yield op, key, release


def traits(specs):
    # Return (whether a specifier allows pre-releases, whether one is ==).
    pre = pin = False
    for op, key, _ in specs and _split(specs):
        if op not in ("!=", "<"):
            pre |= is_pre(key)
        pin |= op == "=="
    return pre, pin


def matches(version, specs):
    # Return whether a version satisfies comma-separated specifiers; "" matches every version.
    if not specs:
        return True
    key, release = parse(version)
    for op, want, prefix in _split(specs):
        if op == "~=":
            prefix.pop()
        n = len(prefix)
        alike = key[0] == want[0] and (release + [0] * n)[:n] == prefix
        if op[-1] == "*":
            good = alike == (op[0] == "=")
        elif op == "<":
            good = key < want
        elif op == ">":  # a post-release is not after its own release
            good = key > want and (key[:4] != want[:4] or want[4] >= 0 or key[4] < 0)
        elif op == "!=":
            good = key != want
        else:
            good = key == want or op[0] != "=" and (key > want) == (op[0] != "<")
            good = good and (alike or op[0] != "~")
        if not good:
            return False
    return True


def requirement(text):
    # Split "name[extra] >= 1; marker" into (normalized name, extras, specifiers, marker). Extras
    # are a list, [""] if there are none; specifiers and marker are "" if there are none.
    spec, mark, marker = text.partition(";")
    m = len(spec) < 400 and re.match(_REQUIREMENT, spec)
    try:
        specs = (m.group(5) or m.group(6) or "").strip(" \t")
        if specs[1:] and specs[-1] == ",":
            specs = specs[:-1]
        traits(specs)
        if mark and not marker.strip() or min(text) < " " and min(text.replace("\t", " ")) < " ":
            raise ValueError
        extras = [normalize(e.strip(" \t")) for e in m.group(3).split(",")] if m.group(3) else [""]
    except (AttributeError, ValueError):
        raise ValueError("cannot read the requirement " + text)
    return normalize(m.group(1)), extras, specs, marker.strip()
