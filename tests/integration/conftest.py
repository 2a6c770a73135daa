"""Whole commands and builds: their tests may start processes and loopback servers."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW = {
    "test_backends",
    "test_check_site",
    "test_compatibility",
    "test_convert",
    "test_docs",
    "test_gzip_bombs",
    "test_install_page",
    "test_install_scale",
    "test_irregular_files",
    "test_kill",
    "test_pip_compatible",
    "test_real_projects",
    "test_tox_job",
    "test_tutorials",
}
"""Files with tests that build in fresh environments, or run page after page."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test here, and those that are slow."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("integration")
            if item.path.stem in SLOW:
                item.add_marker("slow")
