"""A Node process that runs job after job in MicroPython for WebAssembly."""

from __future__ import annotations

import atexit
import json
import subprocess
import threading
from functools import cache
from pathlib import Path
from typing import Any

from .installation import DIRECTORY, install_npm_packages, require_program

_ANSWER = "result:"


class Node:
    """Node with one package of MicroPython. Each job has an interpreter of its own.

    The process stays from job to job, since it takes longer to start than most jobs. After a job
    that did not end in time, the next one has a new process.
    """

    def __init__(self, package: Path) -> None:
        self._command = [require_program("node"), str(DIRECTORY / "run.mjs"), str(package)]
        self._process: subprocess.Popen[str] | None = None
        atexit.register(self._end)

    def run(self, job: dict[str, object], timeout: float) -> dict[str, Any]:
        """Return the result of `job`. run.mjs describes both.

        Raises subprocess.TimeoutExpired after `timeout` seconds.
        """
        process = self._process = self._process or self._start()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(timeout, stop)
        timer.start()
        try:
            answer = _ask(process, json.dumps(job))
        except BaseException:  # as Ctrl-C: an answer that comes later is not that of the next job
            process.kill()
            self._end()
            raise
        finally:
            timer.cancel()
        if answer is None or late.is_set():
            self._end()
            if late.is_set():
                raise subprocess.TimeoutExpired(self._command, timeout)
            raise RuntimeError(f"Node ended with exit code {process.returncode}")
        result: dict[str, Any] = json.loads(answer)
        if "failure" in result:
            raise RuntimeError(f"Node failed: {result['failure']}")
        return result

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.communicate()  # run.mjs ends with its input


@cache
def start_node(version: str) -> Node:
    """Return the Node of this process for that version of MicroPython."""
    return Node(install_npm_packages() / f"micropython-{version}")


def _ask(process: subprocess.Popen[str], job: str) -> str | None:
    """Return what `process` answers, or None if it ends without an answer."""
    assert process.stdin and process.stdout
    try:
        process.stdin.write(f"{job}\n")
        process.stdin.flush()
    except OSError:
        return None
    for line in process.stdout:
        if line.startswith(_ANSWER):  # other lines are output of Emscripten
            return line[len(_ANSWER) :]
    return None
