"""Minified sources, run."""

from support.minified import SOURCE, minify
from support.processes import run_python


def test_the_result_does_what_the_source_does(tmp_path):
    program = (
        "import sys, types\nmicropython = types.ModuleType('micropython')\n"
        "micropython.const = lambda value: value\nsys.modules['micropython'] = micropython\n"
    )
    use = "reading = Reading(); reading.value = 2\n"
    use += "print(reading.scale(factor=3), public_function(2))\n"
    outputs = []
    for source in (
        SOURCE,
        minify(SOURCE),
        minify(SOURCE, rename_globals=False, hoist_literals=True),
    ):
        (tmp_path / "m.py").write_text(program + source + use)
        result = run_python("m.py", cwd=tmp_path)
        assert result.returncode == 0, result
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1] == outputs[2] != ""


def test_without_the_library_the_remedy_is_named(tmp_path):
    script = "import sys; sys.modules['python_minifier'] = None\n"
    script += "from sdist_upip.steps.minify import minify_step; minify_step({})"
    result = run_python("-c", script, cwd=tmp_path)
    assert "pip install 'sdist-upip[minify]'" in result.stderr
