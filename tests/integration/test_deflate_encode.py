"""Streams of the encoder, in other processes."""

import shutil
import subprocess
import sys

from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.deflate.compress import compress
from sdist_upip.deflate.encoder import encode
from support.samples import NOISE, TEXT


def test_every_python_here_makes_the_same_bytes(tmp_path):
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from sdist_upip.deflate.encoder.encode import encode\n"
        "print(hashlib.sha256(encode(sys.stdin.buffer.read(), 4096)).hexdigest())\n"
    )
    root = str(__import__("pathlib").Path(encode.__file__).parents[2])
    digests = set()
    for version in ("3.10", "3.11", "3.12", "3.13"):
        python = shutil.which(f"python{version}")
        if python is None:
            continue
        found = subprocess.run([python, "-c", script, root], input=TEXT[:8000], capture_output=True)
        if found.returncode == 0:
            digests.add(found.stdout)
    own = subprocess.run(
        [sys.executable, "-c", script, root], input=TEXT[:8000], capture_output=True, check=True
    )
    assert digests | {own.stdout} == {own.stdout}


def test_the_gzip_program_reads_it():
    data = TEXT + NOISE[:1000]
    wrapped = gzip_wrap(compress(data, 4096, "best"), data)
    assert (
        subprocess.run(["gzip", "-dc"], input=wrapped, capture_output=True, check=True).stdout
        == data
    )
