# Specifiers (PEP 440) and requirements (PEP 508) that are more than a name.
# Every function raises ValueError for text that it cannot parse.
import re

from upip_req import is_pre, normalize, parse

# The tab is a plain letter here: MicroPython takes a backslash in brackets for a letter.
_REQUIREMENT = (
    "[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(\\[([^[]*)\\])?[ \t]*(\\(([^)]*)\\)[ \t]*|([^()]*))$"
)


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
