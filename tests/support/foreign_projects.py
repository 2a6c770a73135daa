"""Small projects of every build backend and layout, as people publish them without sdist-upip.

Each has the files of its wheel, and beside them what real projects have: a README, a license,
documentation, examples and tests. No two have a package of the same name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REQUIREMENTS = (
    "lamp-wire>=1",
    "lamp-board; implementation_name == 'micropython'",
    "lamp-desk; implementation_name == 'cpython'",
)
"""What each project needs, for any Python, for MicroPython and for CPython."""

SIDE = {
    "README.md": "# Lamp\n\nLights up.\n",
    "LICENSE": "You may.\n",
    "CHANGELOG.md": "# 1.0\n\nFirst.\n",
    "MANIFEST.in": "graft docs\ngraft examples\ngraft tests\ninclude CHANGELOG.md\n",
    "docs/index.md": "# Lamp\n" + "It lights up, and it goes out again. " * 30,
    "docs/conf.py": "project = 'lamp'\n",
    "docs/requires.txt": "sphinx\n",
    "examples/blink.py": "import lamp\n",
    "tests/__init__.py": "",
    "tests/test_lamp.py": "def test_lamp():\n    assert True\n",
}
_BACKENDS = {
    "setuptools": ("setuptools>=61", "setuptools.build_meta"),
    "hatchling": ("hatchling", "hatchling.build"),
    "flit": ("flit_core>=3.4", "flit_core.buildapi"),
    "poetry": ("poetry-core>=2", "poetry.core.masonry.api"),
    "pdm": ("pdm-backend", "pdm.backend"),
    "uv_build": ("uv_build>=0.9", "uv_build"),
}
_DATA = '["web/**/*.html", "web/requires.txt", "py.typed", "*.pyi"]'
"""The data files of each package, for setuptools."""


@dataclass(frozen=True)
class Project:
    """A project that `hooks`, a module, builds. All have version 1.0 and need REQUIREMENTS."""

    name: str
    files: Mapping[str, str] = field(repr=False)
    hooks: str


def _package(path: str, *, web: str = "web/page.html") -> dict[str, str]:
    """Return a package with a sub-package, data, and type information, which boards do not read."""
    name = path.rpartition("/")[2]
    return {
        f"{path}/__init__.py": f'"""{name}"""\n\nNAME = "{name}"\n',
        f"{path}/pins/__init__.py": f'LED = "{name}"\n',
        f"{path}/{web}": f"<h1>{name}</h1>\n",
        f"{path}/web/requires.txt": "data, not requirements\n",
        f"{path}/py.typed": "",
        f"{path}/pins/__init__.pyi": "LED: str\n",
    }


def _module(path: str) -> dict[str, str]:
    name = path.rpartition("/")[2]
    return {f"{path}.py": f'"""{name}"""\n\n__version__ = "1.0"\nNAME = "{name}"\n'}


def _pyproject(backend: str, name: str, more: str) -> str:
    requires, hooks = _BACKENDS[backend]
    requirements = "".join(f'    "{text}",\n' for text in REQUIREMENTS)
    return f"""[build-system]
requires = ["{requires}"]
build-backend = "{hooks}"
[project]
name = "{name}"
version = "1.0"
description = "Lights up"
readme = "README.md"
requires-python = ">=3.8"
dependencies = [
{requirements}]
[project.optional-dependencies]
dev = ["tox>=4"]
{more}"""


def _project(backend: str, name: str, *code: Mapping[str, str], more: str = "") -> Project:
    files = dict(SIDE)
    for part in code:
        files.update(part)
    files["pyproject.toml"] = _pyproject(backend, name, more)
    return Project(name, files, _BACKENDS[backend][1])


def _tool(table: str, line: str) -> str:
    return f"[tool.{table}]\n{line}\n"


def _setuptools(name: str, *code: Mapping[str, str], more: str = "") -> Project:
    data = _tool("setuptools.package-data", f'"*" = {_DATA}')
    return _project("setuptools", name, *code, more=more + data)


def _setup_py(
    name: str, *code: Mapping[str, str], declared: str, requirements: Sequence[str] = REQUIREMENTS
) -> Project:
    """Return a project with a setup.py alone. `declared` are further arguments of setup()."""
    setup = f"""from setuptools import find_namespace_packages, setup

setup(
    name="{name}",
    version="1.0",
    description="Lights up",
    python_requires=">=3.8",
    install_requires={list(requirements)!r},
    extras_require={{"dev": ["tox>=4"]}},
    package_data={{"": {_DATA}}},
    {declared}
)
"""
    files = dict(SIDE)
    for part in code:
        files.update(part)
    return Project(name, {**files, "setup.py": setup}, "setuptools.build_meta")


def _setup_cfg(name: str, *code: Mapping[str, str]) -> Project:
    """Return a project with a setup.cfg alone, whose sdist has neither of the usual files."""
    requirements = "".join(f"    {text}\n" for text in REQUIREMENTS)
    files = dict(SIDE)
    for part in code:
        files.update(part)
    files["setup.cfg"] = f"""[metadata]
name = {name}
version = 1.0
[options]
packages = find:
python_requires = >=3.8
install_requires =
{requirements}[options.packages.find]
include = lamp_*
[options.package_data]
* = web/**/*.html, py.typed, *.pyi
[options.extras_require]
dev = tox>=4
"""
    return Project(name, files, "setuptools.build_meta")


_TABLE = f"TABLE = {random.Random(1).randbytes(14_000).hex()!r}\n"
"""A module that compresses badly, so that each copy is far from the one before."""
_LONG = "web/" + "a_directory_with_a_long_name/" * 3 + "page.html"
"""With the directories above it, a path of more than 100 bytes."""

_PROJECTS = (
    # setuptools
    _setuptools("lamp-flat", _package("lamp_flat")),
    _setuptools("Lamp.Src", _package("src/lamp_src")),
    _setuptools(
        "lamp-modules",
        _module("lamp_modules"),
        _module("lamp_colors"),
        more=_tool("setuptools", 'py-modules = ["lamp_modules", "lamp_colors"]'),
    ),
    _setuptools(
        "lamp-lib",
        _package("lib/lamp_lib"),
        more=_tool("setuptools", 'package-dir = { "" = "lib" }')
        + _tool("setuptools.packages.find", 'where = ["lib"]'),
    ),
    _setuptools(
        "lamp-deep",
        _package("lib/python/lamp_deep"),
        more=_tool("setuptools", 'package-dir = { "" = "lib/python" }')
        + _tool("setuptools.packages.find", 'where = ["lib/python"]'),
    ),
    _setuptools(
        "lamp-deep-src",
        _package("src/python/lamp_deep_src"),
        more=_tool("setuptools", 'package-dir = { "" = "src/python" }')
        + _tool("setuptools.packages.find", 'where = ["src/python"]'),
    ),
    _setuptools(
        "lamp-beside",
        _module("lamp_beside"),
        {"lamp_beside/notes.txt": "not of the module\n"},
        {"MANIFEST.in": SIDE["MANIFEST.in"] + "graft lamp_beside\n"},
        more=_tool("setuptools", 'py-modules = ["lamp_beside"]'),
    ),
    _setuptools(
        "lamp-middle",
        _package("arc"),
        _package("zenith"),
        _module("zoom"),
        more=_tool("setuptools", 'packages = ["arc", "arc.pins", "zenith", "zenith.pins"]')
        + 'py-modules = ["zoom"]\n',
    ),
    _setuptools(
        "lamp-tools",
        _package("lamp_tools"),
        _package("tools"),
        more=_tool("setuptools.packages.find", 'include = ["lamp_tools*", "tools*"]'),
    ),
    _setuptools(
        "acme-lamp-spaced",
        _package("acme_spaced/lamp"),
        more=_tool("setuptools.packages.find", 'include = ["acme_spaced*"]'),
    ),
    _setuptools(
        "micropython-glow",
        _package("glow"),
        more=_tool("setuptools.packages.find", 'include = ["glow*"]'),
    ),
    _setuptools(
        "lamp-far",
        {f"lamp_far/{name}.py": _TABLE for name in ("__init__", "one", "two")},
    ),
    _setuptools("lamp-long", _package("lamp_long", web=_LONG)),
    _setup_py(
        "lamp-setup", _package("lamp_setup"), declared='packages=["lamp_setup", "lamp_setup.pins"],'
    ),
    _setup_py(
        "lamp-dist",
        _package("lamp_dist"),
        {"dist/lamp_dist-0.9.txt": "an earlier release\n"},
        declared='packages=find_namespace_packages(include=["lamp_dist*", "dist"]),',
    ),
    _setup_cfg("lamp-cfg", _package("lamp_cfg")),
    _setup_py(
        "lamp-legacy",
        _package("lamp_legacy"),
        declared='packages=["lamp_legacy", "lamp_legacy.pins"],',
        requirements=["lamp-wire"],
    ),
    # hatchling
    _project("hatchling", "hatch-flat", _package("hatch_flat")),
    _project("hatchling", "hatch-src", _package("src/hatch_src")),
    _project("hatchling", "hatch-module", _module("hatch_module")),
    _project(
        "hatchling",
        "micropython-hatch-glow",
        _package("hatch_glow"),
        more=_tool("hatch.build.targets.wheel", 'packages = ["hatch_glow"]'),
    ),
    _project(
        "hatchling",
        "hatch-other",
        _package("beacon"),
        more=_tool("hatch.build.targets.wheel", 'packages = ["beacon"]'),
    ),
    _project(
        "hatchling",
        "hatch-two",
        _package("src/beam"),
        _package("src/flare"),
        more=_tool("hatch.build.targets.wheel", 'packages = ["src/beam", "src/flare"]'),
    ),
    _project(
        "hatchling",
        "acme-hatch-lamp",
        _package("acme_hatch/lamp"),
        more=_tool("hatch.build.targets.wheel", 'packages = ["acme_hatch"]'),
    ),
    # flit
    _project("flit", "flit-flat", _package("flit_flat")),
    _project("flit", "flit-src", _package("src/flit_src")),
    _project("flit", "flit-module", _module("flit_module")),
    _project(
        "flit",
        "acme-flit-lamp",
        _package("acme_flit/lamp"),
        more=_tool("flit.module", 'name = "acme_flit.lamp"'),
    ),
    # poetry, pdm, uv_build
    _project("poetry", "poetry-flat", _package("poetry_flat")),
    _project("poetry", "poetry-src", _package("src/poetry_src")),
    _project(
        "poetry",
        "poetry-glow-micropython",
        _package("poetry_glow"),
        more=_tool("poetry", 'packages = [{ include = "poetry_glow" }]'),
    ),
    _project(
        "pdm",
        "pdm-flat",
        _package("pdm_flat"),
        _package("pdm_flat/tests"),
        _package("pdm_flat/build/docs"),
    ),
    _project("pdm", "pdm-src", _package("src/pdm_src")),
    _project(
        "uv_build",
        "uv-flat",
        _package("uv_flat"),
        more=_tool("uv.build-backend", 'module-root = ""'),
    ),
    _project("uv_build", "uv-src", _package("src/uv_src")),
    _project("uv_build", "uv-long", _package("src/uv_long", web=_LONG)),
)

PROJECTS = {project.name: project for project in _PROJECTS}
"""{name: project}."""
