"""`python -m sdist_upip`, and the command `sdist-upip`.

`python -m` puts the working directory first on the path. A project there may have a `queue.py` for
boards, which then would be imported instead of the module of Python. So the directory is removed
before anything is imported, `__future__` included.
"""

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]

from .cli.early import handle_early_interrupts


def main() -> int:
    """Run `sdist-upip` and return the exit code, as `cli.main.main` does.

    Its imports take a moment, in which Ctrl-C must not show a traceback.
    """
    handle_early_interrupts()
    from .cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
