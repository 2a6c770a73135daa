"""`python -m sdist_upip`, and the command `sdist-upip`."""

from __future__ import annotations

import sys

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
