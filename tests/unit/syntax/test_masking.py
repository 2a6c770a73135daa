"""Sources as MicroPython's lexer reads them."""

import pytest

from sdist_upip.syntax.masking import mask, mask_expression


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        (b"x = 1\r\ny = 2\rz", "x = 1\ny = 2\nz"),
        (b"\xef\xbb\xbfx", "x"),
        ('x = b"°"  # °\n'.encode(), 'x = b"\\xc2\\xb0"  # °\n'),
        (b'x = b"\xb0" rb"\xb0"', 'x = b"\\xb0" rb"?"'),
        (b'x = "\xb0\0"', 'x = "??"'),
        ("naïve = “a” + ñ".encode(), "naïve = é201caé201d + ñ"),
        (b"\tx\n \ty\n  '''\n\tz'''", "        x\n        y\n  '''\n\tz'''"),
        (b"0777 1__0 0x_f 1_.5 0b1_ 00 a1_0 x.1_0", "777 10 0xf 1.5 0b1 0 a1_0 x.1_0"),
        (b'f"a{b}c{{" t"{x:{y}}" rf"\\{z}"', '"a0c{{" "00}" r"\\0"'),
        (b"f'''{a\n}\n'''", "'''0\\\n\n'''"),
        (b'"{x}" ab"x" u"\xc2\xb0"', '"{x}" ab"x" u"°"'),
        (b"x = 'a\\'\xb0' # '", "x = 'a\\'?' # '"),
        (b"x\0y", "x$y"),
    ],
)
def test_the_text(source, masked):
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
    assert mask(source)[0] == masked
    assert masked.count("\n") == lines


@pytest.mark.parametrize(
    ("source", "expressions"),
    [
        (b'f"{a}{ b!r}{c:>{d}}{e=}{f == g}{}"', ["a", "b", "c", "d", "e", "f == g"]),
        (b'f"{a["b"]}{g(x, {1: 2})}"', ['a["b"]', "g(x, {1: 2})"]),
        (b'f"{{a}}" "{b}" f"\\N{DASH}{c}" f"\\{d}"', ["c", "d"]),
    ],
)
def test_expressions_of_f_strings(source, expressions):
    assert mask(source)[1] == expressions


def test_an_expression_within_another():
    assert mask_expression('f"{a}" + 1_0') == ('"0" + 10', ["a"])
