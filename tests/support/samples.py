"""Content for tests: program text, noise that nothing compresses, and a package with a resource."""

import random

_RANDOM = random.Random(4)
TEXT = b"".join(
    b"def method_%d(self, %s):\n    return self.table[%d] + %s\n\n" % (n, name, n * 7, name)
    for n, name in enumerate(_RANDOM.choices([b"name", b"value", b"index", b"buffer"], k=150))
)
NOISE = random.Random(5).randbytes(70_000)
PAGE_READER = {
    "app/__init__.py": "def page():\n    from pkg_resources import resource_string\n"
    "    return resource_string(__name__, 'page.txt')\n",
    "app/page.txt": "a page",
}
"""Files of a package whose function reads its resource."""
