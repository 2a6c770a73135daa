"""Time and memory of sdist-upip, setuptools, flit and hatchling, to build the same sdist.

    python bench/build.py [--runs N]

Needs flit_core, hatchling and the extra test. Every figure is of a whole process and its children:
wall time and CPU time, least and median of the runs, which take turns, and the largest resident
size of a process. A first run that does not count writes the bytecode of all modules, which pip
does for installed ones.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sdist_upip.check.code.rules import ANY_BOARD, check_code
from sdist_upip.check.dependencies import RequiredNames

ROOT = Path(__file__).parent.parent
SETUP = "from setuptools import setup\n\nsetup({})\n"
CMDCLASS = 'cmdclass={"sdist": __import__("sdist_upip").sdist}'
SDIST = ("setup.py", "-q", "sdist")
FRONT_END = ("-m", "build", "--sdist", "--no-isolation")
ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "ignore"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass
class Contender:
    """One way to build one project, and the figures of its runs."""

    name: str
    directory: Path
    command: tuple[str, ...]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Build once from a clean tree, and record time and memory."""
        for name in ("dist", "x.egg-info", "my_app.egg-info"):
            shutil.rmtree(self.directory / name, ignore_errors=True)
        start = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=self.directory,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        self.wall.append(time.perf_counter() - start)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{self.name}: exit code {child.returncode} in {self.directory}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss)

    def forget(self) -> None:
        """Forget the figures of the runs so far."""
        for figures in (self.wall, self.cpu, self.memory):
            figures.clear()


def write_modules(directory: Path, modules: int = 300, size: int = 2_000_000) -> None:
    """Write a package of `modules` sources, `size` bytes in all."""
    generator = random.Random(0)
    words = [f"name_{generator.randrange(10**6):x}" for _ in range(2000)]
    package = directory / "pack"
    package.mkdir(parents=True)
    for number in range(modules):
        lines, length = [], 0
        while length < size // modules:
            a, b, c = generator.sample(words, 3)
            lines.append(f"def {a}({b}, {c}={generator.randrange(1000)}):\n    return {b} + {c}\n")
            length += len(lines[-1])
        name = f"module_{number:03}.py" if number else "__init__.py"
        (package / name).write_text("".join(lines))
    (directory / "README.md").write_text("# x\n")


def write_pyproject(directory: Path, backend: str, table: str = "") -> None:
    (directory / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n'
        '[project]\nname = "x"\nversion = "1.0"\ndescription = "x"\n' + table
    )


def modules_contenders(directory: Path) -> list[Contender]:
    """Return the contenders for the generated project, each in a copy of its own."""
    write_modules(directory / "base")
    arguments = 'name="x", version="1.0", packages=["pack"]'
    fast = '[tool.sdist-upip]\ncompression = "fast"\n'
    packages = '[tool.setuptools]\npackages = ["pack"]\n'
    variants = {
        "setuptools, setup.py": (SDIST, SETUP.format(arguments), None),
        "sdist_upip, setup.py": (SDIST, SETUP.format(f"{arguments}, {CMDCLASS}"), None),
        "setuptools, build": (FRONT_END, None, ("setuptools.build_meta", packages)),
        "sdist_upip, build": (FRONT_END, None, ("sdist_upip.build_meta", packages + fast)),
        "flit_core, build": (
            FRONT_END,
            None,
            ("flit_core.buildapi", '[tool.flit.module]\nname = "pack"\n'),
        ),
        "hatchling, build": (
            FRONT_END,
            None,
            ("hatchling.build", '[tool.hatch.build.targets.sdist]\ninclude = ["pack"]\n'),
        ),
    }
    contenders = []
    for number, (name, (command, script, backend)) in enumerate(variants.items()):
        copy = shutil.copytree(directory / "base", directory / str(number))
        if script:
            (copy / "setup.py").write_text(script)
            (copy / "pyproject.toml").write_text(fast)
        if backend:
            write_pyproject(copy, *backend)
        contenders.append(Contender(name, copy, command))
    return contenders


def my_app_contenders(directory: Path) -> list[Contender]:
    """Return the contenders for examples/my_app."""
    arguments = 'name="my-app", version="1.0", packages=["my_app"], include_package_data=True'
    contenders = []
    for name, script in (
        ("setuptools, setup.py", SETUP.format(arguments)),
        ("sdist_upip, setup.py", SETUP.format(f"{arguments}, {CMDCLASS}")),
    ):
        copy = shutil.copytree(ROOT / "examples/my_app", directory / name.partition(",")[0])
        (copy / "setup.py").write_text(script)
        (copy / "pyproject.toml").write_text('[tool.sdist-upip]\ncompression = "fast"\n')
        contenders.append(Contender(name, copy, SDIST))
    return contenders


def print_table(title: str, contenders: list[Contender]) -> None:
    """Print a Markdown table: least and median. Ratios are to setuptools, built the same way."""
    print(f"\n{title}\n\n| | wall s | CPU s | wall ratio | CPU ratio | MB |")
    print("|---|---|---|---|---|---|")
    for contender in contenders:
        front_end = contender.name.partition(", ")[2]
        base = next(item for item in contenders if item.name == f"setuptools, {front_end}")
        cells = [
            _format_pair(contender.wall),
            _format_pair(contender.cpu),
            _format_pair(contender.wall, base.wall),
            _format_pair(contender.cpu, base.cpu),
        ]
        size = max(contender.memory) / 1024
        print(f"| {contender.name} | {' | '.join(cells)} | {size:.0f} |")


def _format_pair(figures: list[float], base: list[float] | None = None) -> str:
    """Return the least and the median of `figures`, divided by those of `base`."""
    least, median = min(figures), statistics.median(figures)
    if base:
        least, median = least / min(base), median / statistics.median(base)
    return f"{least:.2f}, {median:.2f}"


def print_analysis(directory: Path, build: Contender, runs: int) -> None:
    """Print the time that the rules about code on boards take, as a part of that of `build`.

    The second row is for modules that import each other and modules of boards.
    """
    sources = {f"pack/{path.name}": path.read_bytes() for path in directory.glob("pack/*.py")}
    head = b"import sys, time\nfrom machine import Pin\nfrom . import module_001\n"
    required = RequiredNames(frozenset(), frozenset())
    print("\nrules about code on boards\n\n| | wall s | part of the build |\n|---|---|---|")
    for name, files in (
        ("as above", sources),
        ("with imports", {path: head + data for path, data in sources.items()}),
    ):
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            if list(check_code(files, required, ANY_BOARD)):
                raise SystemExit("the generated modules have a problem")
            times.append(time.perf_counter() - start)
        print(f"| {name} | {min(times):.2f} | {min(times) / min(build.wall):.0%} |")


def main() -> None:
    """Run every contender in turn, and print one table for each project."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="runs of each contender")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        projects = {
            "examples/my_app": my_app_contenders(Path(name) / "my_app"),
            "300 modules, 2 MB": modules_contenders(Path(name) / "modules"),
        }
        for title, contenders in projects.items():
            for number in range(options.runs + 1):
                for contender in contenders:
                    contender.run()
                    if number == 0:
                        contender.forget()
            print_table(title, contenders)
        build = next(item for item in contenders if item.name == "sdist_upip, build")
        print_analysis(Path(name) / "modules/base", build, options.runs)


if __name__ == "__main__":
    main()
