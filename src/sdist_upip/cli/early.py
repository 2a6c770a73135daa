"""Ctrl-C before the command handles signals: the process ends at once, without a traceback.

This module is imported first, and imports almost nothing.
"""

from __future__ import annotations

import os
import signal


def handle_early_interrupts() -> None:
    """End the process at Ctrl-C from now on. A handler that is already set stays."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)


def end_at_once(number: int, frame: object) -> None:
    """Handle a signal: there is nothing to clean up yet, or no longer.

    An exception would be lost in some callbacks of the import system.
    """
    os._exit(128 + number)
