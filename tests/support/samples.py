"""Content for tests of compression: program text, and noise that nothing compresses."""

import random

_RANDOM = random.Random(4)
TEXT = b"".join(
    b"def method_%d(self, %s):\n    return self.table[%d] + %s\n\n" % (n, name, n * 7, name)
    for n, name in enumerate(_RANDOM.choices([b"name", b"value", b"index", b"buffer"], k=150))
)
NOISE = random.Random(5).randbytes(70_000)
