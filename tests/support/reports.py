"""A plug-in of pytest that reports skipped tests and budgets that were not tested."""

from __future__ import annotations

import os

import pytest

from micropython import Unsupported

HEAP_BITS = "bits of the tested heap"
"""The property of a test with the word size of the tested heap, in bits."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Report a skipped test as failed if SDIST_UPIP_NO_SKIP is set, as in CI.

    A test of a feature that an interpreter lacks may be skipped: nothing on the machine could
    change that.
    """
    report = yield
    unsupported = call.excinfo is not None and isinstance(call.excinfo.value, Unsupported)
    if report.skipped and not unsupported and os.environ.get("SDIST_UPIP_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which SDIST_UPIP_NO_SKIP forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Print a line if heap budgets were tested, but not on 32 bits, for which they hold."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    tested = {
        value for report in reports for name, value in report.user_properties if name == HEAP_BITS
    }
    if tested and 32 not in tested:
        terminalreporter.write_line(
            "not tested: heap budgets of 32-bit MicroPython, of which MICROPYTHON names no "
            "executable (tests/micropython/README.md)"
        )
