"""Resource modules, imported by real interpreters."""

import random

from micropython import Interpreter
from sdist_upip.resources.module import resource_module
from support.odd_bytes import ALL_BYTES

ROUND_TRIP = """
import R
for name in sorted(R.R):
    with open(name, "rb") as f:
        print(name, R.R[name] == f.read(), len(R.R[name]))
"""


def test_micropython_reads_every_literal_alike(interpreter: Interpreter) -> None:
    noise = random.Random(6)
    alphabets = [
        b"\\'\na",
        b"\\\"'d",
        b"'\"\\\n\r\0\x80",
        b"'\n",
        b'"\\',
        b"\0" + bytes(range(48, 58)),
        b"\\dux01'\"",
    ]
    files = {"every": ALL_BYTES, "reversed": ALL_BYTES[::-1], "größe": b"", "quote'\"": b"\\"}
    for number in range(200):
        alphabet = alphabets[number % len(alphabets)]
        files[f"{number}"] = bytes(noise.choices(alphabet, k=noise.randrange(1, 40)))
    for byte in range(256):
        files[f"pair {byte}"] = bytes((byte, 0, byte, 55, 92, byte))
    outcome = interpreter.run(ROUND_TRIP, {**files, "R.py": resource_module(files)})
    assert outcome.lines == [f"{name} True {len(files[name])}" for name in sorted(files)]


def test_micropython_reads_200_kb_of_random_data(interpreter: Interpreter) -> None:
    files = {"noise": random.Random(7).randbytes(200_000)}
    outcome = interpreter.run(
        ROUND_TRIP, {**files, "R.py": resource_module(files)}, heapsize=4 << 20
    )
    assert outcome.lines == ["noise True 200000"]
