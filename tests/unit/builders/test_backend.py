"""A backend is run by the library build; the processes of both are replaced here."""

import subprocess
import sys
from pathlib import Path

import build
import build.env
import pytest

from sdist_upip.builders import backend
from sdist_upip.builders.backend import build_wheel
from sdist_upip.errors import ProjectError
from support.trees import read_tree, write_tree

PYPROJECT = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "mine"\n'


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", {"pyproject.toml": PYPROJECT, "x.py": ""})


class Runs:
    """Replaces subprocess.run: records the calls, and does what `act` does."""

    def __init__(self):
        self.calls = []
        self.act = lambda: None

    def __call__(self, command, **options):
        self.calls.append((list(command), options))
        self.act()


@pytest.fixture
def runs(monkeypatch):
    replaced = Runs()
    monkeypatch.setattr(backend.subprocess, "run", replaced)
    return replaced


class Builder:
    """Replaces build.ProjectBuilder: its hook runs one command, and writes the wheel."""

    build_system_requires = frozenset({"mine>=1"})

    def __init__(self, project, runner):
        self.runner = runner
        self.wheels = []

    @classmethod
    def from_isolated_env(cls, environment, project, runner):
        environment.builder = cls(project, runner=runner)
        return environment.builder

    def get_requires_for_build(self, distribution):
        return {f"for-{distribution}"}

    def build(self, distribution, directory, settings):
        self.wheels.append((distribution, settings))
        self.runner(["hook"], cwd="there", extra_environ={"HOOK": "1"})
        return str(write_tree(Path(directory), {"x-1-py3-none-any.whl": ""}) / "x-1.whl")


class Environment:
    """Replaces build.env.DefaultIsolatedEnv: records the requirements to install."""

    made = ()

    def __enter__(self):
        Environment.made = [self]
        self.installed = []
        return self

    def __exit__(self, *error):
        self.closed = True

    def install(self, requirements):
        self.installed.append(set(requirements))


@pytest.fixture
def builders(monkeypatch):
    """The builders that are made instead of those of the library build."""
    made = []

    class Recorded(Builder):
        def __init__(self, project, runner):
            super().__init__(project, runner)
            made.append(self)

    monkeypatch.setattr(build, "ProjectBuilder", Recorded)
    monkeypatch.setattr(build.env, "DefaultIsolatedEnv", Environment)
    return made


def called_process_error(stdout=b"", stderr=b""):
    return subprocess.CalledProcessError(1, ["hook"], stdout, stderr)


def raising(error):
    def act():
        raise error

    return act


def test_the_hook_runs_in_an_environment_with_its_requirements(project, runs, builders, tmp_path):
    wheel = build_wheel(project, tmp_path / "out")
    assert wheel == tmp_path / "out/x-1.whl"
    (environment,) = Environment.made
    assert environment.installed == [{"mine>=1"}, {"for-wheel"}]
    assert environment.closed
    ((command, options),) = runs.calls
    assert command == ["hook"]
    assert (options["cwd"], options["env"]["HOOK"]) == ("there", "1")
    assert (options["check"], options["capture_output"]) == (True, True)


@pytest.mark.parametrize(
    ("settings", "passed"),
    [
        (None, {}),
        ({"--flag": None, "a": "1", "b": ["x", "y"]}, {"--flag": "", "a": "1", "b": ["x", "y"]}),
    ],
)
def test_settings_reach_the_backend(settings, passed, project, runs, builders, tmp_path):
    build_wheel(project, tmp_path, settings)
    assert builders[0].wheels == [("wheel", passed)]


@pytest.mark.parametrize("path", ["/usr/bin", None])
def test_without_isolation_programs_beside_the_interpreter_are_found(
    path, project, runs, builders, tmp_path, monkeypatch
):
    if path is None:
        monkeypatch.delenv("PATH")
    else:
        monkeypatch.setenv("PATH", path)
    build_wheel(project, tmp_path, isolated=False)
    first, _, rest = runs.calls[0][1]["env"]["PATH"].partition(":")
    assert (first, rest) == (str(Path(sys.executable).parent), path or "")
    build_wheel(project, tmp_path)
    assert runs.calls[1][1]["env"].get("PATH") == path


def test_without_isolation_a_missing_requirement_is_named(project, runs, builders, tmp_path):
    text = PYPROJECT.replace('"setuptools"', '"setuptools", "no-such-a>=1", "no-such-b"')
    write_tree(project, {"pyproject.toml": text})
    with pytest.raises(ProjectError) as caught:
        build_wheel(project, tmp_path, isolated=False)
    assert str(caught.value) == (
        f"{project}: the build requires no-such-a>=1, no-such-b, which is not installed. "
        "Install it next to sdist-upip, or omit --no-isolation."
    )
    assert (runs.calls, builders) == ([], [])


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        (
            b"",
            b"Traceback\n  File x\nValueError: no module\n",
            "Traceback / File x / ValueError: no m",
        ),
        (b"one\ntwo\n", b"three\n\n  four.\n", "two / three / four. Fix"),
        (
            b"",
            b"  x = = 1\n      ^^^\n    ~~~\nSyntaxError: bad\n",
            "wheel: x = = 1 / SyntaxError: bad.",
        ),
        (b"", "f\u00fcr \u2026\n".encode("utf-16-le"), "wheel: f\\x00\ufffd"),
        (b"", b"", "wheel: the hook failed. Fix"),
    ],
    ids=["last lines", "both streams", "markers", "other encoding", "nothing"],
)
def test_a_failed_hook_is_reported_with_the_end_of_its_output(
    stdout, stderr, reason, project, runs, builders, tmp_path
):
    failure = build.BuildBackendException(called_process_error(stdout, stderr), "the hook failed.")
    runs.act = raising(failure)
    with pytest.raises(ProjectError) as caught:
        build_wheel(project, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{project}: build-backend 'mine' could not build a wheel: ")
    assert message.endswith("Fix the project until python -m build --wheel succeeds.")
    assert reason in message
    assert ".. " not in message


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            called_process_error(b"", b"ERROR: No matching distribution\n"),
            "{project}: cannot create the build environment: ERROR: No matching distribution. "
            "Check build-system.requires, or install the requirements and pass --no-isolation.",
        ),
        (
            build.BuildBackendException(ImportError("mine"), "Backend 'mine' is not available."),
            "{project} cannot be built: Backend 'mine' is not available. Fix its pyproject.toml.",
        ),
        (
            build.BuildException("Failed to validate"),
            "{project} cannot be built: Failed to validate. Fix its pyproject.toml.",
        ),
    ],
    ids=["requirements", "backend", "pyproject"],
)
def test_a_build_that_cannot_start_is_reported(
    error, message, project, runs, builders, tmp_path, monkeypatch
):
    monkeypatch.setattr(Environment, "install", lambda self, requirements: raising(error)())
    with pytest.raises(ProjectError) as caught:
        build_wheel(project, tmp_path)
    assert str(caught.value) == message.format(project=project)
    assert runs.calls == []


def test_the_missing_library_is_named(project, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "build", None)
    with pytest.raises(ProjectError) as caught:
        build_wheel(project, tmp_path)
    assert str(caught.value) == (
        "The library build, which runs build backends, is not installed. "
        "Run pip install 'sdist-upip[build]'."
    )


@pytest.mark.parametrize("fails", [False, True])
def test_by_products_are_removed_and_older_files_stay(fails, project, runs, builders, tmp_path):
    write_tree(project, {"build/kept": "", "src/old.egg-info/PKG-INFO": "", "x.egg-info": "a file"})
    before = read_tree(project)

    def litter():
        names = (".eggs/a", ".pdm-build/a", "x-1.egg-info/a", "src/x.egg-info/a")
        write_tree(project, dict.fromkeys(names, ""))
        if fails:
            raise build.BuildBackendException(ValueError("no"))

    runs.act = litter
    if fails:
        with pytest.raises(ProjectError):
            build_wheel(project, tmp_path / "out")
    else:
        build_wheel(project, tmp_path / "out")
    assert read_tree(project) == before
