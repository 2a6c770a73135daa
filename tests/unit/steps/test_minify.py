"""Minified sources are smaller, compile, and keep what the options promise."""

import ast

import pytest

from sdist_upip.errors import StepError
from sdist_upip.resources.module import resource_module
from support.minified import SOURCE, minify


def public_names(source):
    """Return module-level and class-level names, and the names of their arguments."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
            names.update(item.arg for item in getattr(getattr(node, "args", None), "args", ()))
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            names.add(target.id)
    return names


def test_the_default_keeps_public_names_and_constants():
    result = minify(SOURCE)
    assert len(result) < 0.6 * len(SOURCE)
    assert public_names(result) >= public_names(SOURCE) - {"self"}
    assert "_SIZE=const(300)" in result
    assert "Documentation" not in result
    assert "float" not in result
    assert "intermediate_result" not in result
    assert "local_variable" not in result
    assert "assert" in result
    assert result.count("text") == 5


def test_docstrings_and_annotations_follow_the_options():
    documented = minify(SOURCE, keep_docstrings=True)
    assert documented.count("Documentation of the") == 3
    assert "float" not in documented
    annotated = minify(SOURCE, keep_annotations=True)
    assert "factor:float" in annotated
    assert "Documentation" not in annotated


def test_options_of_the_minifier_pass_through():
    assert "intermediate_result" in minify(SOURCE, rename_locals=False)
    assert "assert" not in minify(SOURCE, remove_asserts=True)
    assert "public_function" not in minify(SOURCE, rename_globals=True)
    assert "public_function" in minify(
        SOURCE, rename_globals=True, preserve_globals=["public_function"]
    )


def test_no_byte_that_micropython_misreads_appears():
    result = minify('x = "\\0 \\r and more"  # comment\ny = b"\\0\\r\\xff"\n')
    assert not set(result) & {"\0", "\r"}
    scope = {}
    exec(result, scope)
    assert (scope["x"], scope["y"]) == ("\0 \r and more", b"\0\r\xff")


def test_excluded_modules_and_resources_stay():
    assert minify(SOURCE, exclude=["x/*.py"]) == SOURCE
    resources = resource_module({"a": b"1", "b": b"2"}).decode()
    assert minify(resources, path="x/R.py") == resources
    assert minify("text  #", path="x/data.txt") == "text  #"


@pytest.mark.parametrize(
    "source",
    [
        "@micropython.viper\ndef f(value: int) -> int:\n    return value\n",
        "@micropython.asm_thumb\ndef f(r0, r1):\n    add(r0, r0, r1)\n",
        "@rp2.asm_pio(set_init=1)\ndef f():\n    set(pins, 1)\n",
        "def f(:\n",
        'x = b"°"  # °\n',
        f"x = {'-' * 5000}1\n",
        "x=1\n",
    ],
)
def test_what_must_not_change_stays(source):
    assert minify(source) == source


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rename_local": True}, "unknown option 'rename-local'. Did you mean 'rename-locals'?"),
        (
            {"preserve_globals": True},
            "expected preserve-globals to be an array of strings, got True",
        ),
        ({"keep_docstrings": "no"}, "expected keep-docstrings to be true or false, got 'no'"),
        ({"filename": "x"}, "unknown option 'filename'"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(StepError) as caught:
        minify(SOURCE, **options)
    assert message in str(caught.value)
