import ast
import re

from sdist_upip.attached.programs import FORGET, NAME, call, change_program, survey_program
from support.upip_device import DEVICE


def test_the_programs_are_short():
    assert len(survey_program()) < 3500
    assert len(change_program()) < 9000
    for program in (survey_program(), change_program()):
        assert "#" not in re.sub(r"'#'|\"#\"", "", program)


def test_each_program_has_one_name():
    for program in (survey_program(), change_program()):
        names = {
            node.name if isinstance(node, ast.FunctionDef) else node.targets[0].id
            for node in ast.parse(program).body
            if isinstance(node, ast.FunctionDef | ast.Assign)
        }
        assert names == {NAME}
        assert "global " not in program


def test_the_change_is_made_by_the_code_of_upip(session):
    store = (DEVICE / "upip_store.py").read_text(encoding="utf-8")
    names = set(re.findall(r"^def (\w+)", store, re.MULTILINE)) - {"install", "names"}
    list(session.run(change_program()))
    assert names <= set(session.names[NAME])
    assert "undo" in session.names[NAME]
    list(session.run(FORGET))
    assert NAME not in session.names


def test_calls():
    assert call("put", "a'b", 1, b"\n") == f"{NAME}['put'](\"a'b\",1,b'\\n')\n"
