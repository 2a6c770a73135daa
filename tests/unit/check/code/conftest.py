"""Fixtures for the rules about code."""

import pytest

from sdist_upip.check.code.rules import CodeOptions, check_code
from sdist_upip.check.dependencies import RequiredNames
from sdist_upip.mpy import refusals
from sdist_upip.ports.firmware import parse_firmwares
from support.odd_archives import to_bytes


@pytest.fixture
def find_code_problems(monkeypatch):
    """Return the problems of files {path: text}, given requirements and targets.

    The compiler of a target is a process, so it runs in tests/integration/test_code_rules.py.
    """
    monkeypatch.setattr(refusals, "find_target_compiler", lambda minor: None)

    def find(files, requirements=(), targets=(), find_source=None):
        required = (
            None if requirements is None else RequiredNames(frozenset(requirements), frozenset())
        )
        options = CodeOptions(parse_firmwares(targets), find_source)
        data = {path: to_bytes(text) for path, text in files.items()}
        return list(check_code(data, required, options))

    return find


@pytest.fixture
def find_codes(find_code_problems):
    """Return {(code, path)} of the problems of files."""

    def find(*arguments, **options):
        return {(p.code, p.path) for p in find_code_problems(*arguments, **options)}

    return find
