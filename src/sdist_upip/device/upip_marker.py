# Environment markers (PEP 508), evaluated for this interpreter. MicroPython reports Python 3.4.
import re
import sys

from upip_req import parse
from upip_spec import matches


def _value(token, extra):
    name = sys.implementation.name
    if token[0] in "'\"":
        return token[1:-1]
    if token == "extra":
        return extra
    if token == "sys_platform":
        return sys.platform
    if token == "implementation_name":
        return name
    if token == "platform_python_implementation":
        return "CPython" if name == "cpython" else "MicroPython"
    if token[:9] in ("os_name", "platform_"):
        return ""
    numbers = sys.implementation.version if token[:2] == "im" else sys.version_info
    if token not in ("python_version", "python_full_version", "implementation_version"):
        raise ValueError
    return ".".join([str(n) for n in numbers[: 2 if token == "python_version" else 3]])


def _compare(left, op, right):
    if op == "in":
        return left in right
    if op == "not":
        return left not in right
    try:
        parse(left)
        return matches(left, op + right)
    except ValueError:
        return {"==": left == right, "!=": left != right, "<": left < right, ">": left > right}[op]


def _evaluate(tokens, extra, words):
    # Evaluate and consume the tokens of one level. `words` are the operators of this level and of
    # those below: ("or", "and"), ("and",) or ().
    if words:
        value = _evaluate(tokens, extra, words[1:])
        while tokens and tokens[0] == words[0]:
            tokens.pop(0)
            more = _evaluate(tokens, extra, words[1:])
            value = value or more if words[1:] else value and more
        return value
    left = tokens.pop(0)
    if left == "(":
        value = _evaluate(tokens, extra, ("or", "and"))
        tokens.pop(0)
        return value
    op = tokens.pop(0)
    if op == "not":
        tokens.pop(0)
    return _compare(_value(left, extra), op, _value(tokens.pop(0), extra))


def applies(marker, extras):
    # Return whether a marker is true for one of `extras`, a list of names ("": none). Raise
    # ValueError if the marker cannot be parsed.
    if len(marker) > 400:
        raise ValueError("cannot read the marker " + marker[:99])
    for extra in extras:
        text = marker
        tokens = []
        try:
            while text:
                m = re.match(" *('[^']*'|\"[^\"]*\"|[<>=!~]+|[()]|[^ '\"<>=!~()]+) *", text)
                tokens.append(m.group(1))
                text = text[len(m.group(0)) :]
            if _evaluate(tokens, extra, ("or", "and")) and not tokens:
                return True
        except (AttributeError, LookupError, ValueError):
            tokens = marker
        if tokens:
            raise ValueError("cannot read the marker " + marker)
    return False
