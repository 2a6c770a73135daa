"""One small project, in the form that each build backend requires."""

from support.paths import ROOT

EXAMPLES = sorted(
    directory.name
    for directory in (ROOT / "examples").iterdir()
    if any("sdist_upip" in path.read_text() for path in directory.glob("*.*") if path.is_file())
    and not directory.name.startswith("step_")
)
"""The examples that are MicroPython projects."""

FILES = {
    "README.md": "# Blinker\n\nBlinks, and serves a page.\n",
    "LICENSE": "You may.\n",
    "src/blinker/__init__.py": '''"""Blink."""


def main():
    print("blink")


def open_page():
    import pkg_resources

    return pkg_resources.resource_stream(__name__, "web/page.html")
''',
    "src/blinker/pins/__init__.py": "LED = 2\n",
    "src/blinker/py.typed": "",
    "src/blinker/web/page.html": "<h1>Blinker</h1>\n",
    "tests/test_blinker.py": "import blinker\n",
}

PROJECT = """
[project]
name = "Blinker.App"
version = "1.2.0"
description = "Blinks an LED, ünd serves a page"
readme = "README.md"
license = { text = "MIT" }
requires-python = ">=3.4"
authors = [{ name = "B. Linker", email = "b@example.org" }]
keywords = ["led", "blink"]
classifiers = ["Programming Language :: Python :: Implementation :: MicroPython"]
dependencies = [
    "micropython-logging==0.3; implementation_name == 'micropython'",
    "idna>=2; implementation_name != 'micropython'",
]
[project.urls]
Home = "https://example.org/blinker"
[project.optional-dependencies]
dev = ["mypy>=1"]
[project.scripts]
blinker = "blinker:main"
"""


def _build_system(requires: str, backend: str) -> str:
    return f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{backend}"\n'


SETUP_PY = """from setuptools import setup

import sdist_upip

setup(
    name="Blinker.App",
    version="1.2.0",
    description="Blinks an LED, ünd serves a page",
    long_description=open("README.md", encoding="utf-8").read(),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.4",
    author="B. Linker",
    author_email="b@example.org",
    keywords=["led", "blink"],
    classifiers=["Programming Language :: Python :: Implementation :: MicroPython"],
    install_requires=[
        "micropython-logging==0.3; implementation_name == 'micropython'",
        "idna>=2; implementation_name != 'micropython'",
    ],
    extras_require={"dev": ["mypy>=1"]},
    project_urls={"Home": "https://example.org/blinker"},
    entry_points={"console_scripts": ["blinker = blinker:main"]},
    packages=["blinker", "blinker.pins"],
    package_dir={"": "src"},
    package_data={"blinker": ["py.typed", "web/*"]},
    cmdclass={"sdist": sdist_upip.sdist},
)
"""

_SETUPTOOLS = """
[tool.setuptools.packages.find]
where = ["src"]
[tool.setuptools.package-data]
blinker = ["web/*"]
"""
_POETRY = """
[tool.poetry]
packages = [{ include = "blinker", from = "src" }]
"""
_HATCH = """
[tool.hatch.build.targets.wheel]
packages = ["src/blinker"]
"""
_FLIT = """
[tool.flit.module]
name = "blinker"
"""
_UV = """
[tool.uv.build-backend]
module-name = "blinker"
"""
MESON = """project('blinker', version: '1.2.0')
py = import('python').find_installation(pure: true)
install_subdir('src/blinker', install_dir: py.get_install_dir())
"""

BACKENDS = {
    "setuptools setup.py": {
        "setup.py": SETUP_PY,
        "pyproject.toml": _build_system("setuptools", "sdist_upip.build_meta"),
    },
    "setuptools pyproject": {
        "pyproject.toml": _build_system("setuptools", "sdist_upip.build_meta")
        + PROJECT
        + _SETUPTOOLS
    },
    "flit": {
        "pyproject.toml": _build_system("flit_core>=3.12", "flit_core.buildapi") + PROJECT + _FLIT
    },
    "hatchling": {
        "pyproject.toml": _build_system("hatchling", "hatchling.build") + PROJECT + _HATCH
    },
    "poetry": {
        "pyproject.toml": _build_system("poetry-core>=2", "poetry.core.masonry.api")
        + PROJECT
        + _POETRY
    },
    "pdm": {"pyproject.toml": _build_system("pdm-backend", "pdm.backend") + PROJECT},
    "uv_build": {"pyproject.toml": _build_system("uv_build>=0.9", "uv_build") + PROJECT + _UV},
    "meson-python": {
        "pyproject.toml": _build_system("meson-python", "mesonpy") + PROJECT,
        "meson.build": MESON,
    },
}
"""The files that each backend requires, by the name of the backend."""

OTHER_BACKENDS = ("flit", "hatchling", "poetry", "pdm", "uv_build", "meson-python")
"""The backends that are not based on setuptools. sdist-upip converts their wheels."""
