"""A source as MicroPython's lexer reads it, written so that CPython's parser accepts it.

MicroPython takes any character above ASCII as a letter of names and of bytes literals, a tab as
eight columns, any `_` within numbers, NUL in strings and comments, and ignores the encoding that a
source declares. It finds the end of an expression in an f-string by counting brackets. Source:
py/lexer.c and py/parsenum.c of MicroPython.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_OTHER_BYTES = re.compile(r"[^\x01-\x7f]")
_PIECE = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<prefix>(?:(?<![\w.])[A-Za-z]{1,2})?)(?P<quote>'''|\"\"\"|'|\")"
    r"|(?P<number>(?<![\w.])(?:[0-9]|\.[0-9])[\w.]*)"
    r"|(?P<indent>(?<=\n)[ \t\f\v]+)"
)
_STRING_END = {
    quote: re.compile(rf"\\.|{quote}" + ("" if len(quote) == 3 else r"|\n"), re.DOTALL)
    for quote in ("'", '"', "'''", '"""')
}
_CONVERSION = re.compile("![rsa][:}]")
_LONGEST_NUMBER = 4000
"""Digits of a decimal number. CPython refuses over 4,300."""
_OPENING, _CLOSING = "([{", ")]}"


def mask(source: bytes) -> tuple[str, list[str]]:
    """Return the text of `source` with the same lines, and the expressions in its f-strings.

    An f-string becomes a plain string. The names of the text are those of `source`, except for
    letters that CPython refuses.
    """
    text = source.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    text = "\n" + text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[str] = []
    return "".join(_mask(text, found))[1:], found


def mask_expression(text: str) -> tuple[str, list[str]]:
    """Return an expression of an f-string, and those in its own f-strings, as `mask` does."""
    found: list[str] = []
    return "".join(_mask(text, found)), found


def _mask(text: str, found: list[str]) -> Iterator[str]:
    position = 0
    while match := _PIECE.search(text, position):
        yield _mask_code(text[position : match.start()])
        position = match.end()
        if match["quote"]:
            piece, position = _mask_string(text, match, found)
            yield piece
        elif match["comment"]:
            yield _mask_string_text(match["comment"])
        elif match["number"]:
            yield _mask_number(match["number"])
        else:
            yield match[0].replace("\f", " ").replace("\v", " ").expandtabs(8)
    yield _mask_code(text[position:])


def _mask_code(text: str) -> str:
    """Return code with letters that CPython takes for all characters above ASCII."""
    text = text.replace("\v", " ").replace("\f", " ").replace("\0", "$")
    return _NOT_ASCII.sub(_mask_letters, text)


def _mask_letters(match: re.Match[str]) -> str:
    letters, start = match[0], match.start()
    before = match.string[start - 1] if start else ""
    continues = before.isalnum() or before == "_"
    if f"a{letters}".isidentifier() and (continues or letters.isidentifier()):
        return letters
    return "".join(f"é{ord(letter):x}" for letter in letters)


def _mask_number(number: str) -> str:
    plain = number.replace("_", "")
    if plain.isdecimal():
        plain = plain.lstrip("0") or "0"
        return plain[:_LONGEST_NUMBER]
    return _mask_code(plain)


def _mask_string_text(text: str, prefix: str = "") -> str:
    if "b" in prefix:
        return _OTHER_BYTES.sub("?" if "r" in prefix else _escape_bytes, text)
    return re.sub("[\0\ud800-\udfff]", "?", text)


def _escape_bytes(match: re.Match[str]) -> str:
    return "".join(f"\\x{byte:02x}" for byte in match[0].encode("utf-8", "surrogateescape"))


def _mask_string(text: str, match: re.Match[str], found: list[str]) -> tuple[str, int]:
    """Return a string literal and where it ends; an unterminated one ends where CPython stops."""
    prefix, quote = match["prefix"], match["quote"]
    if prefix.lower() in {"f", "t", "fr", "rf", "tr", "rt"}:
        return _mask_formatted(text, match, found)
    start, end = match.end(), len(text)
    for step in _STRING_END[quote].finditer(text, start):
        if step[0] == quote or step[0] == "\n":
            end = step.end()
            break
    content = _mask_string_text(text[start:end], prefix.lower())
    return prefix + quote + content, end


def _mask_formatted(text: str, match: re.Match[str], found: list[str]) -> tuple[str, int]:
    quote, position = match["quote"], match.end()
    raw = "r" in match["prefix"].lower()
    pieces = ["r" if raw else "", quote]
    while position < len(text):
        if text.startswith(quote, position):
            return "".join(pieces) + quote, position + len(quote)
        step = 2 if text[position] == "\\" and text[position + 1 : position + 2] != "{" else 1
        if text.startswith(("{{", "}}"), position):
            step = 2
        elif text.startswith("\\N{", position) and not raw:
            step = max(text.find("}", position) + 1 - position, 1)
        elif text[position] == "{":
            end = _end_of_expression(text, position + 1)
            if expression := _read_expression(text[position + 1 : end]):
                found.append(expression)
            pieces += ["0", "\\\n" * text.count("\n", position, end)]
            position = end
            if conversion := _CONVERSION.match(text, end):
                position = conversion.end() - 1
            position += 1
            continue
        elif text[position] == "\n" and len(quote) == 1:
            break
        pieces.append(_mask_string_text(text[position : position + step]))
        position += step
    return "".join(pieces), position


def _end_of_expression(text: str, position: int) -> int:
    """Return where the expression of an f-string that begins at `position` ends."""
    depth = 0
    while position < len(text):
        letter = text[position]
        if depth == 0 and (letter in ":}" or _CONVERSION.match(text, position)):
            break
        depth += (letter in _OPENING) - (letter in _CLOSING)
        position += 1
    return position


def _read_expression(text: str) -> str:
    """Return the expression, without the `=` of an expression that documents itself."""
    bare = text.strip()
    if bare.endswith("=") and not bare.endswith(("==", "!=", "<=", ">=")):
        return bare[:-1]
    return bare
