import pytest

from sdist_upip.check.problem import CODES, ERROR, WARNING, Problem

WARNINGS = {
    *("gzip-flags", "tar-format", "tar-folder"),
    *("name-unicode", "unneeded", "source-large", "syntax-unsure", "local-version"),
    *("import", "import-name", "syntax-target", "module-name", "module-hidden"),
    *("builtin-module", "frozen-data"),
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_severity_of_a_problem_is_that_of_its_code(code):
    severity = Problem(code, "x-1.0/x.py", "text").severity
    assert severity == ("warning" if code in WARNINGS else "error")


def test_every_warning_has_a_code():
    assert {code for code, severity in CODES.items() if severity == WARNING} == WARNINGS
    assert set(CODES.values()) == {ERROR, WARNING} == {"error", "warning"}


def test_an_unknown_code_has_no_severity():
    with pytest.raises(KeyError, match="no-such-code"):
        _ = Problem("no-such-code", None, "text").severity


def test_codes_and_problems_do_not_change():
    with pytest.raises(TypeError):
        CODES["new"] = ERROR
    problem = Problem("root", None, "text")
    with pytest.raises(AttributeError):
        problem.code = "window"
    assert problem == Problem("root", None, "text")
    assert len({problem, Problem("root", None, "text"), Problem("root", "x", "text")}) == 2
