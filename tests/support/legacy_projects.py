"""A project with a copied sdist_upip.py."""

import json

COPY = '''"""Commands for upip."""
import os, tarfile, zlib

from setuptools.command.sdist import sdist as _sdist


def gzip_4k(inf, fname):
    comp = zlib.compressobj(level=9, wbits=16 + 12)
    os.rename(fname, fname + ".orig")


class sdist(_sdist):
    def run(self):
        super().run()
'''


SETUP = """import sys
# Remove current dir from sys.path, otherwise setuptools will peek up our
# module instead of system's.
sys.path.pop(0)
from setuptools import setup
sys.path.append("..")
import sdist_upip

setup(name="blinker", version="1.0", packages=["blinker"], install_requires=["micropython-time"],
      cmdclass={"sdist": sdist_upip.sdist})
"""


WORKFLOW = """jobs:
  release:
    steps:
      - run: |
          python setup.py sdist
          rm dist/*.orig
          twine upload dist/*
      - run: python setup.py sdist && rm -f dist/*.orig && twine upload dist/*
      - run: rm dist/*.orig
"""


PROJECT = {
    "sdist_upip.py": COPY,
    "setup.py": SETUP,
    "blinker/__init__.py": "",
    "blinker/pins.py": "",
    "MANIFEST.in": "include sdist_upip.py README.md\ninclude sdist_upip.py\n",
    "README.md": "Blinks.\n",
    "Makefile": "dist:\n\tpython setup.py sdist\n\t-rm -f dist/*.orig\n",
    ".github/workflows/release.yml": WORKFLOW,
    "package.json": json.dumps(
        {
            "version": "0.9",
            "urls": [
                ["blinker/__init__.py", "github:x/y/blinker/__init__.py"],
                ["blinker/gone.py", "github:x/y/blinker/gone.py"],
            ],
            "deps": [["micropython-logging", "latest"]],
        }
    ),
}
