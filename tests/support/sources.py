"""Python sources that CPython refuses, with the answer of mpy-cross 1.19 to 1.29."""

from __future__ import annotations

DEF = "def f():\n    "

_ACCEPTED = (
    # letters and strings
    *('x = b"°C"', "x = b'''°\nC'''", 'x = br"°"', 'x = b"a" b"°"', "x = “hi”", "° = 1"),
    *("x²=1", "😀 = 1", "x\u00a0= 1", "x\u200b = 1", "x\v= 1", "# a\0b\nx = 1", 'x = "a\0b"'),
    *("x = 1\n\ufeffy = 2", b"# \xb0C\n\xff = 1", b'x = "\xb0C"', b'x = b"\xb0C"', b"\xe4 = 1"),
    *(b'x = "\xed\xa0\x80"', b"# coding: nonsense\nx = 1", b"# coding: utf8mb4\nx = 1"),
    *(b'# coding: ascii\nx = "\xc2\xb0"', b"\xef\xbb\xbf# coding: latin-1\nx = 1"),
    *(b"# vim: set fileencoding=foo :\nx = 1", b"# coding: rot13\nx = 1"),
    # numbers
    *("x = 0777", "x = 08", "1_", "1__0", "1._5", "1e5_", "0b1_", f"x = {'9' * 5000}"),
    # indentation
    *("if 1:\n\tx = 1\n        y = 2", "class A:\n    def f(self):\n\tpass\n"),
    *("class A:\n    def f(self):\n        pass\n\tx = 1\n", "if 1:\n    \fx = 1"),
    # f-strings
    *('f"}"', 'f"{{}"', 'f"{ }"', 'f"{a:{b:{c:{d}}}}"', 'x = f"{}" + b"°"'),
    # await, yield, return
    *(f"{DEF}await a", f"{DEF}return await a", "lambda: await a", f"{DEF}[await a]"),
    *(f"{DEF}await (a, b)", f"{DEF}yield await a", f"{DEF}await a()\n    await b()"),
    *("class A:\n    def f(self):\n        await self.g()", f"{DEF}await (await a)"),
    *("async def f():\n    lambda: await x", "async def f():\n    yield from a"),
    *("async def f():\n    yield 1\n    return 2", f"{DEF}def g(x=await y): pass\n    return g"),
    # names and arguments
    *("f(a=1, a=2)", "class A(a=1, a=2): pass", "f(x for x in y, 1)", "f(1, x for x in y)"),
    *("def f(*): pass", "def f(a, *): pass", "def f(*, **k): pass", "lambda *: 1"),
    *("lambda *, **k: 1", f"{DEF}global a\n    a: int", "from a import b,"),
    *("x, y: int", "f(): int", "lambda a: int: 1", "x + y: int", "[x for x in (y := z)]"),
    *("x = 1\nfrom __future__ import division", "from __future__ import nonsense"),
    # limits of CPython
    *("x = " + "-" * 20_000 + "1", "a" + ".b" * 5_000),
    "".join(" " * i + "for x in y:\n" for i in range(25)) + " " * 25 + "pass",
)
_REFUSED = (
    *('print "x"', "print x", 'exec "x"', 'raise E, "x"', "x = `a`", "x = 10L", 'x = ur"a"'),
    *("try:\n  x\nexcept E, e:\n  y", "def f((a, b)): pass", "a <> b", "<<<<<<< HEAD\nx = 1"),
    *("x = (", "x = )", "x = [1)", "(" * 5000, "def f(:", 'x = "abc', 'x = """abc', "x = 1 +"),
    *("if 1:\nx = 1", " x = 1", "x = 1\n  y = 2", "if 1:\n    x = 1\n  y = 2"),
    *("if 1:\n    x = 1\n\ty = 2", "return 1", "break", "yield 1", "await a", "x = await a"),
    *("class A:\n    await x", f"{DEF}[await x for x in y]", "nonlocal a", "1 = x", "f() = 1"),
    *("def f(a, a): pass", "f(a=1, 2)", "f(a.b=1)", "a.async(b)", "x = $a", "x = 5€", "x\0= 1"),
    *("'\\N{nope}'", 'x = "\\x4"', 'f"{a b}"', 'f"{print 1}"', 'f"\\x4{"', "{{ x }} = 1", "0o8"),
    *("x = a-", "x = 1 2", "", "a ? b : c", "from a import (b", "import a,", "x = 1\n=======\n"),
    # beside a fault that MicroPython accepts
    *('x = b"°"\nprint "x"', b'x = "\xb0"\nprint "x"', "# coding: foo\nprint 1", "1_\nprint 1"),
    *("if 1:\n\tx = 1\n        print x", 'x = 0777\nprint "x"', "x = “a”\nx = (", "“\0"),
    *(f"{DEF}await a\nreturn 1", f"{DEF}await a\nbreak", "f(a=1, a=2)\nreturn", "f(*, a b)"),
    *('f"}"\nx = `a`', 'f"}{print 1}"', 'f"}{f"{print 1}"}"', "x, y: int\nf(): int\nprint 1"),
    *("def f(*): pass\nprint 1", "f(1, x for x in y)\nprint 1", "from a import b,\nprint 1"),
    *("from __future__ import nonsense\nprint 1", "from __future__ import nonsense\nreturn"),
    *("async def f():\n    yield from a\n    nonlocal b", "[x for x in (y := z)]\nreturn"),
)


def _to_bytes(sources: tuple[str | bytes, ...]) -> list[bytes]:
    return [one.encode() if isinstance(one, str) else one for one in sources if one]


ACCEPTED = _to_bytes(_ACCEPTED)
"""mpy-cross of some release compiles them."""
REFUSED = _to_bytes(_REFUSED)
"""Nothing compiles them."""
SINCE_312 = [
    one.encode()
    for one in (
        'f"{a["b"]}"',
        'f"{",".join(x)}"',
        "f\"{'\\n'.join(a)}\"",
        'f"{g("a", b="c")}"',
        'f"{\na # c\n}"',
    )
]
"""CPython compiles them since 3.12, and MicroPython does."""
